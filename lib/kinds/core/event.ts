// Event: something that happened to an object, kept for an hour.

import type { CoreV1Event } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { textColumn } from '../columns.ts'
import { ageSince } from '../human-duration.ts'
import { validateEvent } from './event-validation.ts'

export type Event = Kube<CoreV1Event>

const hour = 3600

export const events: ResourceDefinition<Event> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  scope: 'Namespaced',
  shortNames: ['ev'],
  get schema() {
    return builtinSchema('CoreV1Event')
  },
  // A struct to Go, and so always there.
  defaults: event => {
    event.involvedObject ??= {}
  },
  strategy: { validate: event => validateEvent(event), allowCreateOnUpdate: true },
  storage: { ttlSeconds: hour },
  columns: [
    textColumn('Last Seen', lastSeen),
    textColumn('Type', ({ type }) => type ?? ''),
    textColumn('Reason', ({ reason }) => reason ?? ''),
    textColumn('Object', objectOf),
    textColumn('Subobject', ({ involvedObject }) => involvedObject.fieldPath ?? '', 1),
    textColumn('Source', sourceOf, 1),
    textColumn('Message', ({ message }) => (message ?? '').trim()),
    textColumn('First Seen', firstSeen, 1),
    textColumn('Count', event => `${event.series?.count ?? (event.count || 1)}`, 1),
    { name: 'Name', type: 'string', format: 'name', priority: 1, value: ({ metadata }) => metadata.name ?? '' },
  ],
  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
    type: ({ type }) => type ?? '',
  },
}

function firstSeen({ firstTimestamp, eventTime }: Event, now: number): string {
  return ageSince(firstTimestamp ?? eventTime, now)
}

function lastSeen(event: Event, now: number): string {
  if (event.series) return ageSince(event.series.lastObservedTime, now)
  return event.lastTimestamp ? ageSince(event.lastTimestamp, now) : firstSeen(event, now)
}

function objectOf({ involvedObject: { kind = '', name } }: Event): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()
}

function sourceOf({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent
  const host = source?.host || reportingInstance
  return [component, host].filter(part => part).join(', ')
}
