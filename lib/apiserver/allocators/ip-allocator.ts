// The addresses of Services: one IPAddress object each, made before the Service is, so that two API servers never give
// the same one away. Which are taken is what etcd says, not what anyone remembers.

import { randomUUID } from 'node:crypto'
import type { ResourceDefinition } from '../../api/resource.ts'
import { type IPAddress, ipAddresses } from '../../kinds/networking/ip-address.ts'
import { rfc3339 } from '../../util/clock.ts'
import type { StorageContext } from '../context.ts'
import { serverManager, track } from '../field-management.ts'
import { ipAddressOf } from './ip-address-object.ts'
import { type IpRange, isUsable, nthAddress, smallestAround, staticCount, usableCount } from './ip-range.ts'

export interface ServiceRef {
  namespace: string
  name: string
}

/** The address or port cannot be had; the message is upstream's. */
export class NotAllocated extends Error {
  override readonly name = 'NotAllocated'
}

/** So many addresses of a range, from one on. */
interface Part {
  range: IpRange
  first: bigint
  count: bigint
}

const keyOf = (address: string) => `ipaddresses/${address}`

const def = ipAddresses as unknown as ResourceDefinition

type Needs = Pick<StorageContext, 'cache' | 'store' | 'clock' | 'registry'>

export class IpAllocator {
  readonly #context: Needs
  readonly #ranges: () => readonly IpRange[]
  readonly #random: () => number

  /** `ranges` are asked for each time: ServiceCIDRs come and go. */
  constructor(context: Needs, ranges: () => readonly IpRange[], random: () => number = Math.random) {
    this.#context = context
    this.#ranges = ranges
    this.#random = random
  }

  /** Throws NotAllocated. A dry run only looks. */
  async allocate(address: string, service: ServiceRef, dryRun = false): Promise<void> {
    const ranges = this.#ranges()
    const range = smallestAround(ranges, address)
    if (!range || !isUsable(range, address)) {
      const rule = `The range of valid IPs is ${ranges.map(({ cidr }) => cidr).join(', ')}`
      throw new NotAllocated(`the provided IP (${address}) is not in the valid range. ${rule}`)
    }
    if (!(await this.#take(address, service, dryRun))) throw new NotAllocated('provided IP is already allocated')
  }

  /** A free address: from the upper part of the first range that has one. Throws NotAllocated. */
  async allocateNext(service: ServiceRef, dryRun = false): Promise<string> {
    for (const range of this.#ranges()) {
      const reserved = staticCount(range)
      const upper = { range, first: reserved + 1n, count: usableCount(range) - reserved }
      const lower = { range, first: 1n, count: reserved }
      const found = (await this.#search(upper, service, dryRun)) ?? (await this.#search(lower, service, dryRun))
      if (found) return found
    }
    throw new NotAllocated('range is full')
  }

  /** From a random place once around. */
  async #search({ range, first, count }: Part, service: ServiceRef, dryRun: boolean): Promise<string | undefined> {
    if (count <= 0n) return undefined
    const limit = count > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : count
    const start = BigInt(Math.floor(this.#random() * Number(limit)))
    for (let i = 0n; i < count; i++) {
      const address = nthAddress(range, first + ((start + i) % count))
      if (this.#context.cache.get(keyOf(address))) continue
      if (await this.#take(address, service, dryRun)) return address
    }
    return undefined
  }

  async #take(address: string, service: ServiceRef, dryRun: boolean): Promise<boolean> {
    if (dryRun) return !this.#context.cache.get(keyOf(address))
    const object = ipAddressOf(address, service)
    object.metadata.uid = randomUUID()
    const { clock, registry } = this.#context
    object.metadata.creationTimestamp = rfc3339(clock.now())
    track({ registry, def, subresource: '', manager: serverManager, nowMs: clock.now() }, undefined, object)
    return (await this.#context.store.create(keyOf(address), object)).ok
  }

  /** Nothing happens when it is, by now, somebody else's. */
  async release(address: string, service: ServiceRef): Promise<void> {
    const entry = await this.#context.store.get(keyOf(address))
    const owner = (entry?.object as IPAddress | undefined)?.spec?.parentRef
    if (!entry || owner?.namespace !== service.namespace || owner.name !== service.name) return
    await this.#context.store.delete(entry.key, entry.revision)
  }
}
