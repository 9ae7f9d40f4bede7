// APIService: who serves a group and version: this server itself, or another one behind a Service.

import type { V1APIService } from '@kubernetes/client-node'
import { findCondition } from '../../api/conditions.ts'
import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { dns1035LabelErrors, portNumberErrors } from '../../api/validation-names.ts'
import { dnsSubdomain, eachItem, requiredText } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { rfc3339 } from '../../util/clock.ts'
import { goQuote } from '../../util/go-quote.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'

export type APIService = Kube<V1APIService>
type APIServiceSpec = NonNullable<APIService['spec']>

export const apiServices: ResourceDefinition<APIService> = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  scope: 'Cluster',
  categories: ['api-extensions'],
  storage: { prefix: 'apiregistration.k8s.io/apiservices' },
  get schema() {
    return builtinSchema('V1APIService')
  },
  defaults: service => {
    service.spec ??= {} as APIServiceSpec
    if (service.spec.service) service.spec.service.port ??= 443
    service.status ??= {}
  },
  strategy: {
    nameRule: 'path-segment',
    prepareForCreate: service => {
      service.status = {}
    },
    stamp: (service, { nowMs }) => {
      if (!service.spec?.service) service.status = { conditions: [availableLocally(nowMs)] }
    },
    prepareForUpdate: (service, old) => restoreMember(service, old, 'status'),
    validate: validateApiService,
    allowUnconditionalUpdate: false,
  },
  subresources: {
    status: statusSubresource({
      keep: ({ metadata }, { metadata: old }) => {
        for (const member of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
          restoreMember(metadata, old, member)
        }
      },
      validateUpdate: validateStatus,
    }),
  },
  columns: [
    nameColumn,
    textColumn('Service', ({ spec }) => (spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local')),
    textColumn('Available', available),
    ageColumn,
  ],
}

/** What is always said of a group that this server serves itself. */
export function availableLocally(nowMs: number) {
  return {
    type: 'Available',
    status: 'True',
    lastTransitionTime: rfc3339(nowMs),
    reason: 'Local',
    message: 'Local APIServices are always available',
  }
}

function available({ status }: APIService): string {
  const condition = findCondition(status?.conditions, 'Available')
  if (!condition) return 'Unknown'
  return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason ?? ''})`
}

const maxGroupPriority = 20_000
const maxVersionPriority = 1000

function validateApiService({ metadata, spec = {} as APIServiceSpec }: APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec
  const isName = metadata.name === `${version}.${group}`
  const name = `must be \`spec.version+"."+spec.group\`: ${goQuote(`${version}.${group}`)}`
  return [
    ...(isName ? [] : [invalid('metadata.name', metadata.name, name)]),
    ...(group === '' && version !== 'v1'
      ? [required('spec.group', 'only v1 may have an empty group and it better be legacy kube')]
      : []),
    ...(group ? dnsSubdomain('spec.group', group) : []),
    ...dns1035LabelErrors(version).map(text => invalid('spec.version', version, text)),
    ...priorityErrors('spec.groupPriorityMinimum', groupPriorityMinimum, maxGroupPriority),
    ...priorityErrors('spec.versionPriority', versionPriority, maxVersionPriority),
    ...(spec.service ? remoteErrors(spec, spec.service) : localErrors(spec)),
  ]
}

function priorityErrors(field: string, priority: number, max: number): FieldError[] {
  if (priority > 0 && priority <= max) return []
  return [invalid(field, priority, `must be positive and less than ${max}`)]
}

function localErrors({ caBundle = '', insecureSkipTLSVerify }: APIServiceSpec): FieldError[] {
  const bytes = Buffer.from(caBundle, 'base64').length
  return [
    ...(bytes > 0 ? [invalid('spec.caBundle', `${bytes} bytes`, 'local APIServices may not have a caBundle')] : []),
    ...(insecureSkipTLSVerify
      ? [invalid('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify')]
      : []),
  ]
}

function remoteErrors(
  { caBundle, insecureSkipTLSVerify }: APIServiceSpec,
  { namespace, name, port = 443 }: NonNullable<APIServiceSpec['service']>,
): FieldError[] {
  const wrongPort = portNumberErrors(port)
  return [
    ...requiredText('spec.service.namespace', namespace),
    ...requiredText('spec.service.name', name),
    ...(wrongPort.length > 0 ? [invalid('spec.service.port', port, `port is not valid: ${wrongPort.join(', ')}`)] : []),
    ...(insecureSkipTLSVerify && caBundle
      ? [invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')]
      : []),
  ]
}

function validateStatus({ status }: APIService): FieldError[] {
  const statuses = ['True', 'False', 'Unknown']
  return eachItem(status?.conditions, 'status.conditions', ({ status: is }, field) =>
    statuses.includes(is) ? [] : [notSupported(`${field}.status`, is, statuses)],
  )
}
