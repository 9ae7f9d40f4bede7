// Namespace: a room for names. It goes when its finalizers say that everything in it is gone.

import type { V1Namespace } from '@kubernetes/client-node'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { validateFinalizers } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'

export type Namespace = Kube<V1Namespace>

const nameLabel = 'kubernetes.io/metadata.name'
const kubernetesFinalizer = 'kubernetes'

export const namespaces: ResourceDefinition<Namespace> = {
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  scope: 'Cluster',
  shortNames: ['ns'],
  get schema() {
    return builtinSchema('V1Namespace')
  },
  defaults: labelWithName,
  strategy: {
    nameRule: 'dns-label',
    prepareForCreate: namespace => {
      // A generated name was not known when defaults were set.
      labelWithName(namespace)
      namespace.status = { phase: 'Active' }
      namespace.spec ??= {}
      const { finalizers = [] } = namespace.spec
      if (!finalizers.includes(kubernetesFinalizer)) namespace.spec.finalizers = [...finalizers, kubernetesFinalizer]
    },
    prepareForUpdate: (namespace, old) => {
      restoreMember(namespace, old, 'spec')
      restoreMember(namespace, old, 'status')
    },
    validate: ({ spec }) => validateFinalizers(spec?.finalizers, 'spec.finalizers'),
    blocksDeletion: ({ spec }) => (spec?.finalizers ?? []).length > 0,
    prepareForDelete: namespace => {
      namespace.status = { ...namespace.status, phase: 'Terminating' }
    },
  },
  subresources: {
    status: statusSubresource({ validateUpdate: phaseErrors }),
    finalize: {
      verbs: ['update'],
      prepareForUpdate: (namespace, old) => restoreMember(namespace, old, 'status'),
      validateUpdate: ({ spec }) => validateFinalizers(spec?.finalizers, 'spec.finalizers'),
    },
  },
  columns: [nameColumn, textColumn('Status', ({ status }) => status?.phase ?? ''), ageColumn],
  selectableFields: { 'status.phase': ({ status }) => status?.phase ?? '' },
  verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
}

function labelWithName({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, [nameLabel]: metadata.name }
}

function phaseErrors({ status }: Namespace, { metadata }: Namespace): FieldError[] {
  const phase = status?.phase ?? ''
  const mayBe = metadata.deletionTimestamp ? 'Terminating' : 'Active'
  if (phase === mayBe) return []
  const when = metadata.deletionTimestamp ? 'is not empty' : 'is empty'
  return [invalid('status.Phase', phase, `may only be '${mayBe}' if \`deletionTimestamp\` ${when}`)]
}
