// What `kubectl get pods` shows.

import { isConditionTrue } from '../../api/conditions.ts'
import type { Column } from '../../api/resource.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { ageSince } from '../human-duration.ts'
import type { Pod } from './pod.ts'
import { podSummary } from './pod-status-text.ts'

export const podColumns: Column<Pod>[] = [
  nameColumn,
  textColumn('Ready', pod => {
    const { ready, total } = podSummary(pod)
    return `${ready}/${total}`
  }),
  textColumn('Status', pod => podSummary(pod).status),
  textColumn('Restarts', (pod, now) => {
    const { restarts, lastRestart } = podSummary(pod)
    return restarts && lastRestart ? `${restarts} (${ageSince(lastRestart, now)} ago)` : `${restarts}`
  }),
  ageColumn,
  textColumn('IP', ({ status }) => status?.podIPs?.[0]?.ip || status?.podIP || '<none>', 1),
  textColumn('Node', ({ spec }) => spec?.nodeName || '<none>', 1),
  textColumn('Nominated Node', ({ status }) => status?.nominatedNodeName || '<none>', 1),
  textColumn('Readiness Gates', readinessGates, 1),
]

function readinessGates({ spec, status }: Pod): string {
  const gates = spec?.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter(({ conditionType }) => isConditionTrue(status?.conditions, conditionType))
  return `${met.length}/${gates.length}`
}
