// The scheduling framework: a plugin judges or scores a node for a pod; `schedule` asks them all. Pure: everything it
// needs is in its arguments. The verdict on every node is kept, so that "why is it pending" has an answer.

import type { Node } from '../kinds/core/node.ts'
import type { Pod } from '../kinds/core/pod.ts'
import type { Resources } from './resources.ts'

/** A node with what already runs there. */
export interface NodeInfo {
  name: string
  node: Node
  pods: ReadonlyMap<string, Pod>
  /** What its pods ask for, all together. */
  requested: Resources
  allocatable: Resources
}

/** `reasons` in upstream's words; `permanent`: removing other pods from the node would not help. */
export type Verdict = { fits: true } | { fits: false; reasons: string[]; permanent: boolean }

export const fits: Verdict = { fits: true }

export function rejects(...reasons: string[]): Verdict {
  return { fits: false, reasons, permanent: false }
}

export function rejectsForGood(...reasons: string[]): Verdict {
  return { fits: false, reasons, permanent: true }
}

/** What happened in the cluster that may make a pending pod schedulable. */
export type ClusterEvent = 'node-added' | 'node-changed' | 'pod-gone' | 'pod-changed'

export interface SchedulerPlugin {
  name: string
  /** Once a pod, before any node: what `filter` and `score` read. */
  prepare?(pod: Pod, nodes: Iterable<NodeInfo>): unknown
  filter?(pod: Pod, node: NodeInfo, prepared: unknown): Verdict
  /** Any scale where more is better; `normalize` brings it to 0–100. */
  score?(pod: Pod, node: NodeInfo, prepared: unknown): number
  /** In place, over all feasible nodes. */
  normalize?(scores: number[]): void
  /** Could this event change the plugin's verdict? */
  requeueOn: readonly ClusterEvent[]
}

export interface WeightedPlugin {
  plugin: SchedulerPlugin
  weight: number
}

export interface Rejection {
  plugin: string
  reasons: string[]
  permanent: boolean
}

export type Decision =
  | { kind: 'fits'; node: string; feasible: number; rejections: Map<string, Rejection> }
  | { kind: 'unschedulable'; rejections: Map<string, Rejection>; nodes: number }

/** `random` (0 to 1) chooses among the best, so that equal nodes fill evenly. */
export function schedule(
  plugins: readonly WeightedPlugin[],
  pod: Pod,
  nodes: readonly NodeInfo[],
  random: () => number,
): Decision {
  const prepared = new Map<SchedulerPlugin, unknown>()
  for (const { plugin } of plugins) {
    if (plugin.prepare) prepared.set(plugin, plugin.prepare(pod, nodes))
  }
  const rejections = new Map<string, Rejection>()
  const feasible = nodes.filter(node => {
    const rejection = firstRejection(plugins, pod, node, prepared)
    if (rejection) rejections.set(node.name, rejection)
    return !rejection
  })
  if (feasible.length === 0) return { kind: 'unschedulable', rejections, nodes: nodes.length }
  const node = best(feasible, totalScores(plugins, pod, feasible, prepared), random)
  return { kind: 'fits', node: node.name, feasible: feasible.length, rejections }
}

function firstRejection(
  plugins: readonly WeightedPlugin[],
  pod: Pod,
  node: NodeInfo,
  prepared: Map<SchedulerPlugin, unknown>,
): Rejection | undefined {
  for (const { plugin } of plugins) {
    const verdict = plugin.filter?.(pod, node, prepared.get(plugin)) ?? fits
    if (!verdict.fits) return { plugin: plugin.name, reasons: verdict.reasons, permanent: verdict.permanent }
  }
  return undefined
}

function totalScores(
  plugins: readonly WeightedPlugin[],
  pod: Pod,
  nodes: readonly NodeInfo[],
  prepared: Map<SchedulerPlugin, unknown>,
): number[] {
  const totals = nodes.map(() => 0)
  if (nodes.length === 1) return totals
  for (const { plugin, weight } of plugins) {
    if (!plugin.score) continue
    const score = plugin.score.bind(plugin)
    const scores = nodes.map(node => score(pod, node, prepared.get(plugin)))
    plugin.normalize?.(scores)
    scores.forEach((value, i) => {
      totals[i] = (totals[i] ?? 0) + value * weight
    })
  }
  return totals
}

function best(nodes: readonly NodeInfo[], scores: readonly number[], random: () => number): NodeInfo {
  const highest = Math.max(...scores)
  const equals = nodes.filter((_, i) => scores[i] === highest)
  const chosen = equals[Math.min(equals.length - 1, Math.floor(random() * equals.length))]
  if (!chosen) throw new Error('no node to choose from')
  return chosen
}

export const maxNodeScore = 100

/** Scales scores to 0–100 by the highest; `reverse` where less is better. */
export function normalizeScores(scores: number[], reverse = false): void {
  const highest = Math.max(0, ...scores)
  for (let i = 0; i < scores.length; i++) {
    const scaled = highest === 0 ? 0 : Math.floor((maxNodeScore * (scores[i] ?? 0)) / highest)
    scores[i] = reverse ? maxNodeScore - scaled : scaled
  }
}

/** The FailedScheduling event's text: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) …`. */
export function whyUnschedulable({ rejections, nodes }: Extract<Decision, { kind: 'unschedulable' }>): string {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const counts = new Map<string, number>()
  for (const reason of [...rejections.values()].flatMap(rejection => rejection.reasons)) {
    counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  const histogram = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  return `0/${nodes} nodes are available: ${histogram.join(', ')}.`
}
