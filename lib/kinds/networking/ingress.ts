// Ingress: which requests from outside go to which service.

import type { V1Ingress } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { goQuote } from '../../util/go-quote.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { classAnnotation, validateIngress, validateIngressStatus, validateNewIngress } from './ingress-validation.ts'

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
  subresources: { status: statusSubresource({ validateUpdate: validateIngressStatus }) },
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
    validateCreate: validateNewIngress,
    warnings: ({ metadata }, old) =>
      !old && metadata.annotations?.[classAnnotation] !== undefined
        ? [`annotation ${goQuote(classAnnotation)} is deprecated, please use 'spec.ingressClassName' instead`]
        : [],
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Class', ingressClass),
    textColumn('Hosts', hosts),
    textColumn('Address', address),
    textColumn('Ports', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
}

function ingressClass({ metadata, spec }: Ingress): string {
  return spec?.ingressClassName ?? metadata.annotations?.[classAnnotation] ?? '<none>'
}

function address({ status }: Ingress): string {
  const all = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  return [...new Set(all)].sort().join(',')
}

/** At most three, and how many more rules there are. */
function hosts({ spec }: Ingress): string {
  const rules = spec?.rules ?? []
  const named = rules.flatMap(({ host }) => host || [])
  const shown = named.slice(0, 3)
  if (shown.length === 0) return '*'
  const third = rules.findIndex(({ host }) => host === shown[2])
  const hasMore = shown.length === 3 && third < rules.length - 1
  return hasMore ? `${shown.join(',')} + ${rules.length - 3} more...` : shown.join(',')
}
