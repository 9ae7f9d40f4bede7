// Which events are worth writing: the same event again raises a count, many alike are told as one, and an object that
// never stops is cut short. Numbers and texts are those of upstream's client-go/tools/record.

import type { Event } from '../kinds/core/event.ts'

export type Correlated =
  | { action: 'create'; key: string; event: Event }
  | { action: 'patch'; key: string; event: Event }
  | { action: 'skip' }

interface Observation {
  name: string
  count: number
  firstTimestamp: string
}

interface Similar {
  messages: Set<string>
  lastMs: number
}

interface Bucket {
  tokens: number
  lastMs: number
}

const maxSimilar = 10
const similarWithinMs = 600_000
const burst = 25
const msPerToken = 300_000
const maxRemembered = 4096

export class EventCorrelator {
  readonly #observed = new Recent<Observation>()
  readonly #similar = new Recent<Similar>()
  readonly #buckets = new Recent<Bucket>()

  /** What to do with an event that was just made at `nowMs`. */
  correlate(event: Event, nowMs: number): Correlated {
    const { event: aggregated, key } = this.#aggregate(event, nowMs)
    const last = this.#observed.get(key)
    const current: Event = last
      ? {
          ...aggregated,
          metadata: { ...aggregated.metadata, name: last.name },
          firstTimestamp: last.firstTimestamp,
          count: last.count + 1,
        }
      : aggregated
    this.written(key, current)
    if (!this.#allowed(sourceKey(current), nowMs)) return { action: 'skip' }
    return { action: last ? 'patch' : 'create', key, event: current }
  }

  /** Remembers what now stands on the server. */
  written(key: string, { metadata, count, firstTimestamp }: Event): void {
    this.#observed.set(key, {
      name: metadata.name ?? '',
      count: count ?? 1,
      firstTimestamp: firstTimestamp ?? '',
    })
  }

  /** From the tenth different message on, events of one reason become one event. */
  #aggregate(event: Event, nowMs: number): { event: Event; key: string } {
    const aggregateKey = similarKey(event)
    const message = event.message ?? ''
    const known = this.#similar.get(aggregateKey)
    const similar =
      known && nowMs - known.lastMs <= similarWithinMs ? known : { messages: new Set<string>(), lastMs: 0 }
    similar.messages.add(message)
    similar.lastMs = nowMs
    this.#similar.set(aggregateKey, similar)
    if (similar.messages.size < maxSimilar) return { event, key: joined(aggregateKey, message) }
    const [oldest = ''] = similar.messages
    similar.messages.delete(oldest)
    return { event: { ...event, message: `(combined from similar events): ${message}` }, key: aggregateKey }
  }

  #allowed(key: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(key) ?? { tokens: burst, lastMs: nowMs }
    const tokens = Math.min(burst, bucket.tokens + (nowMs - bucket.lastMs) / msPerToken)
    const allowed = tokens >= 1
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, lastMs: nowMs })
    return allowed
  }
}

function joined(...parts: (string | undefined)[]): string {
  return parts.map(part => part ?? '').join('\0')
}

function sourceKey({ source, involvedObject: o }: Event): string {
  return joined(source?.component, source?.host, o.kind, o.namespace, o.name, o.uid, o.apiVersion)
}

function similarKey(event: Event): string {
  return joined(sourceKey(event), event.involvedObject.fieldPath, event.type, event.reason)
}

/** A map that forgets what was set longest ago. */
class Recent<V> {
  readonly #entries = new Map<string, V>()

  get(key: string): V | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size > maxRemembered) {
      const [oldest = ''] = this.#entries.keys()
      this.#entries.delete(oldest)
    }
  }
}
