// Whether a pod that was given to this node fits here: the last word before anything of it is started, since two
// schedulers, or none, may have sent it.

import { milliValue, parseQuantity, quantityValue } from '../api/quantity.ts'
import { appContainersOf, type Container, hasFinalPhase, initContainersOf, type Pod } from './pod.ts'
import type { Rejection } from './pod-worker.ts'

/** undefined: it fits. `others`: the pods that are here already. */
export function rejectionOf(pod: Pod, others: Pod[], allocatable: Record<string, string>): Rejection | undefined {
  const active = others.filter(other => other !== pod && !hasFinalPhase(other.status))
  const maxPods = Number(allocatable.pods ?? Number.POSITIVE_INFINITY)
  if (active.length + 1 > maxPods) return tooLittle('pods', 1n, BigInt(active.length), BigInt(maxPods))
  for (const [name, requested] of Object.entries(requestsOf(pod))) {
    const used = active.reduce((sum, other) => sum + (requestsOf(other)[name] ?? 0n), 0n)
    const capacity = measured(name, allocatable[name] ?? '0')
    if (requested > 0n && requested + used > capacity) return tooLittle(name, requested, used, capacity)
  }
  return undefined
}

function tooLittle(name: string, requested: bigint, used: bigint, capacity: bigint): Rejection {
  return {
    reason: `OutOf${name}`,
    message: `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
  }
}

/** CPU in thousandths, as messages print it. */
function measured(name: string, text: string): bigint {
  return name === 'cpu' ? milliValue(parseQuantity(text)) : quantityValue(parseQuantity(text))
}

/** The larger of what its containers need together and what any init container needs, plus its overhead. */
export function requestsOf(pod: Pod): Record<string, bigint> {
  const sidecars = initContainersOf(pod).filter(({ kind }) => kind === 'sidecar')
  const together = sum([...appContainersOf(pod), ...sidecars].map(({ spec }) => requests(spec)))
  const running: Record<string, bigint>[] = []
  for (const { kind, spec } of initContainersOf(pod)) {
    if (kind === 'sidecar') running.push(requests(spec))
    else raise(together, sum([...running, requests(spec)]))
  }
  const overhead = pod.spec?.overhead ?? {}
  return sum([
    together,
    Object.fromEntries(Object.entries(overhead).map(([name, text]) => [name, measured(name, text)])),
  ])
}

function requests({ resources }: Container): Record<string, bigint> {
  const entries = Object.entries({ ...resources?.limits, ...resources?.requests })
  return Object.fromEntries(entries.map(([name, text]) => [name, measured(name, text)]))
}

function sum(parts: Record<string, bigint>[]): Record<string, bigint> {
  const total: Record<string, bigint> = {}
  for (const part of parts) for (const [name, value] of Object.entries(part)) total[name] = (total[name] ?? 0n) + value
  return total
}

function raise(total: Record<string, bigint>, other: Record<string, bigint>): void {
  for (const [name, value] of Object.entries(other)) if (value > (total[name] ?? 0n)) total[name] = value
}
