// Amounts of resources as the scheduler adds and compares them: cpu in thousandths, everything else in whole units
// (bytes, devices). Numbers are exact up to 2^53, nine petabytes.

import { milliValue, parseQuantity, quantityValue } from '../api/quantity.ts'
import type { Pod } from '../kinds/core/pod.ts'

/** By resource name; `cpu` in milli. */
export type Resources = Record<string, number>

export function parseResources(list: Record<string, string> | undefined): Resources {
  const amounts: Resources = {}
  for (const [name, text] of Object.entries(list ?? {})) {
    const quantity = parseQuantity(text)
    amounts[name] = Number(name === 'cpu' ? milliValue(quantity) : quantityValue(quantity))
  }
  return amounts
}

export function addTo(sum: Resources, more: Resources): void {
  for (const [name, amount] of Object.entries(more)) sum[name] = (sum[name] ?? 0) + amount
}

export function subtractFrom(sum: Resources, less: Resources): void {
  for (const [name, amount] of Object.entries(less)) sum[name] = (sum[name] ?? 0) - amount
}

function raiseTo(sum: Resources, least: Resources): void {
  for (const [name, amount] of Object.entries(least)) sum[name] = Math.max(sum[name] ?? 0, amount)
}

const requestsOf = new WeakMap<Pod, Resources>()

/**
 * What a pod asks of a node: its containers together with sidecars, or the most any init container needs beside the
 * sidecars started before it, and the overhead. Remembered with the pod, which never changes.
 */
export function podRequests(pod: Pod): Resources {
  let requests = requestsOf.get(pod)
  if (!requests) {
    requests = computeRequests(pod)
    requestsOf.set(pod, requests)
  }
  return requests
}

function computeRequests(pod: Pod): Resources {
  const total: Resources = {}
  for (const container of pod.spec?.containers ?? []) addTo(total, parseResources(container.resources?.requests))
  const sidecars: Resources = {}
  const initPeak: Resources = {}
  for (const container of pod.spec?.initContainers ?? []) {
    const own = parseResources(container.resources?.requests)
    if (container.restartPolicy === 'Always') {
      addTo(total, own)
      addTo(sidecars, own)
      raiseTo(initPeak, sidecars)
    } else {
      const withSidecars = { ...sidecars }
      addTo(withSidecars, own)
      raiseTo(initPeak, withSidecars)
    }
  }
  raiseTo(total, initPeak)
  const podLevel = parseResources(pod.spec?.resources?.requests)
  Object.assign(total, podLevel)
  addTo(total, parseResources(pod.spec?.overhead))
  return total
}
