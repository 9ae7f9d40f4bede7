// What is said of labels of nodes that have other names by now, and of selectors that select nothing.

import type { PodSpec } from './pod-types.ts'
import { nodeLabelWarning } from './volume-warnings.ts'

type Affinity = NonNullable<PodSpec['affinity']>
type NodeTerm = NonNullable<
  NonNullable<Affinity['nodeAffinity']>['preferredDuringSchedulingIgnoredDuringExecution']
>[number]['preference']

export function nodeLabelWarnings(spec: PodSpec, field: string): string[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution } =
    spec.affinity?.nodeAffinity ?? {}
  const at = `${field}.affinity.nodeAffinity`
  return [
    ...Object.keys(spec.nodeSelector ?? {})
      .toSorted()
      .flatMap(key => selectorWarning(key, `${field}.nodeSelector[${key}]`)),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      termWarnings(term, `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`),
    ),
    ...(preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference }, i) =>
      termWarnings(preference, `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`),
    ),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, i) => [
      ...labelWarning(topologyKey, `${field}.topologySpreadConstraints[${i}].topologyKey`),
      ...nullSelector(labelSelector, `${field}.topologySpreadConstraints[${i}]`),
    ]),
  ]
}

function labelWarning(key: string, field: string): string[] {
  const warning = nodeLabelWarning(key, field)
  return warning ? [warning] : []
}

/** Where the path names the key already, the text does not. */
function selectorWarning(key: string, field: string): string[] {
  return labelWarning(key, field).map(text => text.replace(`: ${key} is deprecated`, ': deprecated'))
}

function termWarnings({ matchExpressions = [] }: NodeTerm, field: string): string[] {
  return matchExpressions.flatMap(({ key }, i) => labelWarning(key, `${field}.matchExpressions[${i}].key`))
}

export function nullSelectorWarnings(affinity: Affinity | undefined, field: string): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap(kind => {
    const { requiredDuringSchedulingIgnoredDuringExecution, preferredDuringSchedulingIgnoredDuringExecution } =
      affinity?.[kind] ?? {}
    return [
      ...(requiredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ labelSelector }, i) =>
        nullSelector(labelSelector, `${field}.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`),
      ),
      ...(preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ podAffinityTerm }, i) =>
        nullSelector(
          podAffinityTerm.labelSelector,
          `${field}.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`,
        ),
      ),
    ]
  })
}

function nullSelector(selector: object | undefined, field: string): string[] {
  return selector ? [] : [`${field}.labelSelector: a null labelSelector results in matching no pod`]
}
