import { expect, test } from '@jest/globals'
import { podOf, web } from '../../../test/harness/pod-objects.ts'
import { type Pod, pods } from './pod.ts'
import type { PodSpec, Volume } from './pod-types.ts'

function created(spec: Partial<PodSpec>, metadata: object = {}): Pod {
  const pod = podOf(spec, metadata, { phase: 'Running' })
  pods.strategy?.prepareForCreate?.(pod)
  return pod
}

test('a new pod is pending', () => {
  expect(created(web({ resources: { limits: { cpu: '1' } } })).status).toEqual({
    phase: 'Pending',
    qosClass: 'Burstable',
  })
})

test('a gated one says why it is not scheduled, and since when', () => {
  const pod = created({ schedulingGates: [{ name: 'a.b/c' }] })
  const user = { name: 'u', groups: [], extra: {} }
  pods.strategy?.stamp?.(pod, { user, nowMs: Date.UTC(2026, 0, 1) })
  expect(pod.status?.conditions).toEqual([
    {
      type: 'PodScheduled',
      status: 'False',
      reason: 'SchedulingGated',
      message: 'Scheduling is blocked due to non-empty scheduling gates',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ])
})

test.each<[string, string, Partial<PodSpec>, object | undefined]>([
  ['a profile', 'localhost/k8s', {}, { type: 'Localhost', localhostProfile: 'k8s' }],
  ['no profile', 'unconfined', {}, { type: 'Unconfined' }],
  ['what is no profile', 'localhost/', {}, undefined],
  ['what the pod says', 'unconfined', { securityContext: { appArmorProfile: { type: 'Unconfined' } } }, undefined],
  ['another system', 'unconfined', { os: { name: 'windows' } }, undefined],
])('AppArmor by annotation: %s', (_, profile, spec, expected) => {
  const pod = created(spec, { annotations: { 'container.apparmor.security.beta.kubernetes.io/web': profile } })
  expect(pod.spec?.containers[0]?.securityContext?.appArmorProfile).toEqual(expected)
})

const bundles: Volume = {
  name: 'v',
  projected: { sources: [{ clusterTrustBundle: { path: 'ca.pem', name: 'ca' } }] },
}

test('fields of features that are turned off are not kept', () => {
  const pod = created({ volumes: [bundles], schedulingGroup: { podGroupName: 'g' } })
  expect(pod.spec?.volumes).toEqual([{ name: 'v', projected: { defaultMode: 420, sources: [{}] } }])
  expect(pod.spec).not.toHaveProperty('schedulingGroup')
})

test('unless the pod has them already', () => {
  const [pod, old] = [podOf({ volumes: [bundles] }), podOf({ volumes: [bundles] })]
  pods.strategy?.prepareForUpdate?.(pod, old)
  expect(pod.spec?.volumes?.[0]?.projected?.sources).toEqual([{ clusterTrustBundle: { path: 'ca.pem', name: 'ca' } }])
})
