// At most one of several equal processes leads: whoever holds a Lease and renews it in time. Timings and rules are
// those of client-go/tools/leaderelection; the holder's clock is never compared with ours.

import { hasReason } from '../api/errors.ts'
import { type Lease, leases } from '../kinds/coordination/lease.ts'
import { inBackground } from '../util/async.ts'
import { type Clock, rfc3339Micro, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { Client } from './client.ts'
import type { EventSink } from './events.ts'

export interface LeaderElectionOptions {
  client: Client
  lease: { namespace: string; name: string }
  /** Unique among those who may lead. */
  identity: string
  log: Logger
  events?: EventSink
  clock?: Clock
  leaseDurationMs?: number
  renewDeadlineMs?: number
  retryPeriodMs?: number
}

/** The lease was not renewed in time, and another may lead by now. */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost'
}

type Record = NonNullable<Lease['spec']>

/**
 * Waits to become the leader, then runs `lead` until it returns or the signal is aborted, and gives the lease back.
 * Throws LeadershipLost, after aborting the signal `lead` was given.
 */
export async function runAsLeader(
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const elector = new Elector(options)
  await elector.acquire(signal)
  const leading = new AbortController()
  const lost = elector.renew(AbortSignal.any([signal, leading.signal])).catch(error => {
    leading.abort(error)
    throw error
  })
  // Awaited below; this only keeps a loss during `lead` from being an unhandled rejection.
  inBackground(options.log, 'renewing the lease', lost, signal)
  try {
    await lead(AbortSignal.any([signal, leading.signal]))
  } finally {
    if (!leading.signal.aborted) {
      leading.abort(new DOMException('no longer leading', 'AbortError'))
      await elector.release()
    }
  }
  await lost
}

class Elector {
  readonly #options: LeaderElectionOptions
  readonly #clock: Clock
  readonly #leaseDurationMs: number
  readonly #renewDeadlineMs: number
  readonly #retryPeriodMs: number
  /** The lease as last seen, and when we saw it change. */
  #observed: { lease: Lease | undefined; record: string; atMs: number } | undefined

  constructor(options: LeaderElectionOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#leaseDurationMs = options.leaseDurationMs ?? 15_000
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000
    this.#retryPeriodMs = options.retryPeriodMs ?? 2000
  }

  async acquire(signal: AbortSignal): Promise<void> {
    const { identity, log, events } = this.#options
    for (;;) {
      if (await this.#tryOnce(signal)) break
      await this.#clock.sleep(this.#retryPeriodMs * (1 + 0.2 * Math.random()), signal)
    }
    log.info({ identity }, 'became the leader')
    const lease = this.#observed?.lease
    if (lease) events?.event(lease, 'Normal', 'LeaderElection', `${identity} became leader`)
  }

  /** Until the signal is aborted; throws LeadershipLost. */
  async renew(signal: AbortSignal): Promise<void> {
    let renewedAt = this.#clock.now()
    while (!signal.aborted) {
      await this.#clock.sleep(this.#retryPeriodMs, signal).catch(() => {})
      if (signal.aborted) return
      const leftMs = renewedAt + this.#renewDeadlineMs - this.#clock.now()
      if (leftMs > 0 && (await this.#tryOnce(AbortSignal.any([signal, AbortSignal.timeout(leftMs)])))) {
        renewedAt = this.#clock.now()
      } else if (!signal.aborted && this.#clock.now() - renewedAt >= this.#renewDeadlineMs) {
        const { identity, lease, events } = this.#options
        const last = this.#observed?.lease
        if (last) events?.event(last, 'Normal', 'LeaderElection', `${identity} stopped leading`)
        throw new LeadershipLost(`the lease ${lease.namespace}/${lease.name} could not be renewed in time`)
      }
    }
  }

  /** Lets another lead at once. A failure costs only its wait. */
  async release(): Promise<void> {
    const { log } = this.#options
    try {
      await this.#giveBack(this.#observed?.lease)
    } catch (error) {
      log.info({ err: error }, 'the lease could not be given back: it will run out')
    }
  }

  /** A renewal cut off by the end may have been written all the same: then what we saw last is not what stands there. */
  async #giveBack(held: Lease | undefined): Promise<void> {
    const { client, identity, lease } = this.#options
    const signal = AbortSignal.timeout(2000)
    if (held?.spec?.holderIdentity !== identity) return
    const now = rfc3339Micro(this.#clock.now())
    const spec: Record = { ...held.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now, acquireTime: now }
    try {
      await client.update(leases, { ...held, spec }, {}, signal)
    } catch (error) {
      if (!hasReason(error, 'Conflict')) throw error
      const current = await client.get(leases, lease, signal)
      if (current.spec?.holderIdentity !== identity) return
      await client.update(leases, { ...current, spec: { ...current.spec, ...spec } }, {}, signal)
    }
  }

  async #tryOnce(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#takeOrRenew(signal)
    } catch (error) {
      this.#options.log.info({ err: error }, 'the lease could not be taken or renewed')
      return false
    }
  }

  /** Who holds it writes it as last seen; whoever has changed it since makes that a conflict, and it is read again. */
  async #takeOrRenew(signal: AbortSignal): Promise<boolean> {
    const { identity } = this.#options
    const held = this.#observed?.lease
    if (held?.spec?.holderIdentity === identity) {
      try {
        return await this.#write(held, this.#clock.now(), signal)
      } catch (error) {
        if (!hasReason(error, 'Conflict', 'NotFound')) throw error
      }
    }
    return this.#readAndTake(signal)
  }

  async #readAndTake(signal: AbortSignal): Promise<boolean> {
    const { client, lease: at } = this.#options
    const now = this.#clock.now()
    const found = await client.get(leases, at, signal).catch(error => {
      if (hasReason(error, 'NotFound')) return undefined
      throw error
    })
    this.#observe(found, now)
    if (!found) {
      const spec = this.#recordFor(undefined, now)
      const made = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { ...at }, spec }
      this.#observe(await client.create(leases, made, signal), now)
      return true
    }
    return !this.#heldByAnother(found, now) && this.#write(found, now, signal)
  }

  async #write(lease: Lease, now: number, signal: AbortSignal): Promise<boolean> {
    const { client, identity } = this.#options
    const spec = this.#recordFor(lease.spec, now)
    this.#observe(await client.update(leases, { ...lease, spec }, {}, signal), now)
    return this.#observed?.lease?.spec?.holderIdentity === identity
  }

  #observe(lease: Lease | undefined, now: number): void {
    const record = JSON.stringify(lease?.spec ?? null)
    const atMs = this.#observed?.record === record ? this.#observed.atMs : now
    this.#observed = { lease, record, atMs }
  }

  /** Its duration runs from when we saw it renewed, by our clock. */
  #heldByAnother({ spec }: Lease, now: number): boolean {
    const holder = spec?.holderIdentity
    if (!holder || holder === this.#options.identity) return false
    const durationMs = (spec.leaseDurationSeconds ?? this.#leaseDurationMs / 1000) * 1000
    return (this.#observed?.atMs ?? now) + durationMs > now
  }

  #recordFor(old: Record | undefined, nowMs: number): Record {
    const { identity } = this.#options
    const now = rfc3339Micro(nowMs)
    const keeps = old?.holderIdentity === identity
    const transitions = old?.leaseTransitions ?? 0
    return {
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#leaseDurationMs / 1000),
      acquireTime: keeps ? (old.acquireTime ?? now) : now,
      renewTime: now,
      leaseTransitions: old && !keeps ? transitions + 1 : transitions,
    }
  }
}
