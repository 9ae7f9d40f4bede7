// What may change of a gated pod's node affinity: more may be required, never less.

import { type FieldError, invalid } from '../../api/field-errors.ts'
import { eachItem } from '../../api/validation-rules.ts'
import { goStruct } from './go-struct.ts'
import { semanticEqual } from './pod-semantic-equal.ts'
import type { PodSpec } from './pod-types.ts'

type Affinity = PodSpec['affinity']
type NodeAffinity = NonNullable<NonNullable<Affinity>['nodeAffinity']>
type NodeSelector = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>
type Term = NodeSelector['nodeSelectorTerms'][number]

const field = 'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms'

export function nodeAffinityNarrowed(now: Affinity, old: Affinity): FieldError[] {
  const before = termsOf(old) ?? []
  const after = termsOf(now)
  if (before.length === 0) return []
  if (after?.length !== before.length) {
    const text = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    return [invalid(field, after?.map(printed) ?? null, text)]
  }
  return eachItem(before, field, (term, at, i) => {
    const next = after[i] as Term
    if (isNarrowed(next, term)) return []
    return [invalid(at, printed(next), 'only additions are allowed (no mutations or deletions)')]
  })
}

function termsOf(affinity: Affinity): Term[] | undefined {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
}

/** An empty term matches no node: adding to it would let some in. */
function isNarrowed(now: Term, old: Term): boolean {
  const isEmpty = ({ matchExpressions = [], matchFields = [] }: Term) =>
    matchExpressions.length + matchFields.length === 0
  if (isEmpty(old)) return isEmpty(now)
  return (['matchExpressions', 'matchFields'] as const).every(list => {
    const before = old[list] ?? []
    return semanticEqual((now[list] ?? []).slice(0, before.length), before)
  })
}

function printed({ matchExpressions, matchFields }: Term) {
  const requirements = (list: Term['matchFields']) =>
    list?.map(requirement => goStruct(requirement, ['Key', 'Operator', 'Values'])) ?? null
  return { MatchExpressions: requirements(matchExpressions), MatchFields: requirements(matchFields) }
}
