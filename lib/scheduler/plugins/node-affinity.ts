// NodeAffinity: spec.nodeSelector and the required node affinity must match; preferred terms add their weights.

import type { V1NodeSelectorTerm } from '@kubernetes/client-node'
import type { Json } from '../../api/meta.ts'
import { matches, type Requirement } from '../../api/selectors.ts'
import type { Node } from '../../kinds/core/node.ts'
import type { Pod } from '../../kinds/core/pod.ts'
import { fits, normalizeScores, rejectsForGood, type SchedulerPlugin } from '../framework.ts'

type Term = Json<V1NodeSelectorTerm>

export const nodeAffinity: SchedulerPlugin = {
  name: 'NodeAffinity',
  requeueOn: ['node-added', 'node-changed'],
  filter: (pod, { node }) =>
    matchesRequired(pod, node) ? fits : rejectsForGood("node(s) didn't match Pod's node affinity/selector"),
  score(pod, { node }) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    return preferred
      .filter(({ preference }) => matchesTerm(preference, node))
      .reduce((sum, { weight }) => sum + weight, 0)
  },
  normalize: scores => normalizeScores(scores),
}

function matchesRequired(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  const selected = Object.entries(pod.spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
  const terms = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  return selected && (terms === undefined || terms.some(term => matchesTerm(term, node)))
}

/** All its expressions hold; a term without any matches nothing. */
function matchesTerm({ matchExpressions = [], matchFields = [] }: Term, node: Node): boolean {
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  const fields = { 'metadata.name': node.metadata.name ?? '' }
  return (
    matches(toRequirements(matchExpressions), node.metadata.labels ?? {}) &&
    matches(toRequirements(matchFields), fields)
  )
}

function toRequirements(expressions: NonNullable<Term['matchExpressions']>): Requirement[] {
  return expressions.map(({ key, operator, values = [] }) => ({
    key,
    operator: operator as Requirement['operator'],
    values,
  }))
}
