// IngressClass: which controller makes Ingresses work.

import type { V1IngressClass } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'

export type IngressClass = Kube<V1IngressClass>

export const ingressClasses: ResourceDefinition<IngressClass> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1IngressClass')
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Controller', ({ spec }) => spec?.controller ?? ''),
    textColumn('Parameters', parameters),
    ageColumn,
  ],
}

function parameters({ spec }: IngressClass): string {
  const given = spec?.parameters
  if (!given) return '<none>'
  return `${given.kind}${given.apiGroup ? `.${given.apiGroup}` : ''}/${given.name}`
}
