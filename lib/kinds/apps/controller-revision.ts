// ControllerRevision: one past or present state of a StatefulSet or DaemonSet, to roll back to.

import type { V1ControllerRevision } from '@kubernetes/client-node'
import { invalid, required } from '../../api/field-errors.ts'
import { controllerOf, type Kube, parseApiVersion } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { fieldImmutable, nonNegative } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { ageColumn, countColumn, nameColumn, textColumn } from '../columns.ts'

export type ControllerRevision = Kube<V1ControllerRevision>

export const controllerRevisions: ResourceDefinition<ControllerRevision> = {
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1ControllerRevision')
  },
  strategy: {
    validate: ({ data, revision }) => [
      ...(data === undefined ? [required('data', 'data is mandatory')] : []),
      ...nonNegative('revision', revision),
    ],
    validateUpdate: ({ data }, old) => (jsonEqual(data, old.data) ? [] : [invalid('data', data, fieldImmutable)]),
  },
  columns: [
    nameColumn,
    textColumn('Controller', revision => {
      const owner = controllerOf(revision)
      if (!owner) return '<none>'
      const { group } = parseApiVersion(owner.apiVersion)
      return `${owner.kind.toLowerCase()}${group ? `.${group}` : ''}/${owner.name}`
    }),
    countColumn('Revision', ({ revision }) => revision),
    ageColumn,
  ],
}
