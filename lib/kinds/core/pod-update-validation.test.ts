import { describe, expect, test } from '@jest/globals'
import { texts } from '../../../test/harness/kind-objects.ts'
import { podOf, web } from '../../../test/harness/pod-objects.ts'
import { type Pod, pods } from './pod.ts'
import type { PodSpec } from './pod-types.ts'

const nodeTerms = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'

/** One term of each list of keys. */
const nodeAffinity = (...terms: string[][]): Partial<PodSpec> => {
  const nodeSelectorTerms = terms.map(keys => ({
    matchExpressions: keys.map(key => ({ key, operator: 'Exists' })),
  }))
  return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } }
}
const toleration = (fields: object): Partial<PodSpec> => ({ tolerations: [fields] })

describe('what an update may change of a pod', () => {
  const updateErrors = (now: Pod, old: Pod) => texts(pods.strategy?.validateUpdate?.(now, old))
  const a = { key: 'a', operator: 'Exists', effect: 'NoExecute' }

  test.each<[string, Partial<PodSpec>, Partial<PodSpec>, string[]]>([
    ['an image', web({ image: 'web:2' }), {}, []],
    ['a deadline', { activeDeadlineSeconds: 5 }, {}, []],
    ['a shorter deadline', { activeDeadlineSeconds: 5 }, { activeDeadlineSeconds: 10 }, []],
    [
      'a longer deadline',
      { activeDeadlineSeconds: 10 },
      { activeDeadlineSeconds: 5 },
      ['spec.activeDeadlineSeconds: Invalid value: 10: must be less than or equal to previous value'],
    ],
    ['one more toleration', toleration(a), {}, []],
    ['how long a toleration lasts', toleration({ ...a, tolerationSeconds: 5 }), toleration(a), []],
    [
      'a toleration taken away',
      {},
      toleration(a),
      ['spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds'],
    ],
    ['a gate taken away', {}, { schedulingGates: [{ name: 'g' }] }, []],
    [
      'a new gate',
      { schedulingGates: [{ name: 'g' }] },
      {},
      ["spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'"],
    ],
    [
      'containers',
      {
        containers: [
          { name: 'web', image: 'web:1' },
          { name: 'b', image: 'b:1' },
        ],
      },
      {},
      ['spec.containers: Forbidden: pod updates may not add or remove containers'],
    ],
  ])('%s', (_, now, old, expected) => expect(updateErrors(podOf(now), podOf(old))).toEqual(expected))

  test.each<[string, Partial<PodSpec>, Partial<PodSpec>, string[]]>([
    ['one selector more', { nodeSelector: { a: 'b', c: 'd' } }, { nodeSelector: { a: 'b' } }, []],
    [
      'another selector',
      { nodeSelector: { a: 'c' } },
      { nodeSelector: { a: 'b' } },
      [
        'spec.nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      ],
    ],
    ['a first affinity', nodeAffinity(['a']), {}, []],
    ['one expression more', nodeAffinity(['a', 'b']), nodeAffinity(['a']), []],
    [
      'one expression less',
      nodeAffinity(['a']),
      nodeAffinity(['a', 'b']),
      [
        `${nodeTerms}[0]: Invalid value: {"MatchExpressions":[{"Key":"a","Operator":"Exists","Values":null}],"MatchFields":null}: only additions are allowed (no mutations or deletions)`,
      ],
    ],
    [
      'one term more',
      nodeAffinity(['a'], ['b']),
      nodeAffinity(['a']),
      [
        `${nodeTerms}: Invalid value: [{"MatchExpressions":[{"Key":"a","Operator":"Exists","Values":null}],"MatchFields":null},{"MatchExpressions":[{"Key":"b","Operator":"Exists","Values":null}],"MatchFields":null}]: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
      ],
    ],
  ])('while it is gated: %s', (_, now, old, expected) => {
    const gates = { schedulingGates: [{ name: 'g' }] }
    expect(updateErrors(podOf({ ...now, ...gates }), podOf({ ...old, ...gates }))).toEqual(expected)
  })

  test('how long it takes to end, when that was less than no time', () => {
    const ends = (terminationGracePeriodSeconds: number) => podOf({ terminationGracePeriodSeconds })
    expect(updateErrors(ends(1), ends(-1))).toEqual([])
    expect(updateErrors(ends(2), ends(-1))).toHaveLength(1)
  })

  test('not its annotations of profiles and mirrors', () => {
    const [mirror, appArmor] = ['kubernetes.io/config.mirror', 'container.apparmor.security.beta.kubernetes.io/web']
    const pod = (annotations: Record<string, string>) => podOf({}, { annotations })
    expect(updateErrors(pod({ [mirror]: 'a' }), pod({ [appArmor]: 'unconfined' }))).toEqual([
      `metadata.annotations[${appArmor}]: Forbidden: may not remove or update AppArmor annotations`,
      `metadata.annotations[${mirror}]: Forbidden: may not add mirror pod annotation`,
    ])
  })

  test('nothing else', () => {
    const [error = ''] = updateErrors(podOf({ nodeName: 'm' }), podOf({ nodeName: 'n' }))
    expect(error).toContain(
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n',
    )
    expect(error).toContain('nodeName')
  })
})
