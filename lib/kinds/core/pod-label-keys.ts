// matchLabelKeys and mismatchLabelKeys: keys whose values are the pod's own. When a pod is made they become
// expressions of the selector beside them, which is all that the scheduler looks at.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import type { LabelSelector } from '../../api/meta.ts'
import { eachItem, qualifiedName } from '../../api/validation-rules.ts'
import type { PodSpec } from './pod-types.ts'

interface WithLabelKeys {
  labelSelector?: LabelSelector
  matchLabelKeys?: string[]
  mismatchLabelKeys?: string[]
}

type Labels = Record<string, string>

/** Run once, when the pod is made. */
export function applyLabelKeys({ affinity, topologySpreadConstraints }: PodSpec, labels: Labels = {}): void {
  for (const pods of [affinity?.podAffinity, affinity?.podAntiAffinity]) {
    for (const { podAffinityTerm } of pods?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      applyTo(podAffinityTerm, labels)
    }
    for (const term of pods?.requiredDuringSchedulingIgnoredDuringExecution ?? []) applyTo(term, labels)
  }
  for (const constraint of topologySpreadConstraints ?? []) applyTo(constraint, labels)
}

function applyTo({ labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: WithLabelKeys, labels: Labels): void {
  if (!labelSelector) return
  const expressions = (keys: string[], operator: string) =>
    keys.filter(key => labels[key] !== undefined).map(key => ({ key, operator, values: [labels[key] as string] }))
  const added = [...expressions(matchLabelKeys, 'In'), ...expressions(mismatchLabelKeys, 'NotIn')]
  if (added.length === 0) return
  labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), ...added]
}

/** The selector holds the keys' expressions already: a key that is there twice was asked for twice. */
export function validateLabelKeys(of: WithLabelKeys, field: string): FieldError[] {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = of
  return [
    ...keyErrors(matchLabelKeys, labelSelector, `${field}.matchLabelKeys`),
    ...keyErrors(mismatchLabelKeys, labelSelector, `${field}.mismatchLabelKeys`),
    ...selectedTwice(matchLabelKeys, labelSelector, field),
    ...eachItem(matchLabelKeys, `${field}.matchLabelKeys`, (key, at) =>
      mismatchLabelKeys.includes(key) ? [invalid(at, key, 'exists in both matchLabelKeys and mismatchLabelKeys')] : [],
    ),
  ]
}

function keyErrors(keys: string[], selector: LabelSelector | undefined, field: string): FieldError[] {
  if (keys.length > 0 && !selector) {
    return [fieldForbidden(field, 'must not be specified when labelSelector is not set')]
  }
  return eachItem(keys, field, (key, at) => qualifiedName(at, key))
}

function selectedTwice(keys: string[], selector: LabelSelector | undefined, field: string): FieldError[] {
  const seen = new Set(Object.keys(selector?.matchLabels ?? {}))
  return (selector?.matchExpressions ?? []).flatMap(({ key }) => {
    const index = keys.lastIndexOf(key)
    const isTwice = index >= 0 && seen.has(key)
    seen.add(key)
    return isTwice ? [invalid(`${field}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector')] : []
  })
}
