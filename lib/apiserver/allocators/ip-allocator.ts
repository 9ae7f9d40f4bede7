// The addresses of Services: one IPAddress object each, made before the Service is, so that two API servers never give
// the same one away. Which are taken is what etcd says, not what anyone remembers.

import { randomUUID } from 'node:crypto'
import type { IPAddress } from '../../kinds/networking/ip-address.ts'
import { rfc3339 } from '../../util/clock.ts'
import type { StorageContext } from '../context.ts'
import { ipAddressOf } from './ip-address-object.ts'
import { type IpRange, isUsable, nthAddress, staticCount, usableCount } from './ip-range.ts'

export interface ServiceRef {
  namespace: string
  name: string
}

/** The address or port cannot be had; the message is upstream's. */
export class NotAllocated extends Error {
  override readonly name = 'NotAllocated'
}

const keyOf = (address: string) => `ipaddresses/${address}`

type Needs = Pick<StorageContext, 'cache' | 'store' | 'clock'>

export class IpAllocator {
  readonly #context: Needs
  readonly #range: IpRange
  readonly #random: () => number

  constructor(context: Needs, range: IpRange, random: () => number = Math.random) {
    this.#context = context
    this.#range = range
    this.#random = random
  }

  get family(): 'IPv4' | 'IPv6' {
    return this.#range.family
  }

  /** Throws NotAllocated. A dry run only looks. */
  async allocate(address: string, service: ServiceRef, dryRun = false): Promise<void> {
    if (!isUsable(this.#range, address)) {
      const rule = `The range of valid IPs is ${this.#range.cidr}`
      throw new NotAllocated(`the provided IP (${address}) is not in the valid range. ${rule}`)
    }
    if (!(await this.#take(address, service, dryRun))) throw new NotAllocated('provided IP is already allocated')
  }

  /** A free address: from the upper part of the range while there is one. Throws NotAllocated. */
  async allocateNext(service: ServiceRef, dryRun = false): Promise<string> {
    const reserved = staticCount(this.#range)
    const count = usableCount(this.#range)
    const found =
      (await this.#search(reserved + 1n, count - reserved, service, dryRun)) ??
      (await this.#search(1n, reserved, service, dryRun))
    if (!found) throw new NotAllocated('range is full')
    return found
  }

  /** From a random place once around. */
  async #search(first: bigint, count: bigint, service: ServiceRef, dryRun: boolean): Promise<string | undefined> {
    if (count <= 0n) return undefined
    const limit = count > BigInt(Number.MAX_SAFE_INTEGER) ? BigInt(Number.MAX_SAFE_INTEGER) : count
    const start = BigInt(Math.floor(this.#random() * Number(limit)))
    for (let i = 0n; i < count; i++) {
      const address = nthAddress(this.#range, first + ((start + i) % count))
      if (this.#context.cache.get(keyOf(address))) continue
      if (await this.#take(address, service, dryRun)) return address
    }
    return undefined
  }

  async #take(address: string, service: ServiceRef, dryRun: boolean): Promise<boolean> {
    if (dryRun) return !this.#context.cache.get(keyOf(address))
    const object = ipAddressOf(address, service)
    object.metadata.uid = randomUUID()
    object.metadata.creationTimestamp = rfc3339(this.#context.clock.now())
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
