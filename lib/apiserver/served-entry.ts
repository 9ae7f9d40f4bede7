// An entry of the cache as a definition serves it: versions over one storage. Where what is stored is what is served, it
// is the entry itself and costs nothing; else it is made once, and all readers share it.

import type { ResourceDefinition } from '../api/resource.ts'
import { fromStored, servesWhatIsStored } from '../api/stored.ts'
import { encode } from '../storage/codec.ts'
import { type CacheEntry, toEntry } from '../storage/entry.ts'
import { jsonEqual } from '../util/json-equal.ts'
import type { View } from './handlers/read-revision.ts'
import { CacheEvent } from './watch-cache-event.ts'

/** Definitions come and go (CustomResourceDefinitions), and what was made for them goes with them. */
const entries = new WeakMap<ResourceDefinition, WeakMap<CacheEntry, CacheEntry>>()
const events = new WeakMap<ResourceDefinition, WeakMap<CacheEvent, CacheEvent>>()

/** Throws what the conversion throws. */
export function servedAs(def: ResourceDefinition, entry: CacheEntry): CacheEntry {
  return servesWhatIsStored(def) ? entry : once(entries, def, entry, converted)
}

/** The same for something that may not be there. */
export function servedIfAny(def: ResourceDefinition, entry: CacheEntry | undefined): CacheEntry | undefined {
  return entry && servedAs(def, entry)
}

/** What a list reads, in the definition's version. */
export function viewAs(def: ResourceDefinition, view: View): View {
  if (servesWhatIsStored(def)) return view
  return {
    revision: view.revision,
    *entries(from) {
      for (const entry of view.entries(from)) yield servedAs(def, entry)
    },
    size: from => view.size(from),
  }
}

/** A change as the definition's watchers see it. */
export function eventAs(def: ResourceDefinition, event: CacheEvent): CacheEvent {
  return servesWhatIsStored(def) ? event : once(events, def, event, convertedEvent)
}

function once<T extends object>(
  made: WeakMap<ResourceDefinition, WeakMap<T, T>>,
  def: ResourceDefinition,
  from: T,
  make: (def: ResourceDefinition, from: T) => T,
): T {
  const known = made.get(def) ?? new WeakMap<T, T>()
  made.set(def, known)
  const result = known.get(from) ?? make(def, from)
  known.set(from, result)
  return result
}

/** The entry itself where the conversion changed nothing: its bytes are there already. */
function converted(def: ResourceDefinition, entry: CacheEntry): CacheEntry {
  const object = fromStored(def, entry.copy())
  if (jsonEqual(object, entry.object)) return entry
  return toEntry(entry.key, { value: encode(object), modRevision: entry.revision })
}

function convertedEvent(def: ResourceDefinition, event: CacheEvent): CacheEvent {
  const current = servedIfAny(def, event.current)
  const previous = servedIfAny(def, event.previous)
  if (current === event.current && previous === event.previous) return event
  return new CacheEvent(event.revision, event.key, current, previous)
}
