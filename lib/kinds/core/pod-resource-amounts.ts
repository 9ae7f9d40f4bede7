// What all containers of a pod need together: the sum of those that run at the same time, or the most that one init
// container needs beside the sidecars started before it.

import {
  addQuantity,
  compareQuantity,
  formatQuantity,
  milliValue,
  parseQuantity,
  type Quantity,
} from '../../api/quantity.ts'
import { type Container, isRestartableInit, type PodSpec } from './pod-types.ts'

export type Amounts = Record<string, Quantity>
type Kind = 'requests' | 'limits'

export const isHugePages = (name: string) => name.startsWith('hugepages-')
/** Without a domain, or in kubernetes.io. */
export const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/')
export const mayOvercommit = (name: string) => isNative(name) && !isHugePages(name)
/** What a pod may ask for as a whole. */
export const isPodLevel = (name: string) => name === 'cpu' || name === 'memory' || isHugePages(name)

export function aggregateContainers(spec: PodSpec, kind: Kind): Amounts {
  const total: Amounts = {}
  const sidecars: Amounts = {}
  const peak: Amounts = {}
  for (const container of spec.containers ?? []) add(total, amountsOf(container, kind))
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container, kind)
    if (isRestartableInit(container)) {
      add(total, own)
      add(sidecars, own)
      raise(peak, sidecars)
    } else {
      raise(peak, add({ ...sidecars }, own))
    }
  }
  raise(total, peak)
  return total
}

function amountsOf({ resources }: Container, kind: Kind): Amounts {
  const entries = Object.entries(resources?.[kind] ?? {})
  return Object.fromEntries(entries.map(([name, text]) => [name, parseQuantity(text)]))
}

function add(sum: Amounts, more: Amounts): Amounts {
  for (const [name, amount] of Object.entries(more)) sum[name] = sum[name] ? addQuantity(sum[name], amount) : amount
  return sum
}

function raise(sum: Amounts, least: Amounts): void {
  for (const [name, amount] of Object.entries(least)) {
    const before = sum[name]
    if (!before || compareQuantity(amount, before) > 0) sum[name] = amount
  }
}

const milli = -3

/** Amounts finer than thousandths are rounded up. */
export function roundUp(list: Record<string, string> | undefined): void {
  for (const [name, text] of Object.entries(list ?? {})) {
    if (!/[nueE.]/.test(text)) continue
    const amount = parseQuantity(text)
    if (amount.exponent >= milli) continue
    const rounded = { unscaled: milliValue(amount), exponent: milli, format: amount.format }
    if (compareQuantity(rounded, amount) !== 0) (list as Record<string, string>)[name] = formatQuantity(rounded)
  }
}
