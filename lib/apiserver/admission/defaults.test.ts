import { expect, test } from '@jest/globals'
import type { Pod } from '../../kinds/core/pod.ts'
import { pods } from '../../kinds/core/pod.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import type { AdmissionRequest } from './plugin.ts'

type Tolerations = NonNullable<NonNullable<Pod['spec']>['tolerations']>
const fiveMinutes = (name: string) => ({
  key: `node.kubernetes.io/${name}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
})

test.each<[string, Tolerations, Tolerations]>([
  ['both are added', [], [fiveMinutes('not-ready'), fiveMinutes('unreachable')]],
  [
    'what a pod says stands',
    [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
    [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
      fiveMinutes('unreachable'),
    ],
  ],
  ['who tolerates everything needs none', [{ operator: 'Exists' }], [{ operator: 'Exists' }]],
  [
    'another effect does not count',
    [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' }],
    [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoSchedule' },
      fiveMinutes('not-ready'),
      fiveMinutes('unreachable'),
    ],
  ],
])('tolerations: %s', (_, tolerations, expected) => {
  const object: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: [], tolerations } }
  const request = { operation: 'CREATE', resource: pods, subresource: '', object } as unknown as AdmissionRequest
  expect(defaultTolerationSeconds.handles(request)).toBe(true)
  defaultTolerationSeconds.mutate?.(request)
  expect(object.spec?.tolerations).toEqual(expected)
})
