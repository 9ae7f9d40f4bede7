// What must hold for a StatefulSet, and what of it may change later.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import { nonNegative } from '../../api/validation.ts'
import { dnsLabel, eachItem } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { validateClaimSpec } from '../core/persistent-volume-claim-validation.ts'
import { semanticEqual } from '../core/pod-semantic-equal.ts'
import type { PodTemplateSpec } from '../core/pod-types.ts'
import { validatePodTemplate } from '../core/pod-validation.ts'
import { collisionsDecremented, validateStatusCounts } from '../workload-status-validation.ts'
import { selectorMismatch, validateEndless, validateSelector } from '../workload-validation.ts'
import type { StatefulSet, StatefulSetSpec } from './stateful-set.ts'
import { validateUpdateStrategy } from './stateful-set-strategy-validation.ts'

export function validateNewStatefulSet({ spec }: StatefulSet): FieldError[] {
  return spec ? specErrors(spec) : []
}

export function validateStatefulSetUpdate({ spec }: StatefulSet, { spec: old }: StatefulSet): FieldError[] {
  return spec && old ? [...specErrors(spec, old), ...onlyFreeFields(spec, old)] : []
}

export function validateStatefulSetStatus({ status }: StatefulSet, { status: old }: StatefulSet): FieldError[] {
  const parts = ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas']
  const counts = ['replicas', ...parts, 'observedGeneration', 'collisionCount']
  return [
    ...validateStatusCounts(status, { counts, parts, ready: 'status.readyReplicas' }),
    ...collisionsDecremented(status, old),
  ]
}

/** What only new sets must be like is not asked where there is an `old`. */
function specErrors(spec: StatefulSetSpec, old?: StatefulSetSpec): FieldError[] {
  const { serviceName } = spec
  return [
    ...podManagementPolicy(spec.podManagementPolicy),
    ...validateUpdateStrategy(spec.updateStrategy ?? {}),
    ...retentionPolicy(spec.persistentVolumeClaimRetentionPolicy),
    ...(old ? [] : claimTemplates(spec)),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
    ...(serviceName && !old ? dnsLabel('spec.serviceName', serviceName) : []),
    ...validateSelector(spec.selector, 'empty selector is invalid for statefulset'),
    ...(validateLabelSelector(spec.selector, '').length > 0
      ? [invalid('spec.selector', spec.selector, '')]
      : templateErrors(spec, old)),
    ...(spec.template ? validateEndless(spec.template, 'StatefulSet') : []),
  ]
}

function podManagementPolicy(policy: string | undefined): FieldError[] {
  const field = 'spec.podManagementPolicy'
  if (!policy) return [required(field)]
  if (policy === 'OrderedReady' || policy === 'Parallel') return []
  return [invalid(field, policy, "must be 'OrderedReady' or 'Parallel'")]
}

function retentionPolicy(policy: StatefulSetSpec['persistentVolumeClaimRetentionPolicy']): FieldError[] {
  if (!policy) return []
  return (['whenDeleted', 'whenScaled'] as const).flatMap(name => {
    const value = policy[name] ?? ''
    const isKnown = value === 'Retain' || value === 'Delete'
    const field = `spec.persistentVolumeClaimRetentionPolicy.${name}`
    return isKnown ? [] : [notSupported(field, value, ['Retain', 'Delete'])]
  })
}

function claimTemplates({ volumeClaimTemplates }: StatefulSetSpec): FieldError[] {
  return eachItem(volumeClaimTemplates, 'spec.volumeClaimTemplates', ({ spec = {} }, at) =>
    validateClaimSpec(spec, `${at}.spec`),
  )
}

/** A set that was let in with a template that is no good may go on with it. */
function templateErrors(spec: StatefulSetSpec, old?: StatefulSetSpec): FieldError[] {
  const field = 'spec.template'
  if (!spec.template) return [required(field)]
  const wasInvalid = old?.template && validatePodTemplate(withClaims(old), field).length > 0
  return [
    ...selectorMismatch(spec.template, spec.selector),
    ...(wasInvalid ? [] : validatePodTemplate(withClaims(spec), field)),
  ]
}

/** Its containers may mount what becomes a volume only in its pods. */
function withClaims({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  if (!template.spec) return template
  const { volumes = [] } = template.spec
  const names = volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? '')
  const claims = [...new Set(names)]
    .filter(name => name && !volumes.some(volume => volume.name === name))
    .map(name => ({ name, persistentVolumeClaim: { claimName: 'of-the-set' } }))
  return { ...template, spec: { ...template.spec, volumes: [...volumes, ...claims] } }
}

const free = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
]

function onlyFreeFields(spec: StatefulSetSpec, old: StatefulSetSpec): FieldError[] {
  const fixed = (from: StatefulSetSpec) =>
    Object.fromEntries(Object.entries(from).filter(([name]) => !free.includes(name)))
  if (semanticEqual(fixed(spec), fixed(old))) return []
  const names = free.map(name => `'${name}'`)
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
  return [fieldForbidden('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)]
}
