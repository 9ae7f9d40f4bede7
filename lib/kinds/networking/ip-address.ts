// IPAddress: one address that a service has taken. Its name is the address.

import type { V1IPAddress } from '@kubernetes/client-node'
import { type FieldError, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { asInvalid, immutable } from '../../api/validation.ts'
import { pathSegmentErrors } from '../../api/validation-names.ts'
import { dnsSubdomain, ipAddress } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { nameColumn, textColumn } from '../columns.ts'

export type IPAddress = Kube<V1IPAddress>

export const ipAddresses: ResourceDefinition<IPAddress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  scope: 'Cluster',
  shortNames: ['ip'],
  get schema() {
    return builtinSchema('V1IPAddress')
  },
  strategy: {
    // An IPv6 address is no DNS name.
    nameRule: 'path-segment',
    validate: validateIpAddress,
    validateUpdate: ({ spec }, old) => immutable('spec.parentRef', spec?.parentRef, old.spec?.parentRef),
  },
  columns: [nameColumn, textColumn('ParentRef', formatParent)],
}

function validateIpAddress({ metadata, spec }: IPAddress): FieldError[] {
  const parent = spec?.parentRef
  const name = ipAddress('metadata.name', metadata.name ?? '')
  if (!parent) return [...name, required('spec.parentRef')]
  const field = 'spec.parentRef'
  return [
    ...name,
    ...(parent.group ? dnsSubdomain(`${field}.group`, parent.group) : []),
    ...requiredSegment(`${field}.resource`, parent.resource),
    ...requiredSegment(`${field}.name`, parent.name),
    ...(parent.namespace ? requiredSegment(`${field}.namespace`, parent.namespace) : []),
  ]
}

function requiredSegment(field: string, text: string | undefined): FieldError[] {
  return text ? asInvalid(field, text, pathSegmentErrors(text)) : [required(field)]
}

/** `services/default/web`, with the group before it where there is one. */
function formatParent({ spec }: IPAddress): string {
  const parent = spec?.parentRef
  if (!parent) return '<none>'
  const resource = parent.group ? `${parent.resource}.${parent.group}` : parent.resource
  return [resource.toLowerCase(), parent.namespace, parent.name].filter(part => part).join('/')
}
