import { describe, expect, test } from '@jest/globals'
import { texts } from '../../../test/harness/kind-objects.ts'
import { podOf, web } from '../../../test/harness/pod-objects.ts'
import { type Pod, pods } from './pod.ts'
import type { Container, PodSpec } from './pod-types.ts'

const resize = pods.subresources?.resize
const amounts = (requests: Record<string, string>, limits?: Record<string, string>) =>
  web({ resources: { requests, ...(limits ? { limits } : {}) } })
const half = amounts({ cpu: '500m' })

function resized(now: Partial<PodSpec>, old: Partial<PodSpec>, status?: Pod['status']): [Pod, string[]] {
  const [pod, before] = [podOf(now), podOf(old, {}, status)]
  resize?.prepareForUpdate?.(pod, before)
  return [pod, texts(resize?.validateUpdate?.(pod, before))]
}

test('only amounts are taken', () => {
  const change = { ...half, hostNetwork: true, containers: [{ ...half.containers?.[0], image: 'other' } as Container] }
  const [pod, errors] = resized(change, amounts({ cpu: '1' }))
  expect(errors).toEqual([])
  expect(pod.spec?.containers[0]).toMatchObject({ image: 'web:1', resources: { requests: { cpu: '500m' } } })
  expect(pod.spec).not.toHaveProperty('hostNetwork')
})

describe('what a resize may not do', () => {
  const onlyAmounts = 'spec: Forbidden: only cpu and memory resources are mutable'
  test.each<[string, Partial<PodSpec>, Partial<PodSpec>, string[]]>([
    ['nothing', half, amounts({ cpu: '1' }), []],
    [
      'another quality of service',
      half,
      {},
      ['spec: Invalid value: "": Pod QOS Class may not change as a result of resizing'],
    ],
    [
      'an amount less',
      amounts({ memory: '1Gi' }),
      amounts({ memory: '1Gi', cpu: '1' }),
      ['spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed'],
    ],
    ['another resource', amounts({ cpu: '1', 'ephemeral-storage': '1Gi' }), amounts({ cpu: '1' }), [onlyAmounts]],
    [
      'another container',
      { containers: [{ name: 'db', image: 'web:1', resources: { requests: { cpu: '1' } } }] },
      amounts({ cpu: '1' }),
      ['spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize'],
    ],
    [
      'a container more',
      { containers: [...(half.containers ?? []), { name: 'db', image: 'db:1' }] },
      half,
      ['spec.containers: Forbidden: containers may not be added or removed on resize'],
    ],
    [
      'more than the limit',
      amounts({ cpu: '2' }, { cpu: '1' }),
      amounts({ cpu: '500m' }, { cpu: '1' }),
      ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    ],
    [
      'windows',
      { ...half, os: { name: 'windows' } },
      { ...half, os: { name: 'windows' } },
      [': Forbidden: windows pods cannot be resized'],
    ],
  ])('%s', (_, now, old, expected) => expect(resized(now, old)[1]).toEqual(expected))

  test('on a node that does not', () => {
    const running = { name: 'web', ready: true, restartCount: 0, image: 'i', imageID: 'i', state: { running: {} } }
    const [, errors] = resized(half, amounts({ cpu: '1' }), { containerStatuses: [running] })
    expect(errors).toEqual(['spec: Forbidden: Pod running on node without support for resize'])
  })

  test('a static pod', () => {
    const old = podOf(half, { annotations: { 'kubernetes.io/config.mirror': 'x' } })
    expect(texts(resize?.validateUpdate?.(podOf(half), old))).toEqual([': Forbidden: static pods cannot be resized'])
  })
})
