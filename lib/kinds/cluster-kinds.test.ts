// Kinds of one file each: slices, budgets, classes, leases, roles.

import { describe, expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf, texts } from '../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { leases } from './coordination/lease.ts'
import { endpointSlices } from './discovery/endpoint-slice.ts'
import { runtimeClasses } from './node/runtime-class.ts'
import { podDisruptionBudgets } from './policy/pod-disruption-budget.ts'
import { clusterRoles } from './rbac/cluster-role.ts'
import { clusterRoleBindings } from './rbac/cluster-role-binding.ts'
import { roleBindings } from './rbac/role-binding.ts'
import { priorityClasses } from './scheduling/priority-class.ts'

const errorsOf = (def: ResourceDefinition, fields: Fields, metadata: object = {}) =>
  texts(def.strategy?.validate?.(objectOf(def, fields, metadata)))

const endpoint = { addresses: ['10.1.2.3'] }
const slice = (change: object, more: object = {}) => ({
  addressType: 'IPv4',
  endpoints: [{ ...endpoint, ...change }],
  ...more,
})
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
const at = 'endpoints[0]'

describe('validation', () => {
  test.each<[string, ResourceDefinition, Fields, string[]]>([
    ['a slice', endpointSlices, slice({}), []],
    [
      'an address of the other family',
      endpointSlices,
      slice({ addresses: ['fd00::1'] }),
      [`${at}.addresses[0]: Invalid value: "fd00::1": must be a valid IPv4 address`],
    ],
    [
      'this host',
      endpointSlices,
      slice({ addresses: ['127.0.0.1'] }),
      [`${at}.addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)`],
    ],
    [
      'a name of one part',
      endpointSlices,
      slice({ addresses: ['web'] }, { addressType: 'FQDN' }),
      [`${at}.addresses[0]: Invalid value: "web": should be a domain with at least two segments separated by dots`],
    ],
    [
      'hints',
      endpointSlices,
      slice({ hints: { forZones: [{ name: 'a' }, { name: 'a' }] } }),
      [`${at}.hints.forZones[1].name: Duplicate value: "a"`],
    ],
    [
      'too many hints',
      endpointSlices,
      slice({ hints: { forNodes: Array.from({ length: 9 }, (_, i) => ({ name: `n${i}` })) } }),
      [`${at}.hints.forNodes: Too many: 9: must have at most 8 items`],
    ],
    [
      'ports twice',
      endpointSlices,
      slice({}, { ports: [{ name: 'a' }, { name: 'a', protocol: 'ICMP' }] }),
      [
        'ports[1].name: Duplicate value: "a"',
        'ports[1].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
      ],
    ],
    ['a budget', podDisruptionBudgets, { spec: { minAvailable: '50%' } }, []],
    [
      'a budget of more than all',
      podDisruptionBudgets,
      { spec: { maxUnavailable: '101%', unhealthyPodEvictionPolicy: 'Never' } },
      [
        'spec.maxUnavailable: Invalid value: "101%": must not be greater than 100%',
        'spec.unhealthyPodEvictionPolicy: Unsupported value: "Never": supported values: "AlwaysAllow", "IfHealthyBudget"',
      ],
    ],
    [
      'a budget said twice',
      podDisruptionBudgets,
      { spec: { maxUnavailable: 1, minAvailable: 1 } },
      [
        'spec: Invalid value: {"maxUnavailable":1,"minAvailable":1}: minAvailable and maxUnavailable cannot be both set',
      ],
    ],
    ['a priority', priorityClasses, { value: 5 }, []],
    [
      'a policy of preemption',
      priorityClasses,
      { value: 5, preemptionPolicy: 'Always' },
      ['preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never"'],
    ],
    ['a handler', runtimeClasses, { handler: 'runsc' }, []],
    [
      'no handler',
      runtimeClasses,
      { handler: '' },
      [
        "handler: Invalid value: \"\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      'tolerations twice',
      runtimeClasses,
      {
        handler: 'a',
        scheduling: {
          tolerations: [
            { key: 'a', operator: 'Exists' },
            { key: 'a', operator: 'Exists' },
          ],
        },
      },
      ['scheduling.tolerations[1]: Duplicate value: {"key":"a","operator":"Exists"}'],
    ],
    ['a lease', leases, { spec: { holderIdentity: 'a', leaseDurationSeconds: 10 } }, []],
    [
      'a strategy of leases',
      leases,
      { spec: { strategy: 'Loudest', leaseTransitions: -1 } },
      [
        'spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0',
        'spec.strategy.strategy: Unsupported value: "Loudest": supported values: "OldestEmulationVersion"',
      ],
    ],
    [
      'a holder preferred by nobody',
      leases,
      { spec: { preferredHolder: 'a' } },
      ['spec.preferredHolder: Forbidden: may only be specified if `strategy` is defined'],
    ],
    [
      'a sum of nothing',
      clusterRoles,
      { aggregationRule: {} },
      [
        'aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
      ],
    ],
    [
      'a sum by no selector',
      clusterRoles,
      { aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Like' }] }] } },
      [
        'aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Like": not a valid selector operator',
      ],
    ],
    [
      'a Role for the whole cluster',
      clusterRoleBindings,
      { roleRef: { ...roleRef, kind: 'Role' } },
      ['roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"'],
    ],
    ['no role', roleBindings, { roleRef: { ...roleRef, name: '' } }, ['roleRef.name: Required value']],
  ])('%s', (_, def, fields, expected) => expect(errorsOf(def, fields)).toEqual(expected))

  test.each<[string, Fields, string]>([
    ['system-mine', { value: 1 }, 'system-mine is not a known system priority class'],
    ['system-node-critical', { value: 1 }, 'value of system-node-critical PriorityClass must be 2000001000'],
    [
      'system-node-critical',
      { value: 2_000_001_000, globalDefault: true },
      'globalDefault of system-node-critical PriorityClass must be false',
    ],
  ])('%s is the system’s', (name, fields, why) => {
    const rule = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`
    expect(errorsOf(priorityClasses, fields, { name })).toEqual([`metadata.name: Forbidden: ${rule}`])
  })
})

test.each<[string, ResourceDefinition, Fields, Fields, string[]]>([
  [
    'a role reference',
    roleBindings,
    { roleRef: { ...roleRef, name: 'edit' } },
    { roleRef },
    [
      'roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"edit"}: cannot change roleRef',
    ],
  ],
  [
    'a policy of preemption',
    priorityClasses,
    { value: 1, preemptionPolicy: 'Never' },
    { value: 1 },
    ['preemptionPolicy: Invalid value: "Never": field is immutable'],
  ],
  [
    'a handler',
    runtimeClasses,
    { handler: 'b' },
    { handler: 'a' },
    ['handler: Invalid value: "b": field is immutable'],
  ],
])('%s stays', (_, def, next, old, expected) => {
  expect(texts(def.strategy?.validateUpdate?.(objectOf(def, next), objectOf(def, old)))).toEqual(expected)
})

test('the status of a budget', () => {
  const { validateUpdate } = podDisruptionBudgets.subresources?.status ?? {}
  const conditions = [{ type: 'DisruptionAllowed', status: 'True', reason: 'a b', lastTransitionTime: createdAt }]
  const object = objectOf(podDisruptionBudgets, { status: { disruptionsAllowed: -1, conditions } })
  expect(texts(validateUpdate?.(object as never, object as never))).toEqual([
    expect.stringMatching(/^status.conditions\[0\].reason: Invalid value: "a b": a condition reason must start with/),
    'status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0',
  ])
})

test('topology of old is let go, unless nothing has changed', () => {
  const old = objectOf(endpointSlices, slice({ deprecatedTopology: { a: 'b' } }))
  const same = structuredClone(old)
  endpointSlices.strategy?.prepareForUpdate?.(same as never, old as never)
  expect(same).toEqual(old)
  const next = objectOf(endpointSlices, slice({ addresses: ['10.1.2.4'], deprecatedTopology: { a: 'b' } }))
  endpointSlices.strategy?.prepareForUpdate?.(next as never, old as never)
  expect(next.endpoints).toEqual([{ addresses: ['10.1.2.4'] }])
})
