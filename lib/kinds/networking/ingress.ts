// Ingress: which requests from outside go to which service.

import type { V1Ingress } from '@kubernetes/client-node'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { eachItem, requiredWord } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'

export type Ingress = Kube<V1Ingress>

export const ingresses: ResourceDefinition<Ingress> = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  scope: 'Namespaced',
  shortNames: ['ing'],
  get schema() {
    return builtinSchema('V1Ingress')
  },
  subresources: { status: statusSubresource() },
  storage: { prefix: 'ingress' },
  defaults: ingress => {
    ingress.status ??= {}
    ingress.status.loadBalancer ??= {}
  },
  strategy: {
    prepareForCreate: ingress => {
      ingress.status = { loadBalancer: {} }
    },
    prepareForUpdate: (ingress, old) => restoreMember(ingress, old, 'status'),
    validate: validateIngress,
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Class', ingressClass),
    textColumn('Hosts', hosts),
    textColumn('Address', ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').join(','),
    ),
    textColumn('Ports', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
}

const classAnnotation = 'kubernetes.io/ingress.class'

function ingressClass({ metadata, spec }: Ingress): string {
  return spec?.ingressClassName ?? metadata.annotations?.[classAnnotation] ?? '<none>'
}

/** At most three, and how many more there are. */
function hosts({ spec }: Ingress): string {
  const all = (spec?.rules ?? []).flatMap(({ host }) => host || [])
  if (all.length === 0) return '*'
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}

function validateIngress({ spec = {} }: Ingress): FieldError[] {
  const pathTypes = ['Exact', 'Prefix', 'ImplementationSpecific']
  const isEmpty = !spec.rules?.length && !spec.defaultBackend
  return [
    ...(isEmpty ? [invalid('spec', spec.rules ?? [], 'either `defaultBackend` or `rules` must be specified')] : []),
    ...eachItem(spec.rules, 'spec.rules', ({ http }, at) =>
      eachItem(http?.paths, `${at}.http.paths`, ({ path = '', pathType }, field) => [
        ...requiredWord(`${field}.pathType`, pathType, pathTypes),
        ...(pathType !== 'ImplementationSpecific' && !path.startsWith('/')
          ? [invalid(`${field}.path`, path, 'must be an absolute path')]
          : []),
      ]),
    ),
  ]
}
