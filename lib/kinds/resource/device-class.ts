// DeviceClass: a kind of device that claims ask for by name.

import type { V1DeviceClass } from '@kubernetes/client-node'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { qualifiedNameErrors } from '../../api/validation-names.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { deviceConfiguration, deviceSelectors, limited, maxConfigs } from './device-rules.ts'

export type DeviceClass = Kube<V1DeviceClass>

export const deviceClasses: ResourceDefinition<DeviceClass> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1DeviceClass')
  },
  // A struct to Go, and so always there.
  defaults: deviceClass => {
    deviceClass.spec ??= {}
  },
  strategy: {
    validate: ({ spec }) => [
      ...deviceSelectors(spec.selectors, 'spec.selectors'),
      ...limited(spec.config, maxConfigs, 'spec.config', deviceConfiguration),
      ...extendedName(spec.extendedResourceName, 'spec.extendedResourceName'),
    ],
    returnsDeletedObject: true,
  },
  tracksGeneration: true,
  columns: [nameColumn, ageColumn],
}

/** In a domain of its own, and not a request. */
function extendedName(name: string | undefined, field: string): FieldError[] {
  if (name === undefined) return []
  const isExtended =
    name.includes('/') &&
    !name.includes('kubernetes.io/') &&
    !name.startsWith('requests.') &&
    qualifiedNameErrors(`requests.${name}`).length === 0
  return isExtended ? [] : [invalid(field, name, 'must be a valid extended resource name')]
}
