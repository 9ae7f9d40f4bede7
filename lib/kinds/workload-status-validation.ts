// The counts in the status of a workload: none negative, and no part larger than the whole.

import { type FieldError, invalid } from '../api/field-errors.ts'
import { nonNegative } from '../api/validation.ts'

/** A status' members; those asked about are numbers. */
type Status = object | undefined

interface Counts {
  /** In the order in which they are checked. */
  counts: string[]
  /** At most as many as `replicas`. */
  parts: string[]
  /** How the text names `readyReplicas`, which `availableReplicas` are among. */
  ready: string
}

export function validateStatusCounts(status: Status, { counts, parts, ready }: Counts): FieldError[] {
  const count = (name: string) => countOf(status, name)
  const [available, readyCount] = [count('availableReplicas'), count('readyReplicas')]
  return [
    ...counts.flatMap(name => nonNegative(`status.${name}`, count(name))),
    ...parts
      .filter(name => count(name) > count('replicas'))
      .map(name => invalid(`status.${name}`, count(name), 'cannot be greater than status.replicas')),
    ...(parts.includes('availableReplicas') && available > readyCount
      ? [invalid('status.availableReplicas', available, `cannot be greater than ${ready}`)]
      : []),
  ]
}

/** How often a name was taken already: it only grows. */
export function collisionsDecremented(status: Status, old: Status): FieldError[] {
  const count = countOf(status, 'collisionCount')
  const isLess = count < countOf(old, 'collisionCount')
  return isLess ? [invalid('status.collisionCount', count, 'cannot be decremented')] : []
}

function countOf(status: Status, name: string): number {
  return Number((status as Record<string, unknown> | undefined)?.[name] ?? 0)
}

/** Of ReplicaSets and ReplicationControllers. */
export function validateReplicaStatus(status: Status): FieldError[] {
  return validateStatusCounts(status, {
    counts: [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'observedGeneration',
      'terminatingReplicas',
    ],
    parts: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
    ready: 'readyReplicas',
  })
}
