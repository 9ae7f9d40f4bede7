// Tells users what a component did to an object: Event objects, written one after the other in the background. Nothing
// waits for an event, and none is worth failing for.

import { hasReason, StatusError } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import { type Event, events } from '../kinds/core/event.ts'
import { type Clock, rfc3339, systemClock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { Client } from './client.ts'
import { type Correlated, EventCorrelator } from './event-correlator.ts'

export type EventType = 'Normal' | 'Warning'
export type ObjectReference = Event['involvedObject']

/** What code that has something to tell needs. */
export interface EventSink {
  event(about: KubeObject | ObjectReference, type: EventType, reason: string, message: string): void
}

export interface EventRecorderOptions {
  client: Client
  /** `deployment-controller`, `kubelet` */
  component: string
  /** The node's name, for a node's components. */
  host?: string
  log: Logger
  clock?: Clock
}

const maxWaiting = 1000
const maxTries = 12
const retryMs = 10_000

export class EventRecorder implements EventSink {
  readonly #options: EventRecorderOptions
  readonly #clock: Clock
  readonly #correlator = new EventCorrelator()
  #waiting: Event[] = []
  #wake: () => void = () => {}
  #serial = 0n

  constructor(options: EventRecorderOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
  }

  event(about: KubeObject | ObjectReference, type: EventType, reason: string, message: string): void {
    if (this.#waiting.length >= maxWaiting) {
      this.#options.log.warn({ reason, message }, 'too many events wait to be written: one is dropped')
      return
    }
    this.#waiting.push(this.#made(referenceTo(about), type, reason, message))
    this.#wake()
  }

  /** Writes events until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true })
    while (!signal.aborted) {
      const next = this.#waiting.shift()
      if (next) await this.#record(next, signal)
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }

  #made(involvedObject: ObjectReference, type: EventType, reason: string, message: string): Event {
    const { component, host } = this.#options
    const now = this.#clock.now()
    const time = rfc3339(now)
    // Upstream's name ends in nanoseconds; ours counts within the millisecond.
    this.#serial = (this.#serial + 1n) % 1_000_000n
    const nanoseconds = BigInt(now) * 1_000_000n + this.#serial
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: {
        name: `${involvedObject.name}.${nanoseconds.toString(16)}`,
        namespace: involvedObject.namespace || 'default',
      },
      involvedObject,
      reason,
      message,
      source: { component, ...(host ? { host } : {}) },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
      type,
      reportingComponent: component,
      reportingInstance: host ?? '',
    }
  }

  async #record(made: Event, signal: AbortSignal): Promise<void> {
    const correlated = this.#correlator.correlate(made, this.#clock.now())
    if (correlated.action === 'skip') return
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        this.#correlator.written(correlated.key, await this.#write(correlated, signal))
        return
      } catch (error) {
        if (signal.aborted) return
        const { reason, message } = made
        const answered = error instanceof StatusError && error.reason !== 'ServiceUnavailable'
        if (answered || attempt === maxTries) {
          this.#options.log.warn({ err: error, reason, message }, 'an event could not be written')
          return
        }
        await this.#clock.sleep(retryMs, signal).catch(() => {})
      }
    }
  }

  async #write(correlated: Exclude<Correlated, { action: 'skip' }>, signal: AbortSignal): Promise<Event> {
    const { client } = this.#options
    const { event, action } = correlated
    const { namespace = '', name = '' } = event.metadata
    try {
      if (action === 'create') return await client.create(events, event, signal)
      const { count, message, lastTimestamp } = event
      const change = { count, message, lastTimestamp }
      return await client.patch<Event>(events, { namespace, name }, change, { type: 'strategic' }, signal)
    } catch (error) {
      // The one to be counted on has expired: it begins anew.
      if (action === 'patch' && hasReason(error, 'NotFound')) return client.create(events, event, signal)
      throw error
    }
  }
}

/** How an event, or another reference, points to an object. */
export function referenceTo(about: KubeObject | ObjectReference): ObjectReference {
  if (!('metadata' in about)) return about
  const { apiVersion, kind, metadata } = about as KubeObject
  const { namespace, name, uid, resourceVersion } = metadata
  return {
    kind,
    apiVersion,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  }
}
