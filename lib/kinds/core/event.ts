// What an Event is.

import type { CoreV1Event } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type Event = Kube<CoreV1Event>

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
  storage: { ttlSeconds: 3600 },
}
