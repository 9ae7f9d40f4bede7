// What must hold for a claim, and what of it may change later: the size asked for, once there is a volume to grow, and
// the class of its attributes.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import { compareQuantity } from '../../api/quantity.ts'
import { immutable } from '../../api/validation.ts'
import {
  dnsLabel,
  dnsSubdomain,
  eachEntry,
  optionalWord,
  qualifiedName,
  quantityOf,
  requiredText,
} from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { jsonDiff } from '../../util/unified-diff.ts'
import { validateAccessModes } from './access-modes.ts'
import { goStruct } from './go-struct.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import { basicAmount, positiveAmount } from './persistent-volume-validation.ts'

type ClaimSpec = NonNullable<PersistentVolumeClaim['spec']>
type DataSource = NonNullable<ClaimSpec['dataSourceRef']>

const volumeModes = ['Block', 'Filesystem']
const classAnnotation = 'volume.beta.kubernetes.io/storage-class'

export function validateClaimSpec(spec: ClaimSpec, field: string): FieldError[] {
  const { accessModes = [], storageClassName, volumeAttributesClassName } = spec
  return [
    ...(accessModes.length === 0 ? [required(`${field}.accessModes`, 'at least 1 access mode is required')] : []),
    ...validateLabelSelector(spec.selector, `${field}.selector`),
    ...validateAccessModes(accessModes, `${field}.accessModes`),
    ...sizeErrors(spec.resources?.requests?.storage, `${field}.resources[storage]`),
    ...(storageClassName ? dnsSubdomain(`${field}.storageClassName`, storageClassName) : []),
    ...optionalWord(`${field}.volumeMode`, spec.volumeMode, volumeModes),
    ...dataSource(spec.dataSource, `${field}.dataSource`),
    ...dataSource(spec.dataSourceRef, `${field}.dataSourceRef`),
    ...dataSourcesAgree(spec, field),
    ...(volumeAttributesClassName ? dnsSubdomain(`${field}.volumeAttributesClassName`, volumeAttributesClassName) : []),
  ]
}

function sizeErrors(text: string | undefined, field: string): FieldError[] {
  return text === undefined ? [required(field)] : positiveAmount(field, text)
}

function dataSource(source: DataSource | undefined, field: string): FieldError[] {
  if (!source) return []
  const { apiGroup, kind, name, namespace } = source
  const mustBeClaim = "must be 'PersistentVolumeClaim' when referencing the default apiGroup"
  return [
    ...requiredText(`${field}.name`, name),
    ...requiredText(`${field}.kind`, kind),
    ...(!apiGroup && kind !== 'PersistentVolumeClaim' ? [invalid(field, kind, mustBeClaim)] : []),
    ...(apiGroup ? dnsSubdomain(`${field}.apiGroup`, apiGroup) : []),
    ...(namespace ? dnsLabel(`${field}.namespace`, namespace) : []),
  ]
}

function dataSourcesAgree({ dataSource: source, dataSourceRef: reference }: ClaimSpec, field: string): FieldError[] {
  if (!source || !reference) return []
  const at = `${field}.dataSource`
  if (reference.namespace) return [invalid(field, at, 'may not be specified when dataSourceRef.namespace is specified')]
  const isSame = source.apiGroup === reference.apiGroup && source.kind === reference.kind
  return isSame && source.name === reference.name ? [] : [invalid(field, at, 'must match dataSourceRef')]
}

export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const spec = claim.spec ?? {}
  const before = old.spec ?? {}
  return [
    ...specUnchanged(claim, old),
    ...notSmaller(spec, old),
    ...immutable('volumeMode', spec.volumeMode, before.volumeMode),
    ...attributesClassKept(spec.volumeAttributesClassName, before.volumeAttributesClassName),
  ]
}

function specUnchanged(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const spec = { ...claim.spec }
  const before = { ...old.spec }
  if (!before.volumeName) keep(before, spec, 'volumeName')
  const errors = classUnchanged(claim, old, spec)
  if (claim.status?.phase === 'Bound' && spec.resources?.requests) {
    spec.resources = { ...spec.resources, requests: withStorageOf(spec.resources.requests, before) }
  }
  keep(spec, before, 'volumeAttributesClassName')
  const [next, last] = [claimStruct(spec), claimStruct(before)]
  if (jsonEqual(next, last)) return errors
  const only =
    'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'
  return [...errors, fieldForbidden('spec', `${only}\n${jsonDiff(last, next)}`)]
}

