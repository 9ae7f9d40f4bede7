// CSINode: which storage drivers run on a node.

import type { V1CSINode } from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable, nonNegative } from '../../api/validation.ts'
import { eachItem, qualifiedName } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn } from '../columns.ts'
import { validateDriverName } from './csi-driver-name.ts'

export type CSINode = Kube<V1CSINode>
type Driver = CSINode['spec']['drivers'][number]

const maxNodeIdLength = 256

export const csiNodes: ResourceDefinition<CSINode> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1CSINode')
  },
  // A list that is always there.
  defaults: node => {
    node.spec.drivers ??= []
  },
  strategy: {
    validate: ({ spec }) =>
      eachItem(spec?.drivers, 'spec.drivers', (driver, at, i) => driverErrors(driver, spec.drivers.slice(0, i), at)),
    validateUpdate: ({ spec }, old) =>
      old.spec.drivers.flatMap(before => {
        const after = spec.drivers.find(({ name }) => name === before.name)
        return after ? immutable('spec.drivers', withoutCount(after), withoutCount(before)) : []
      }),
    allowUnconditionalUpdate: false,
    returnsDeletedObject: true,
  },
  columns: [nameColumn, countColumn('Drivers', ({ spec }) => spec.drivers?.length), ageColumn],
}

function driverErrors(driver: Driver, before: Driver[], field: string): FieldError[] {
  const { name, nodeID, topologyKeys = [], allocatable } = driver
  const tooLong = `must be ${maxNodeIdLength} characters or less`
  return [
    ...validateDriverName(name, `${field}.name`),
    ...(nodeID ? [] : [required(`${field}.nodeID`)]),
    ...(Buffer.byteLength(nodeID ?? '') > maxNodeIdLength ? [invalid(`${field}.nodeID`, nodeID, tooLong)] : []),
    ...nonNegative(`${field}.allocatable.count`, allocatable?.count),
    ...(before.some(other => other.name === name) ? [duplicate(`${field}.name`, name)] : []),
    ...topologyKeys.flatMap((key, i) => [
      ...(key ? [] : [required(field)]),
      ...(topologyKeys.indexOf(key) < i ? [duplicate(field, key)] : []),
      ...qualifiedName(field, key),
    ]),
  ]
}

/** How many volumes fit may change. */
function withoutCount({ allocatable: _, ...driver }: Driver): Omit<Driver, 'allocatable'> {
  return driver
}
