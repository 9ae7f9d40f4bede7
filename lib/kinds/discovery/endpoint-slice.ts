// EndpointSlice: a part of where a service's pods listen.

import type { V1EndpointSlice } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { jsonEqual } from '../../util/json-equal.ts'
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
    prepareForCreate: dropTopology,
    prepareForUpdate: (slice, old) => {
      if (!jsonEqual(slice.endpoints ?? [], old.endpoints ?? [])) dropTopology(slice)
    },
    validate: validateEndpointSlice,
    validateUpdate: (slice, old) => immutable('addressType', slice.addressType, old.addressType),
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('AddressType', ({ addressType }) => addressType),
    textColumn('Ports', ({ ports }) => formatPorts(ports)),
    textColumn('Endpoints', ({ endpoints }) => shown((endpoints ?? []).flatMap(({ addresses }) => addresses))),
    ageColumn,
  ],
}

/** What v1beta1 called topology is only there for what was written then. */
function dropTopology({ endpoints }: EndpointSlice): void {
  for (const endpoint of endpoints ?? []) delete endpoint.deprecatedTopology
}

function formatPorts(ports: EndpointSlice['ports']): string {
  return shown((ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : `${port}`)))
}

/** At most three, and how many more there are. */
function shown(all: string[]): string {
  const list = all.slice(0, maxShown).join(',')
  if (all.length > maxShown) return `${list} + ${all.length - maxShown} more...`
  return list || '<unset>'
}
