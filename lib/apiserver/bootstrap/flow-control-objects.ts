// The priority levels and flow schemas of a new cluster: the mandatory ones, which nobody may change, and the suggested
// ones, which are kept as they are here until their annotation says otherwise.

import type { KubeObject } from '../../api/meta.ts'
import type { FlowSchema, FlowSchemaSpec } from '../../kinds/flowcontrol/flow-schema.ts'
import {
  everythingOf,
  groups,
  mandatoryFlowSchemas,
  mandatoryPriorityLevels,
} from '../../kinds/flowcontrol/mandatory-objects.ts'
import type {
  PriorityLevelConfiguration,
  PriorityLevelSpec,
} from '../../kinds/flowcontrol/priority-level-configuration.ts'
import { jsonEqual } from '../../util/json-equal.ts'

type Rule = NonNullable<FlowSchemaSpec['rules']>[number]
type ResourceRule = NonNullable<Rule['resourceRules']>[number]
type Subject = NonNullable<Rule['subjects']>[number]

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1'
export const autoupdateSpec = 'apf.kubernetes.io/autoupdate-spec'

function limited(shares: number, lendablePercent: number, queues = 128, handSize = 6): PriorityLevelSpec {
  const queuing = { queues, handSize, queueLengthLimit: 50 }
  const limitResponse = { type: 'Queue', queuing }
  return { type: 'Limited', limited: { nominalConcurrencyShares: shares, lendablePercent, limitResponse } }
}

const suggestedPriorityLevels: Record<string, PriorityLevelSpec> = {
  system: limited(30, 33, 64),
  'node-high': limited(40, 25, 64),
  'leader-election': limited(10, 0, 16, 4),
  'workload-high': limited(40, 50),
  'workload-low': limited(100, 90),
  'global-default': limited(20, 50),
}

const users = (...names: string[]): Subject[] => names.map(name => ({ kind: 'User', user: { name } }))
const kubeSystemAccounts = (...names: string[]): Subject[] =>
  names.map(name => ({ kind: 'ServiceAccount', serviceAccount: { name, namespace: 'kube-system' } }))

const ofNamespaces = (verbs: string[], group: string, resource: string): ResourceRule => ({
  verbs,
  apiGroups: [group],
  resources: [resource],
  namespaces: ['*'],
})
const holding = ['get', 'create', 'update']
const leasesOf = (subjects: Subject[]): Rule => ({
  subjects,
  resourceRules: [ofNamespaces(holding, 'coordination.k8s.io', 'leases')],
})

function schema(level: string, matchingPrecedence: number, method: string, rule: Rule): FlowSchemaSpec {
  return {
    priorityLevelConfiguration: { name: level },
    matchingPrecedence,
    ...(method ? { distinguisherMethod: { type: method } } : {}),
    rules: [rule],
  }
}

const controllerManager = 'system:kube-controller-manager'
const scheduler = 'system:kube-scheduler'
const everybody = groups('system:unauthenticated', 'system:authenticated')

const suggestedFlowSchemas: Record<string, FlowSchemaSpec> = {
  'system-nodes': schema('system', 500, 'ByUser', everythingOf(groups('system:nodes'))),
  'system-node-high': schema('node-high', 400, 'ByUser', {
    subjects: groups('system:nodes'),
    resourceRules: [
      { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
      ofNamespaces(['*'], 'coordination.k8s.io', 'leases'),
    ],
  }),
  probes: schema('exempt', 2, '', {
    subjects: everybody,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  'system-leader-election': schema(
    'leader-election',
    100,
    'ByUser',
    leasesOf([...users(controllerManager, scheduler), ...kubeSystemAccounts('*')]),
  ),
  'endpoint-controller': schema('workload-high', 150, 'ByUser', {
    subjects: [
      ...users(controllerManager),
      ...kubeSystemAccounts('endpoint-controller', 'endpointslicemirroring-controller'),
    ],
    resourceRules: [ofNamespaces(holding, '', 'endpoints')],
  }),
  'workload-leader-election': schema('leader-election', 200, 'ByUser', leasesOf(kubeSystemAccounts('*'))),
  'kube-controller-manager': schema('workload-high', 800, 'ByNamespace', everythingOf(users(controllerManager))),
  'kube-scheduler': schema('workload-high', 800, 'ByNamespace', everythingOf(users(scheduler))),
  'kube-system-service-accounts': schema('workload-high', 900, 'ByNamespace', everythingOf(kubeSystemAccounts('*'))),
  'service-accounts': schema('workload-low', 9000, 'ByUser', everythingOf(groups('system:serviceaccounts'))),
  'global-default': schema('global-default', 9900, 'ByUser', everythingOf(everybody)),
}

const metadataOf = (name: string) => ({ name, annotations: { [autoupdateSpec]: 'true' } })

export const bootstrapPriorityLevels: PriorityLevelConfiguration[] = Object.entries({
  ...mandatoryPriorityLevels,
  ...suggestedPriorityLevels,
}).map(([name, spec]) => ({ apiVersion, kind: 'PriorityLevelConfiguration', metadata: metadataOf(name), spec }))

export const bootstrapFlowSchemas: FlowSchema[] = Object.entries({
  ...mandatoryFlowSchemas,
  ...suggestedFlowSchemas,
}).map(([name, spec]) => ({ apiVersion, kind: 'FlowSchema', metadata: metadataOf(name), spec }))

/** What becomes of one that is there already; the very same when nothing is wrong with it. */
export function reconciledFlowControl<T extends KubeObject & { spec?: unknown }>(current: T, wanted: T): T {
  const { metadata } = current
  const name = metadata.name ?? ''
  const isMandatory = Object.hasOwn(mandatoryPriorityLevels, name)
  const marked = metadata.annotations?.[autoupdateSpec]
  // One that was made before it could be marked is ours as long as nobody has changed it.
  const isOurs = isMandatory || (marked === undefined ? metadata.generation === 1 : marked === 'true')
  const annotations = { ...metadata.annotations, [autoupdateSpec]: 'true' }
  const isMarked = marked === 'true' || !isOurs
  const isRight = !isOurs || isExempt(name) || jsonEqual(current.spec, wanted.spec)
  if (isRight && isMarked) return current
  return {
    ...current,
    metadata: { ...metadata, annotations, ...(isRight ? {} : { generation: (metadata.generation ?? 0) + 1 }) },
    ...(isRight ? {} : { spec: structuredClone(wanted.spec) }),
  }
}

/** Of these validation itself refuses every change but the one that is free. */
function isExempt(name: string): boolean {
  return name === 'exempt'
}
