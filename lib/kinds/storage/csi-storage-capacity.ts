// CSIStorageCapacity: how much room a storage driver has left for a class of storage on some nodes.

import type { V1CSIStorageCapacity } from '@kubernetes/client-node'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { dnsSubdomain, quantityOf } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { nameColumn, textColumn } from '../columns.ts'

export type CSIStorageCapacity = Kube<V1CSIStorageCapacity>

export const csiStorageCapacities: ResourceDefinition<CSIStorageCapacity> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1CSIStorageCapacity')
  },
  strategy: {
    validate: ({ nodeTopology, storageClassName, capacity }) => [
      ...validateLabelSelector(nodeTopology, 'nodeTopology'),
      ...dnsSubdomain('storageClassName', storageClassName),
      ...nonNegativeQuantity(capacity, 'capacity'),
    ],
    validateUpdate: (capacity, old) => [
      ...immutable('nodeTopology', capacity.nodeTopology, old.nodeTopology),
      ...immutable('storageClassName', capacity.storageClassName, old.storageClassName),
    ],
    allowUnconditionalUpdate: false,
  },
  columns: [
    nameColumn,
    textColumn('StorageClassName', ({ storageClassName }) => storageClassName),
    textColumn('Capacity', ({ capacity }) => capacity ?? '<unset>'),
  ],
}

function nonNegativeQuantity(text: string | undefined, field: string): FieldError[] {
  const amount = quantityOf(text)
  if (!amount || amount.unscaled >= 0n) return []
  return [invalid(field, text, 'must be greater than or equal to 0')]
}
