// Event, events.k8s.io/v1: something that happened to an object, in the newer form. It is stored as core/v1's Event.

import type { EventsV1Event } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { type Event as CoreEvent, events } from '../core/event.ts'
import { validateEvent, validateEventUpdate, validateNewEvent } from '../core/event-validation.ts'
import { columnsOver } from '../over-stored.ts'
import { conversion, toCore } from './event-conversion.ts'

export type Event = Kube<EventsV1Event>

const stored = (event: Event): CoreEvent => toCore(structuredClone(event))

export const eventsV1: ResourceDefinition<Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  scope: 'Namespaced',
  shortNames: ['ev'],
  get schema() {
    return builtinSchema('EventsV1Event')
  },
  conversion,
  strategy: {
    validate: event => validateEvent(stored(event), 'reportingController'),
    validateCreate: event => validateNewEvent(stored(event)),
    validateUpdate: (event, old) => validateEventUpdate(stored(event), stored(old)),
    allowCreateOnUpdate: true,
  },
  storage: { ...events.storage, group: '', version: 'v1' },
  columns: columnsOver(events, conversion),
  selectableFields: {
    'regarding.kind': ({ regarding }) => regarding?.kind ?? '',
    'regarding.namespace': ({ regarding }) => regarding?.namespace ?? '',
    'regarding.name': ({ regarding }) => regarding?.name ?? '',
    'regarding.uid': ({ regarding }) => regarding?.uid ?? '',
    'regarding.apiVersion': ({ regarding }) => regarding?.apiVersion ?? '',
    'regarding.resourceVersion': ({ regarding }) => regarding?.resourceVersion ?? '',
    'regarding.fieldPath': ({ regarding }) => regarding?.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingController: ({ reportingController }) => reportingController ?? '',
    type: ({ type }) => type ?? '',
  },
}
