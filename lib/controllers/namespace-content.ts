// What is left in a namespace that goes, as its conditions tell it. Texts are those of upstream's namespace controller.

import { qualified } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { Namespace } from '../kinds/core/namespace.ts'
import type { Pod } from '../kinds/core/pod.ts'
import { rfc3339 } from '../util/clock.ts'

export type NamespaceCondition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number]

/** One pass over a namespace's content. */
export interface ContentReport {
  discoveryFailures: string[]
  deletionFailures: string[]
  remaining: { definition: ResourceDefinition; count: number }[]
  /** How many objects each finalizer holds. */
  finalizers: Map<string, number>
}

const finalizerEstimateSeconds = 15

/** How long what is left may take to go; 0: nothing waits for time. */
export function estimateSeconds(definition: ResourceDefinition, objects: KubeObject[]): number {
  if (definition.group === '' && definition.plural === 'pods') return Math.max(0, ...objects.map(podGrace))
  return objects.some(obj => obj.metadata.finalizers?.length) ? finalizerEstimateSeconds : 0
}

function podGrace(pod: Pod | KubeObject): number {
  if ((pod as Pod).status?.phase === 'Succeeded' || (pod as Pod).status?.phase === 'Failed') return 0
  return (pod as Pod).spec?.terminationGracePeriodSeconds ?? 0
}

interface Verdict {
  type: string
  failed: boolean
  reason: string
  message: string
}

/** The conditions after the pass; those that did not change stay as they are. */
export function contentConditions(
  old: NamespaceCondition[],
  report: ContentReport,
  nowMs: number,
): NamespaceCondition[] {
  const conditions = verdicts(report).map(({ type, failed, reason, message }) => {
    const before = old.find(condition => condition.type === type)
    const status = failed ? 'True' : 'False'
    if (before?.status === status && before.reason === reason && before.message === message) return before
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : rfc3339(nowMs)
    return { type, status, reason, message, ...(lastTransitionTime ? { lastTransitionTime } : {}) }
  })
  const ours = new Set(conditions.map(condition => condition.type))
  return [...old.filter(condition => !ours.has(condition.type)), ...conditions]
}

function verdicts({ discoveryFailures, deletionFailures, remaining, finalizers }: ContentReport): Verdict[] {
  const left = remaining.map(
    ({ definition: { group, plural }, count }) => `${plural}.${group} has ${count} resource instances`,
  )
  const held = [...finalizers].map(([finalizer, count]) => `${finalizer} in ${count} resource instances`)
  return [
    verdict(
      'NamespaceDeletionDiscoveryFailure',
      discoveryFailures.length > 0,
      [
        'DiscoveryFailed',
        `Discovery failed for some groups, ${discoveryFailures.length} failing: ${listed(discoveryFailures)}`,
      ],
      ['ResourcesDiscovered', 'All resources successfully discovered'],
    ),
    verdict(
      'NamespaceDeletionGroupVersionParsingFailure',
      false,
      ['', ''],
      ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    ),
    verdict(
      'NamespaceDeletionContentFailure',
      deletionFailures.length > 0,
      [
        'ContentDeletionFailed',
        `Failed to delete all resource types, ${deletionFailures.length} remaining: ${listed(deletionFailures)}`,
      ],
      ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ),
    verdict(
      'NamespaceContentRemaining',
      left.length > 0,
      ['SomeResourcesRemain', `Some resources are remaining: ${listed(left)}`],
      ['ContentRemoved', 'All content successfully removed'],
    ),
    verdict(
      'NamespaceFinalizersRemaining',
      held.length > 0,
      ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${listed(held)}`],
      ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ),
  ]
}

const listed = (texts: string[]) => texts.toSorted().join(', ')

function verdict(type: string, failed: boolean, bad: [string, string], good: [string, string]): Verdict {
  const [reason, message] = failed ? bad : good
  return { type, failed, reason, message }
}

export function deletionFailure(definition: ResourceDefinition, error: unknown): string {
  return `failed to delete ${qualified(definition)}: ${error instanceof Error ? error.message : String(error)}`
}
