// EndpointSlice: a part of where a service's pods listen.

import type { V1EndpointSlice } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { validateEndpointSlice } from './endpoint-slice-validation.ts'

export type EndpointSlice = Kube<V1EndpointSlice>

const maxShown = 3

export const endpointSlices: ResourceDefinition<EndpointSlice> = {
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1EndpointSlice')
  },
  defaults: ({ ports }) => {
    for (const port of ports ?? []) {
      port.name ??= ''
      port.protocol ??= 'TCP'
    }
  },
  strategy: {
    validate: validateEndpointSlice,
    validateUpdate: (slice, old) => immutable('addressType', slice.addressType, old.addressType),
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('AddressType', ({ addressType }) => addressType),
    textColumn('Ports', ({ ports }) => formatPorts(ports)),
    textColumn('Endpoints', ({ endpoints }) =>
      shown(
        (endpoints ?? []).flatMap(({ addresses }) => addresses),
        '<unset>',
      ),
    ),
    ageColumn,
  ],
}

function formatPorts(ports: EndpointSlice['ports']): string {
  return shown(
    (ports ?? []).map(({ port }) => (port === undefined ? '*' : `${port}`)),
    '<unset>',
  )
}

/** At most three, and how many more there are. */
function shown(all: string[], empty: string): string {
  if (all.length === 0) return empty
  const list = all.slice(0, maxShown).join(',')
  return all.length > maxShown ? `${list} + ${all.length - maxShown} more...` : list
}
