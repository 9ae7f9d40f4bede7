// Between events.k8s.io's Event and core's: the same facts under other names.

import type { Conversion } from '../../api/resource.ts'
import type { Event as CoreEvent } from '../core/event.ts'
import type { Event } from './event.ts'

/** Core's name → the newer one. */
const newNames: Record<string, string> = {
  involvedObject: 'regarding',
  message: 'note',
  reportingComponent: 'reportingController',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
}
const coreNames = Object.fromEntries(Object.entries(newNames).map(([core, name]) => [name, core]))

function renamed(event: object, names: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [names[name] ?? name, value]))
}

export function toCore(event: Event): CoreEvent {
  return { involvedObject: {}, ...renamed(event, coreNames) } as CoreEvent
}

export function fromCore(event: CoreEvent): Event {
  return renamed(event, newNames) as unknown as Event
}

export const conversion: Conversion<Event> = { fromStored: event => fromCore(event as CoreEvent), toStored: toCore }