function withStorageOf(requests: Record<string, string>, old: ClaimSpec): Record<string, string> {
  return { ...requests, storage: old.resources?.requests?.storage ?? '0' }
}

/**
 * A class that was an annotation may become a field, and one that was absent may be given. `spec` is made equal to the
 * old one where it may differ.
 */
function classUnchanged(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, spec: ClaimSpec): FieldError[] {
  const before = old.metadata.annotations?.[classAnnotation]
  const after = claim.metadata.annotations?.[classAnnotation]
  const { storageClassName } = spec
  const isNew = old.spec?.storageClassName === undefined && storageClassName !== undefined
  if (isNew && before !== undefined && storageClassName === before && (after === undefined || after === before)) {
    delete spec.storageClassName
    return []
  }
  if (isNew && (before === undefined || before === storageClassName)) delete spec.storageClassName
  if ((after ?? '') === (before ?? '')) return []
  return [invalid(`metadata.annotations[${classAnnotation}]`, after ?? '', 'field is immutable')]
}

function notSmaller({ resources }: ClaimSpec, { spec: old, status }: PersistentVolumeClaim): FieldError[] {
  const size = quantityOf(resources?.requests?.storage ?? '0')
  const before = quantityOf(old?.resources?.requests?.storage ?? '0')
  const actual = quantityOf(status?.capacity?.storage ?? '0')
  if (!size || !before || !actual) return []
  if (compareQuantity(size, before) >= 0 || compareQuantity(size, actual) > 0) return []
  return [fieldForbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')]
}

function attributesClassKept(name: string | undefined, old: string | undefined): FieldError[] {
  if (old === undefined || name) return []
  const to = name === undefined ? 'nil' : 'an empty string'
  return [fieldForbidden('spec.volumeAttributesClassName', `update from non-nil value to ${to} is forbidden`)]
}

function keep<K extends keyof ClaimSpec>(to: ClaimSpec, from: ClaimSpec, name: K): void {
  const value = from[name]
  if (value === undefined) delete to[name]
  else to[name] = value
}

function claimStruct(spec: ClaimSpec) {
  const struct = goStruct(spec, [
    'AccessModes',
    'Selector',
    'Resources',
    'VolumeName',
    'StorageClassName',
    'VolumeMode',
    'DataSource',
    'DataSourceRef',
    'VolumeAttributesClassName',
  ])
  return {
    ...struct,
    Resources: goStruct(spec.resources ?? {}, ['Limits', 'Requests']),
    VolumeName: spec.volumeName ?? '',
    DataSource: goStruct(spec.dataSource, ['APIGroup', 'Kind', 'Name']),
    DataSourceRef: goStruct(spec.dataSourceRef, ['APIGroup', 'Kind', 'Name', 'Namespace']),
  }
}

const resizeStates = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizePending',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
].sort()

export function validateClaimStatus({ spec, status = {} }: PersistentVolumeClaim): FieldError[] {
  const resizing = 'status.allocatedResourceStatus'
  return [
    ...(spec?.accessModes?.length ? [] : [required('Spec.accessModes')]),
    ...eachEntry(status.capacity, 'status.capacity', (text, at) => basicAmount(at, text)),
    ...Object.entries(status.allocatedResourceStatuses ?? {}).flatMap(([name, state]) => [
      ...resourceKey(name, resizing),
      ...(resizeStates.includes(state) ? [] : [notSupported(resizing, name, resizeStates)]),
    ]),
    ...eachEntry(status.allocatedResources, 'status.allocatedResources', (text, at, name) => {
      const wrong = resourceKey(name, 'status.allocatedResources')
      return wrong.length > 0 ? wrong : basicAmount(at, text)
    }),
  ]
}

/** Of Kubernetes' own resources only storage. */
function resourceKey(name: string, field: string): FieldError[] {
  const errors = qualifiedName(field, name)
  if (errors.length > 0) return errors
  const isNative = !name.includes('/') || name.includes('kubernetes.io/')
  return isNative && name !== 'storage' ? [notSupported(field, name, ['storage'])] : []
}
