// Service: one address and name for pods that come and go.

import type { V1Service } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { keepAllocated } from './service-allocated.ts'
import { serviceColumns } from './service-columns.ts'
import { defaultServiceSpec } from './service-defaults.ts'
import { validateServiceStatus } from './service-status-validation.ts'
import { validateService, validateServiceUpdate } from './service-validation.ts'
import { serviceWarnings } from './service-warnings.ts'

export type Service = Kube<V1Service>
export type ServiceSpec = NonNullable<Service['spec']>

export const services: ResourceDefinition<Service> = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  scope: 'Namespaced',
  shortNames: ['svc'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1Service')
  },
  defaults: service => {
    service.spec ??= {}
    defaultServiceSpec(service.spec)
    service.status ??= {}
    service.status.loadBalancer ??= {}
    for (const ingress of service.status.loadBalancer.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP'
  },
  strategy: {
    nameRule: 'dns-1035-label',
    prepareForCreate: service => {
      service.status = { loadBalancer: {} }
    },
    prepareForUpdate: (service, old) => {
      restoreMember(service, old, 'status')
      if (service.status?.loadBalancer && service.spec?.type !== 'LoadBalancer') {
        service.status = { ...service.status, loadBalancer: {} }
      }
      keepAllocated(service, old)
    },
    validate: validateService,
    validateUpdate: validateServiceUpdate,
    warnings: serviceWarnings,
    allowCreateOnUpdate: true,
    returnsDeletedObject: true,
  },
  subresources: { status: statusSubresource({ validateUpdate: validateServiceStatus }) },
  storage: { prefix: 'services/specs' },
  columns: serviceColumns,
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec?.clusterIP ?? '',
    'spec.type': ({ spec }) => spec?.type ?? '',
  },
}
