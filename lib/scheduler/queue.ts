// Pods that wait for a node, in upstream's three parts: active (by priority, then age), backing off (1 s doubling to
// 10 s after each failure), and unschedulable (until something happens that may help, or five minutes have passed).

import sortedBtree from 'sorted-btree'
import { keyOf } from '../api/meta.ts'
import type { Pod } from '../kinds/core/pod.ts'
import { backoffMs } from '../util/backoff.ts'
import type { Clock } from '../util/clock.ts'
import type { ClusterEvent } from './framework.ts'

export interface QueuedPod {
  key: string
  pod: Pod
  attempts: number
  /** When it first came. */
  sinceMs: number
  failedAtMs: number
  /** Plugins that rejected it last; none: it failed for another reason, and any event may help. */
  rejectedBy: ReadonlySet<string>
}

const { default: BTree } = sortedBtree

type ActiveKey = [priority: number, sinceMs: number, key: string]

const podBackoff = { initialMs: 1000, maxMs: 10_000 }
const longestWaitMs = 5 * 60_000

function compare(a: ActiveKey, b: ActiveKey): number {
  return b[0] - a[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0)
}

export class SchedulingQueue {
  readonly #clock: Clock
  readonly #active = new BTree<ActiveKey, QueuedPod>(undefined, compare)
  /** Where in `#active` a pod stands. */
  readonly #activeKeys = new Map<string, ActiveKey>()
  readonly #backingOff = new Map<string, QueuedPod>()
  readonly #unschedulable = new Map<string, QueuedPod>()
  /** Pods being tried, and what happened meanwhile: it may concern them. */
  readonly #inFlight = new Map<string, { uid: string | undefined; missed: Set<ClusterEvent> }>()
  #wake: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get sizes(): { active: number; backoff: number; unschedulable: number } {
    return {
      active: this.#active.size,
      backoff: this.#backingOff.size,
      unschedulable: this.#unschedulable.size,
    }
  }

  /** A new pod, or a pending one that changed: a change of what it asks for makes it worth another try. */
  set(pod: Pod, changedSpec: boolean): void {
    const key = keyOf(pod)
    const known = this.#find(key)
    if (!known) {
      if (this.#inFlight.has(key)) return
      const now = this.#clock.now()
      this.#activate({ key, pod, attempts: 0, sinceMs: now, failedAtMs: 0, rejectedBy: new Set() })
      return
    }
    const wasUnschedulable = this.#unschedulable.has(key)
    this.remove(key)
    const updated = { ...known, pod }
    if (wasUnschedulable && !changedSpec) this.#unschedulable.set(key, updated)
    else this.#afterBackoff(updated)
  }

  remove(key: string): void {
    const known = this.#find(key)
    if (known) this.#active.delete(activeKey(known))
    this.#backingOff.delete(key)
    this.#unschedulable.delete(key)
    this.#activeKeys.delete(key)
    this.#inFlight.delete(key)
  }

  /** The next pod to try, waiting for one. Every answer is followed by `failed` or `succeeded`. */
  async take(signal: AbortSignal): Promise<QueuedPod> {
    for (;;) {
      signal.throwIfAborted()
      this.#releaseDue()
      const first = this.#active.minKey()
      const next = first && this.#active.get(first)
      if (first && next) {
        this.#active.delete(first)
        this.#activeKeys.delete(next.key)
        this.#inFlight.set(next.key, { uid: next.pod.metadata.uid, missed: new Set() })
        return { ...next, attempts: next.attempts + 1 }
      }
      await this.#change(signal)
    }
  }

  succeeded(queued: QueuedPod): void {
    this.#finish(queued)
  }

  /** `rejectedBy` empty: not the plugins' word but an error; it is tried again after its back-off. */
  failed(
    queued: QueuedPod,
    rejectedBy: ReadonlySet<string>,
    helps: (plugin: string, event: ClusterEvent) => boolean,
  ): void {
    const missed = this.#finish(queued)
    if (!missed) return
    const failed = { ...queued, rejectedBy, failedAtMs: this.#clock.now() }
    const mayFit =
      rejectedBy.size === 0 || [...missed].some(event => [...rejectedBy].some(plugin => helps(plugin, event)))
    if (mayFit) this.#backingOff.set(queued.key, failed)
    else this.#unschedulable.set(queued.key, failed)
    this.#wake?.()
  }

  /** Something happened: pods whose rejecting plugins may now say otherwise are tried again. */
  event(event: ClusterEvent, helps: (plugin: string, event: ClusterEvent) => boolean): void {
    for (const { missed } of this.#inFlight.values()) missed.add(event)
    for (const queued of this.#unschedulable.values()) {
      if (![...queued.rejectedBy].some(plugin => helps(plugin, event))) continue
      this.#unschedulable.delete(queued.key)
      this.#afterBackoff(queued)
    }
  }

  #find(key: string): QueuedPod | undefined {
    return this.#backingOff.get(key) ?? this.#unschedulable.get(key) ?? this.#findActive(key)
  }

  #findActive(key: string): QueuedPod | undefined {
    const at = this.#activeKeys.get(key)
    return at && this.#active.get(at)
  }

  #activate(queued: QueuedPod): void {
    this.#active.set(activeKey(queued), queued)
    this.#activeKeys.set(queued.key, activeKey(queued))
    this.#wake?.()
  }

  #afterBackoff(queued: QueuedPod): void {
    if (readyAt(queued) > this.#clock.now()) this.#backingOff.set(queued.key, queued)
    else this.#activate(queued)
    this.#wake?.()
  }

  /** What happened while it was tried; undefined when it is gone, whether or not another of its name has come. */
  #finish({ key, pod }: QueuedPod): ReadonlySet<ClusterEvent> | undefined {
    const tried = this.#inFlight.get(key)
    if (tried?.uid !== pod.metadata.uid) return undefined
    this.#inFlight.delete(key)
    return tried?.missed
  }

  #releaseDue(): void {
    const now = this.#clock.now()
    for (const [key, queued] of this.#backingOff) {
      if (readyAt(queued) > now) continue
      this.#backingOff.delete(key)
      this.#activate(queued)
    }
    for (const [key, queued] of this.#unschedulable) {
      if (queued.failedAtMs + longestWaitMs > now) continue
      this.#unschedulable.delete(key)
      this.#activate(queued)
    }
  }

  /** Until something is added, or the first back-off ends. */
  async #change(signal: AbortSignal): Promise<void> {
    const due = [
      ...[...this.#backingOff.values()].map(readyAt),
      ...[...this.#unschedulable.values()].map(queued => queued.failedAtMs + longestWaitMs),
    ]
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    const woken = new Promise<void>(resolve => {
      this.#wake = resolve
    })
    const timer = this.#clock.sleep(Math.max(0, Math.min(60_000, ...due.map(at => at - this.#clock.now()))), either)
    try {
      await Promise.race([woken, timer])
    } finally {
      this.#wake = undefined
      timer.catch(() => {})
      stop.abort()
    }
  }
}

function activeKey({ pod, sinceMs, key }: QueuedPod): ActiveKey {
  return [pod.spec?.priority ?? 0, sinceMs, key]
}

function readyAt({ attempts, failedAtMs }: QueuedPod): number {
  return failedAtMs === 0 ? 0 : failedAtMs + backoffMs(attempts - 1, podBackoff)
}
