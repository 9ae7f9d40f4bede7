import { describe, expect, test } from '@jest/globals'
import { scaleOf } from '../scale-subresource.ts'
import { type Deployment, type DeploymentSpec, deployments } from './deployment.ts'

const now = Date.UTC(2026, 0, 1)
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }

function deploymentOf(spec: Partial<DeploymentSpec> = {}): Deployment {
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '7',
      creationTimestamp: '2025-12-31T23:55:00Z',
    },
    spec: structuredClone({ selector: { matchLabels: { app: 'web' } }, template, ...spec }),
  }
  deployments.defaults?.(deployment)
  return deployment
}

const texts = (errors: { field: string; body: string }[] = []) => errors.map(({ field, body }) => `${field}: ${body}`)

test('defaults', () => {
  expect(deploymentOf().spec).toMatchObject({
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    template: { spec: { restartPolicy: 'Always', dnsPolicy: 'ClusterFirst' } },
  })
  expect(deploymentOf().spec?.template.spec).not.toHaveProperty('enableServiceLinks')
  expect(deploymentOf({ strategy: { type: 'Recreate' } }).spec?.strategy).toEqual({ type: 'Recreate' })
})

describe('validation', () => {
  test.each<[string, Partial<DeploymentSpec>, string[]]>([
    ['valid', {}, []],
    ['replicas', { replicas: -1 }, ['spec.replicas: Invalid value: -1: must be greater than or equal to 0']],
    [
      'a selector that does not match',
      { selector: { matchLabels: { app: 'other' } } },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      'an empty selector',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [
      'restart policy',
      { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } },
      ['spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"'],
    ],
    [
      'deadline of pods',
      { template: { ...template, spec: { ...template.spec, activeDeadlineSeconds: 5 } } },
      ['spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported'],
    ],
    [
      'the template',
      { template: { ...template, spec: { containers: [] } } },
      ['spec.template.spec.containers: Required value'],
    ],
    [
      'nothing may change',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
    ],
    [
      'a strategy of no kind',
      { strategy: { type: 'Canary', rollingUpdate: { maxSurge: 1 } } },
      [
        'spec.strategy: Unsupported value: {"Type":"Canary","RollingUpdate":{"MaxUnavailable":0,"MaxSurge":1}}: supported values: "Recreate", "RollingUpdate"',
      ],
    ],
    [
      'more than all',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: '150%' } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
    ],
    [
      'no percentage',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 'many', maxUnavailable: 1 } } },
      [
        "spec.strategy.rollingUpdate.maxSurge: Invalid value: \"many\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      ],
    ],
    [
      'Recreate with rolling update',
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      'progress deadline',
      { minReadySeconds: 600 },
      ['spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds'],
    ],
  ])('%s', (_, spec, expected) => {
    expect(texts(deployments.strategy?.validate?.(deploymentOf(spec)))).toEqual(expected)
  })

  test('no selector at all', () => {
    const deployment = deploymentOf()
    delete (deployment.spec as Partial<DeploymentSpec>).selector
    expect(texts(deployments.strategy?.validate?.(deployment))).toEqual([
      'spec.selector: Required value',
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ])
  })

  test('the selector is immutable', () => {
    const other = deploymentOf({ selector: { matchLabels: { app: 'other' } } })
    expect(texts(deployments.strategy?.validateUpdate?.(other, deploymentOf()))).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
    ])
  })

  test('a status adds up', () => {
    const now = { ...deploymentOf(), status: { replicas: 1, readyReplicas: 2, availableReplicas: 1 } }
    expect(texts(deployments.subresources?.status?.validateUpdate?.(now, deploymentOf()))).toEqual([
      'status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas',
    ])
  })
})

describe('warnings', () => {
  const doubtful = { template: { ...template, spec: { ...template.spec, terminationGracePeriodSeconds: -1 } } }
  const ofTemplate =
    'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'
  const named = (name: string, generation: number) => {
    const deployment = deploymentOf(doubtful)
    return { ...deployment, metadata: { ...deployment.metadata, name, generation } }
  }

  test('of a new one: its name and its template', () => {
    expect(deployments.strategy?.warnings?.(named('a.b', 1))).toEqual([
      expect.stringMatching(
        /^metadata\.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: \[a lowercase RFC 1123 label must .*\]$/,
      ),
      ofTemplate,
    ])
  })

  test('of a change: the template, unless the change is of metadata or the status', () => {
    expect(deployments.strategy?.warnings?.(named('a.b', 2), named('a.b', 1))).toEqual([ofTemplate])
    expect(deployments.strategy?.warnings?.(named('a.b', 1), named('a.b', 1))).toEqual([])
  })
})

test('a status update changes neither spec nor labels', () => {
  const old = deploymentOf()
  const next: Deployment = { ...deploymentOf({ replicas: 5 }), status: { replicas: 5 } }
  next.metadata.labels = { new: 'label' }
  deployments.subresources?.status?.prepareForUpdate?.(next, old)
  expect(next.spec).toEqual(old.spec)
  expect(next.metadata.labels).toBeUndefined()
  expect(next.status).toEqual({ replicas: 5 })
})

test('a new deployment has no status, and an update does not touch it', () => {
  const created: Deployment = { ...deploymentOf(), status: { replicas: 3 } }
  deployments.strategy?.prepareForCreate?.(created)
  expect(created.status).toEqual({})
  const updated: Deployment = { ...deploymentOf(), status: { replicas: 9 } }
  deployments.strategy?.prepareForUpdate?.(updated, { ...deploymentOf(), status: { replicas: 3 } })
  expect(updated.status).toEqual({ replicas: 3 })
})

describe('scale', () => {
  const deployment: Deployment = { ...deploymentOf({ replicas: 3 }), status: { replicas: 2 } }

  test('read', () => {
    expect(scaleOf(deployment)).toEqual({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: {
        name: 'web',
        namespace: 'default',
        uid: 'u',
        resourceVersion: '7',
        creationTimestamp: '2025-12-31T23:55:00Z',
      },
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'app=web' },
    })
  })

  test('written, it changes the replicas of a copy', () => {
    const scale = deployments.subresources?.scale
    const next = scale?.write?.(deployment, { ...scaleOf(deployment), spec: { replicas: 0 } } as never)
    expect(next).toEqual({ ...deployment, spec: { ...deployment.spec, replicas: 0 } })
    expect(deployment.spec?.replicas).toBe(3)
    expect(
      texts(
        next &&
          scale?.validateUpdate?.({ ...next, spec: { ...next.spec, replicas: -1 } as DeploymentSpec }, deployment),
      ),
    ).toEqual(['spec.replicas: Invalid value: -1: must be greater than or equal to 0'])
  })
})

test('columns', () => {
  const deployment: Deployment = {
    ...deploymentOf({ replicas: 3 }),
    status: { replicas: 3, readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 },
  }
  const columns = deployments.columns ?? []
  expect(columns.map(({ name, priority }) => [name, priority ?? 0])).toEqual([
    ['Name', 0],
    ['Ready', 0],
    ['Up-to-date', 0],
    ['Available', 0],
    ['Age', 0],
    ['Containers', 1],
    ['Images', 1],
    ['Selector', 1],
  ])
  expect(columns.map(column => column.value(deployment, now))).toEqual([
    'web',
    '2/3',
    1,
    2,
    '5m',
    'web',
    'web:1',
    'app=web',
  ])
})
