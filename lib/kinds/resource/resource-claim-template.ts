// ResourceClaimTemplate: the claim that each pod gets which refers to it.

import type { V1ResourceClaimTemplate } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable, validateAnnotations, validateLabels } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn } from '../columns.ts'
import { defaultClaimSpec } from './device-defaults.ts'
import { validateClaimSpec } from './resource-claim-validation.ts'

export type ResourceClaimTemplate = Kube<V1ResourceClaimTemplate>

export const resourceClaimTemplates: ResourceDefinition<ResourceClaimTemplate> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaimTemplate',
  plural: 'resourceclaimtemplates',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1ResourceClaimTemplate')
  },
  // What is a struct to Go is always there.
  defaults: template => {
    template.spec ??= {} as ResourceClaimTemplate['spec']
    template.spec.spec ??= {}
    defaultClaimSpec(template.spec.spec)
  },
  strategy: {
    validateCreate: ({ spec }) => [
      ...templateMetadata(spec.metadata ?? {}, 'spec.metadata'),
      ...validateClaimSpec(spec.spec, 'spec.spec'),
    ],
    validateUpdate: ({ spec }, old) => immutable('spec', spec, old.spec),
    returnsDeletedObject: true,
  },
  columns: [nameColumn, ageColumn],
}

type Metadata = NonNullable<ResourceClaimTemplate['spec']['metadata']>

/** Labels and annotations, nothing else. */
function templateMetadata({ labels, annotations, ...others }: Metadata, field: string): FieldError[] {
  return [
    ...validateAnnotations(annotations, `${field}.annotations`),
    ...validateLabels(labels, `${field}.labels`),
    ...Object.entries(others)
      .filter(([name, value]) => value !== undefined && value !== null && name !== 'creationTimestamp')
      .map(([name]) => fieldForbidden(`${field}.${name}`, 'cannot be set')),
  ]
}
