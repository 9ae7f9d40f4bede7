// Leases are dear and objects with a TTL are many, so that all that are written within a minute share one, which lives
// that much longer. (Upstream shares in the same way.)

import { type Clock, systemClock } from '../util/clock.ts'

export interface Lease {
  id: string
  ttlSeconds: number
  sharedUntil: number
  objects: number
}

const SHARED_SECONDS = 60
const MAX_OBJECTS = 1000

export class Leases {
  readonly #grant: (ttlSeconds: number) => Promise<string>
  readonly #clock: Clock
  readonly #byTtl = new Map<number, Promise<Lease>>()

  constructor(grant: (ttlSeconds: number) => Promise<string>, clock: Clock = systemClock) {
    this.#grant = grant
    this.#clock = clock
  }

  /** A lease with at least `ttlSeconds` to live. */
  async take(ttlSeconds: number): Promise<Lease> {
    for (;;) {
      const granted = this.#byTtl.get(ttlSeconds) ?? this.#grantShared(ttlSeconds)
      const lease = await granted
      if (this.#clock.now() < lease.sharedUntil && lease.objects < MAX_OBJECTS) {
        lease.objects++
        return lease
      }
      if (this.#byTtl.get(ttlSeconds) === granted) this.#byTtl.delete(ttlSeconds)
    }
  }

  /** The lease turned out to be gone. */
  forget(lease: Lease): void {
    lease.sharedUntil = 0
  }

  #grantShared(ttlSeconds: number): Promise<Lease> {
    const sharedUntil = this.#clock.now() + SHARED_SECONDS * 1000
    const granted = this.#grant(ttlSeconds + SHARED_SECONDS).then(id => ({ id, ttlSeconds, sharedUntil, objects: 0 }))
    this.#byTtl.set(ttlSeconds, granted)
    granted.catch(() => {
      if (this.#byTtl.get(ttlSeconds) === granted) this.#byTtl.delete(ttlSeconds)
    })
    return granted
  }
}
