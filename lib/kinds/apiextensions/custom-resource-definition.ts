// CustomResourceDefinition: a kind that users bring. What it describes is made into a ResourceDefinition by
// custom-kind.ts; its conditions are decided in crd-conditions.ts.

import { setCondition } from '../../api/conditions.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { nameColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { definitionSchema } from './definition-schema.ts'
import { formatWarnings } from './format-warnings.ts'
import { validateNames } from './names-validation.ts'
import { type CustomResourceDefinition, cleanupFinalizer, type Names } from './types.ts'
import { validateDefinition, validateDefinitionUpdate } from './validation.ts'

export type { CustomResourceDefinition } from './types.ts'

export const customResourceDefinitions: ResourceDefinition<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  scope: 'Cluster',
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  get schema() {
    return definitionSchema()
  },
  defaults: fillIn,
  strategy: {
    prepareForCreate: crd => {
      crd.status = {}
      recordStoredVersion(crd)
    },
    prepareForUpdate: (crd, old) => {
      restoreMember(crd, old, 'status')
      crd.status = structuredClone(crd.status ?? {})
      recordStoredVersion(crd)
    },
    allowsPlainFinalizers: true,
    allowUnconditionalUpdate: false,
    validate: validateDefinition,
    validateUpdate: validateDefinitionUpdate,
    warnings: formatWarnings,
    prepareForDelete: beginDeletion,
    blocksDeletion: ({ metadata }) =>
      !metadata.deletionTimestamp || (metadata.finalizers ?? []).includes(cleanupFinalizer),
  },
  subresources: {
    status: {
      ...statusSubresource({
        validateUpdate: ({ status }) => validateNames(status?.acceptedNames ?? {}, 'status.acceptedNames'),
      }),
      resetFields: ['metadata', 'spec'],
    },
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    { name: 'Created At', type: 'date', value: ({ metadata }) => metadata.creationTimestamp ?? '' },
  ],
  storage: { prefix: 'apiextensions.k8s.io/customresourcedefinitions' },
}

/** Fields that Go always writes are there, empty or not. */
function fillIn(crd: CustomResourceDefinition): void {
  crd.spec ??= {} as CustomResourceDefinition['spec']
  const { spec } = crd
  spec.group ??= ''
  spec.scope ??= ''
  spec.versions ??= []
  for (const version of spec.versions) {
    version.name ??= ''
    version.served ??= false
    version.storage ??= false
  }
  fillInNames(spec)
  spec.conversion ??= { strategy: 'None' }
  const service = spec.conversion.webhook?.clientConfig?.service
  if (service) service.port ??= 443
}

function fillInNames(spec: CustomResourceDefinition['spec']): void {
  spec.names ??= {} as Names
  const { names } = spec
  names.plural ??= ''
  names.kind ??= ''
  names.singular ||= names.kind.toLowerCase()
  if (!names.listKind && names.kind) names.listKind = `${names.kind}List`
}

/** Every version that objects were ever stored in, until a migration says that none are. */
function recordStoredVersion(crd: CustomResourceDefinition): void {
  crd.status ??= {}
  const stored = crd.status.storedVersions ?? []
  const names = (crd.spec.versions ?? []).filter(({ storage }) => storage).map(({ name }) => name)
  const added = names.filter(name => !stored.includes(name))
  if (added.length > 0 || stored.length > 0) crd.status.storedVersions = [...stored, ...added]
  crd.status.acceptedNames ??= { kind: '', plural: '' }
}

/** The first DELETE marks it; the objects go before it does. */
function beginDeletion(crd: CustomResourceDefinition): void {
  crd.status ??= {}
  if (crd.status.conditions?.some(({ type }) => type === 'Terminating')) return
  crd.metadata.finalizers = [...(crd.metadata.finalizers ?? []), cleanupFinalizer]
  const condition = {
    type: 'Terminating',
    status: 'True',
    reason: 'InstanceDeletionPending',
    message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
  }
  crd.status.conditions = setCondition(crd.status.conditions, condition, crd.metadata.deletionTimestamp ?? '')
}
