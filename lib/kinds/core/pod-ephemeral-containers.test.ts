import { describe, expect, test } from '@jest/globals'
import { texts } from '../../../test/harness/kind-objects.ts'
import { podOf } from '../../../test/harness/pod-objects.ts'
import { type Pod, pods } from './pod.ts'
import type { EphemeralContainer } from './pod-types.ts'

const view = pods.subresources?.ephemeralcontainers
const shell = { name: 'shell', image: 'busybox:1' }

function put(now: EphemeralContainer[], old: EphemeralContainer[] = []): [Pod, string[]] {
  const [pod, before] = [podOf({ ephemeralContainers: now, hostNetwork: true }), podOf({ ephemeralContainers: old })]
  pod.metadata.labels = { new: 'label' }
  view?.prepareForUpdate?.(pod, before)
  return [pod, texts(view?.validateUpdate?.(pod, before))]
}

test('nothing but the containers is taken', () => {
  const [pod, errors] = put([{ ...shell, targetContainerName: 'web' }])
  expect(errors).toEqual([])
  expect(pod.spec?.ephemeralContainers).toMatchObject([shell])
  expect(pod.spec).not.toHaveProperty('hostNetwork')
  expect(pod.metadata).not.toHaveProperty('labels')
})

describe('what they may not be', () => {
  const no = 'cannot be set for an Ephemeral Container'
  const at = 'spec.ephemeralContainers[0]'
  test.each<[string, EphemeralContainer[], string[]]>([
    ['called as another', [{ ...shell, name: 'web' }], [`${at}.name: Duplicate value: "web"`]],
    ['beside nothing', [{ ...shell, targetContainerName: 'db' }], [`${at}.targetContainerName: Not found: "db"`]],
    [
      'like other containers',
      [
        {
          ...shell,
          ports: [{ containerPort: 80 }],
          resources: { requests: { cpu: '1' } },
          livenessProbe: { exec: { command: ['true'] } },
        },
      ],
      [`${at}.ports: Forbidden: ${no}`, `${at}.resources: Forbidden: ${no}`, `${at}.livenessProbe: Forbidden: ${no}`],
    ],
    ['without an image', [{ name: 'shell' }], [`${at}.image: Required value`]],
  ])('%s', (_, containers, expected) => expect(put(containers)[1]).toEqual(expected))

  test('taken away', () => {
    expect(put([], [shell])[1]).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "shell" may not be removed\n',
    ])
  })

  test('changed', () => {
    const [error] = put([{ ...shell, image: 'alpine:1' }], [shell])[1]
    expect(error).toMatch(
      /^spec\.ephemeralContainers: Forbidden: existing ephemeral containers "shell" may not be changed\n@@[\s\S]*-.*busybox:1[\s\S]*\+.*alpine:1/,
    )
  })

  test('in a static pod', () => {
    const old = podOf({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } })
    expect(texts(view?.validateUpdate?.(podOf(), old))).toEqual([
      ': Forbidden: static pods do not support ephemeral containers',
    ])
  })
})
