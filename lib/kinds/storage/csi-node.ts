// CSINode: which storage drivers run on a node.

import type { V1CSINode } from '@kubernetes/client-node'
import { duplicate } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { eachItem, requiredText } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn } from '../columns.ts'

export type CSINode = Kube<V1CSINode>

export const csiNodes: ResourceDefinition<CSINode> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1CSINode')
  },
  strategy: {
    validate: ({ spec }) =>
      eachItem(spec?.drivers, 'spec.drivers', ({ name, nodeID }, at, i) => [
        ...requiredText(`${at}.name`, name),
        ...requiredText(`${at}.nodeID`, nodeID),
        ...(spec.drivers.slice(0, i).some(other => other.name === name) ? [duplicate(`${at}.name`, name)] : []),
      ]),
    allowUnconditionalUpdate: false,
  },
  columns: [nameColumn, countColumn('Drivers', ({ spec }) => spec.drivers?.length), ageColumn],
}
