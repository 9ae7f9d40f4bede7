// ConfigMap: settings, by key.

import type { V1ConfigMap } from '@kubernetes/client-node'
import { type FieldError, invalid, tooLong } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { asInvalid } from '../../api/validation.ts'
import { configMapKeyErrors } from '../../api/validation-names.ts'
import { eachEntry } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { immutableMembers, maxDataBytes, sizeOfBase64 } from './immutable-data.ts'

export type ConfigMap = Kube<V1ConfigMap>

export const configMaps: ResourceDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  scope: 'Namespaced',
  shortNames: ['cm'],
  get schema() {
    return builtinSchema('V1ConfigMap')
  },
  strategy: {
    validate: validateConfigMap,
    validateUpdate: (map, old) => immutableMembers(map, old, ['data', 'binaryData']),
  },
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'string',
      value: ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    },
    ageColumn,
  ],
}

function validateConfigMap({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const size =
    Object.values(data).reduce((sum, value) => sum + Buffer.byteLength(value), 0) +
    Object.values(binaryData).reduce((sum, value) => sum + sizeOfBase64(value), 0)
  return [
    ...eachEntry(data, 'data', (_, at, key) => [
      ...asInvalid(at, key, configMapKeyErrors(key)),
      ...(Object.hasOwn(binaryData, key) ? [invalid(at, key, 'duplicate of key present in binaryData')] : []),
    ]),
    ...eachEntry(binaryData, 'binaryData', (_, at, key) => asInvalid(at, key, configMapKeyErrors(key))),
    // The whole object; upstream prints its empty path so.
    ...(size > maxDataBytes ? [tooLong('[]', maxDataBytes)] : []),
  ]
}
