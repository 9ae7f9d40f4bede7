// Endpoints: where a service's pods listen. The older form of EndpointSlices.

import type { V1Endpoints } from '@kubernetes/client-node'
import { type FieldError, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import {
  dnsLabel,
  dnsSubdomain,
  eachItem,
  ipAddress,
  portNumber,
  qualifiedName,
  requiredWord,
} from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { nonSpecialAddress } from './special-address.ts'

export type Endpoints = Kube<V1Endpoints>
type Subset = NonNullable<Endpoints['subsets']>[number]

const maxShown = 3

export const endpoints: ResourceDefinition<Endpoints> = {
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  scope: 'Namespaced',
  shortNames: ['ep'],
  get schema() {
    return builtinSchema('V1Endpoints')
  },
  defaults: ({ subsets }) => {
    for (const { ports } of subsets ?? []) for (const port of ports ?? []) port.protocol ||= 'TCP'
  },
  strategy: {
    validate: ({ subsets }) => eachItem(subsets, 'subsets', subsetErrors),
    allowCreateOnUpdate: true,
  },
  deprecation: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  storage: { prefix: 'services/endpoints' },
  columns: [nameColumn, textColumn('Endpoints', formatEndpoints), ageColumn],
}

function subsetErrors({ addresses = [], notReadyAddresses = [], ports = [] }: Subset, field: string): FieldError[] {
  if (addresses.length + notReadyAddresses.length === 0) {
    return [required(field, 'must specify `addresses` or `notReadyAddresses`')]
  }
  return [
    ...eachItem(addresses, `${field}.addresses`, addressErrors),
    ...eachItem(notReadyAddresses, `${field}.notReadyAddresses`, addressErrors),
    ...eachItem(ports, `${field}.ports`, ({ name, port, protocol, appProtocol }, at) => [
      ...(name ? dnsLabel(`${at}.name`, name) : ports.length > 1 ? [required(`${at}.name`)] : []),
      ...portNumber(`${at}.port`, port),
      ...requiredWord(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
      ...(appProtocol === undefined ? [] : qualifiedName(`${at}.appProtocol`, appProtocol)),
    ]),
  ]
}

function addressErrors(
  { ip, hostname, nodeName }: { ip: string; hostname?: string; nodeName?: string },
  field: string,
): FieldError[] {
  return [
    ...ipAddress(`${field}.ip`, ip),
    ...(hostname ? dnsLabel(`${field}.hostname`, hostname) : []),
    ...(nodeName === undefined ? [] : dnsSubdomain(`${field}.nodeName`, nodeName)),
    ...nonSpecialAddress(`${field}.ip`, ip),
  ]
}

/** At most three, and how many more there are. */
function formatEndpoints({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>'
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  )
  const shown = all.slice(0, maxShown).join(',')
  return all.length > maxShown ? `${shown} + ${all.length - maxShown} more...` : shown
}
