import { describe, expect, test } from '@jest/globals'
import { type Pod, pods } from './pod.ts'
import type { Container, PodSpec } from './pod-types.ts'

function podOf(spec: Partial<PodSpec>, annotations?: Record<string, string>): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', ...(annotations ? { annotations } : {}) },
    spec: { containers: [{ name: 'web', image: 'web:1' }], serviceAccountName: 'default', ...spec },
  }
  pods.defaults?.(pod)
  return pod
}

const web = (fields: Partial<Container>): Partial<PodSpec> => ({
  containers: [{ name: 'web', image: 'web:1', ...fields }],
})
const toleration = (fields: object): Partial<PodSpec> => ({ tolerations: [fields] })

describe('what an update may change of a pod', () => {
  const updateErrors = (now: Pod, old: Pod) =>
    (pods.strategy?.validateUpdate?.(now, old) ?? []).map(({ field, body }) => `${field}: ${body}`)
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

  test('nothing else', () => {
    const [error = ''] = updateErrors(podOf({ nodeName: 'm' }), podOf({ nodeName: 'n' }))
    expect(error).toContain(
      'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n',
    )
    expect(error).toContain('nodeName')
  })
})

describe('what a status update may not do', () => {
  const statusErrors = (now: Pod['status'], old: Pod['status'], spec: Partial<PodSpec>) =>
    (
      pods.subresources?.status?.validateUpdate?.(
        { ...podOf(spec), status: now ?? {} },
        { ...podOf(spec), status: old ?? {} },
      ) ?? []
    ).map(({ field, body }) => `${field}: ${body}`)
  const status = (state: object) => ({
    containerStatuses: [{ name: 'web', image: '', imageID: '', ready: false, restartCount: 0, state }],
  })
  const ended = status({ terminated: { exitCode: 1 } })
  const running = status({ running: {} })
  const revived = ['status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state']

  test.each<[string, string, Pod['status'], string[]]>([
    ['restarts are for the policy Always', 'Always', running, []],
    ['restart of a failure', 'OnFailure', running, []],
    ['restart of what never restarts', 'Never', running, revived],
    ['ended stays ended', 'Never', ended, []],
  ])('%s', (_, restartPolicy, now, expected) => expect(statusErrors(now, ended, { restartPolicy })).toEqual(expected))

  test('the quality of service is settled at creation', () => {
    expect(statusErrors({ qosClass: 'Guaranteed' }, { qosClass: 'BestEffort' }, {})).toEqual([
      'status.qosClass: Invalid value: "Guaranteed": field is immutable',
    ])
  })
})
