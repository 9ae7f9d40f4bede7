// The flow schemas and priority levels no server can be without: their specs are fixed.

import type { FlowSchemaSpec } from './flow-schema.ts'
import type { PriorityLevelSpec } from './priority-level-configuration.ts'

type Subject = NonNullable<NonNullable<FlowSchemaSpec['rules']>[number]['subjects']>[number]

/** Whatever these subjects ask for. */
export function everythingOf(subjects: Subject[]): NonNullable<FlowSchemaSpec['rules']>[number] {
  return {
    subjects,
    resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
    nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  }
}

export function groups(...names: string[]): Subject[] {
  return names.map(name => ({ kind: 'Group', group: { name } }))
}

export const mandatoryFlowSchemas: Record<string, FlowSchemaSpec> = {
  exempt: {
    priorityLevelConfiguration: { name: 'exempt' },
    matchingPrecedence: 1,
    rules: [everythingOf(groups('system:masters'))],
  },
  'catch-all': {
    priorityLevelConfiguration: { name: 'catch-all' },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: 'ByUser' },
    rules: [everythingOf(groups('system:unauthenticated', 'system:authenticated'))],
  },
}

export const mandatoryPriorityLevels: Record<string, PriorityLevelSpec> = {
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  'catch-all': {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
  },
}
