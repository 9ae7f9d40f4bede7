// Node ports: one object holds which are taken, changed only from the state it was read in.

import type { KubeObject } from '../../api/meta.ts'
import type { StorageContext } from '../context.ts'
import { NotAllocated } from './ip-allocator.ts'
import { freePort, type PortRange, readBitmap, writeBitmap } from './port-bitmap.ts'

export interface RangeAllocation extends KubeObject {
  /** `30000-32767` */
  range: string
  /** Base64. */
  data: string
}

export const nodePortsKey = 'ranges/servicenodeports'

type Needs = Pick<StorageContext, 'cache' | 'store'>

export class NodePortAllocator {
  readonly #context: Needs
  readonly #range: PortRange
  readonly #random: () => number

  constructor(context: Needs, range: PortRange, random: () => number = Math.random) {
    this.#context = context
    this.#range = range
    this.#random = random
  }

  /** Throws NotAllocated. A dry run only looks. */
  async allocate(port: number, dryRun = false): Promise<void> {
    const { from, to } = this.#range
    if (port < from || port > to) {
      throw new NotAllocated(`provided port is not in the valid range. The range of valid ports is ${from}-${to}`)
    }
    await this.#change(dryRun, taken => {
      if (taken.has(port)) throw new NotAllocated('provided port is already allocated')
      taken.add(port)
    })
  }

  async allocateNext(dryRun = false): Promise<number> {
    let found: number | undefined
    await this.#change(dryRun, taken => {
      found = freePort(taken, this.#range, this.#random)
      if (found === undefined) throw new NotAllocated('range is full')
      taken.add(found)
    })
    return found as unknown as number
  }

  release(ports: number[]): Promise<void> {
    return this.#change(false, taken => {
      for (const port of ports) taken.delete(port)
    })
  }

  /** `change` may be run again on a newer state. */
  async change(change: (taken: Set<number>) => void): Promise<void> {
    await this.#change(false, change)
  }

  async #change(dryRun: boolean, change: (taken: Set<number>) => void): Promise<void> {
    const { cache, store } = this.#context
    if (dryRun) return change(this.#taken(cache.get(nodePortsKey)?.object))
    for (;;) {
      const written = await store.update(
        nodePortsKey,
        current => {
          const taken = this.#taken(current)
          change(taken)
          return { ...current, ...this.#stored(taken) }
        },
        { cached: cache.get(nodePortsKey) },
      )
      if (written) return
      const taken = this.#taken(undefined)
      change(taken)
      const created = await store.create(nodePortsKey, this.#stored(taken))
      if (created.ok) return
    }
  }

  #taken(object: KubeObject | undefined): Set<number> {
    return readBitmap((object as RangeAllocation | undefined)?.data ?? '', this.#range)
  }

  #stored(taken: Set<number>): RangeAllocation {
    const { from, to } = this.#range
    return {
      apiVersion: 'v1',
      kind: 'RangeAllocation',
      metadata: {},
      range: `${from}-${to}`,
      data: writeBitmap(taken, this.#range),
    }
  }
}
