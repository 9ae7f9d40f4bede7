// A change as a watcher sees it: selectors turn it into ADDED, MODIFIED or DELETED, and the view asked for gives it its
// form. Without either, the bytes are those that all watchers share.

import type { StatusError } from '../../api/errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import { apiVersionOf } from '../../api/resource.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import { isPlain } from '../answer.ts'
import type { ResourceRequest } from '../resource-request.ts'
import type { Selection } from '../selection.ts'
import { eventAs, servedAs } from '../served-entry.ts'
import { includeObject, partialMetadata, tableOf } from '../table.ts'
import type { CacheEvent, EventType } from '../watch-cache-event.ts'
import type { EventEncoder } from './watch-stream.ts'

export function errorEvent(error: StatusError): Buffer {
  return eventBytes('ERROR', error.toStatus())
}

function eventBytes(type: string, object: unknown): Buffer {
  return Buffer.from(`{"type":"${type}","object":${JSON.stringify(object)}}\n`)
}

export function eventEncoder(r: ResourceRequest, { matches }: Selection): EventEncoder {
  const view = viewer(r)
  return {
    added(stored) {
      const entry = servedAs(r.def, stored)
      if (matches && !matches(entry)) return undefined
      if (view) return eventBytes('ADDED', view(entry.object))
      return Buffer.concat([Buffer.from('{"type":"ADDED","object":'), entry.bytes, Buffer.from('}\n')])
    },
    change(stored) {
      const event = eventAs(r.def, stored)
      const type = changeType(event, matches ?? (() => true))
      if (!type) return undefined
      return view ? eventBytes(type, view(event.entry(type).object)) : event.encoded(type)
    },
    bookmark(revision, isInitialEventsEnd) {
      const annotations = isInitialEventsEnd ? { 'k8s.io/initial-events-end': 'true' } : undefined
      const metadata = {
        resourceVersion: `${revision}`,
        creationTimestamp: null,
        ...(annotations ? { annotations } : {}),
      }
      const object = { kind: r.def.kind, apiVersion: apiVersionOf(r.def), metadata }
      return eventBytes('BOOKMARK', view ? view(object as unknown as KubeObject) : object)
    },
  }
}

/** What a change is to somebody who sees only what matches. */
export function changeType(
  { current, previous }: Pick<CacheEvent, 'current' | 'previous'>,
  matches: (entry: CacheEntry) => boolean,
): EventType | undefined {
  const isIn = current !== undefined && matches(current)
  const wasIn = previous !== undefined && matches(previous)
  if (isIn) return wasIn ? 'MODIFIED' : 'ADDED'
  return wasIn ? 'DELETED' : undefined
}

/** undefined: the object as it is stored. The columns of a Table come with the first event only. */
function viewer(r: ResourceRequest): ((object: KubeObject) => unknown) | undefined {
  const { output, def, request, context } = r
  if (isPlain(r) || !output.as) return isPlain(r) ? undefined : object => object
  const { kind, version } = output.as
  if (kind !== 'Table') return object => partialMetadata(object, version)
  const include = includeObject(request.query)
  let hasColumns = true
  return object => {
    const rows = object.metadata.name === undefined ? [] : [object]
    const { resourceVersion } = object.metadata
    const options = { version, include, now: context.clock.now(), hasColumns }
    hasColumns = false
    return tableOf(def, rows, resourceVersion ? { resourceVersion } : {}, options)
  }
}
