// What must hold for a persistent volume: how much there is of it, how it may be mounted, and exactly one place where it
// is kept.

import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import { formatQuantity, quantityValue } from '../../api/quantity.ts'
import { dnsSubdomain, eachEntry, optionalWord, quantityOf } from '../../api/validation-rules.ts'
import { validateAccessModes } from './access-modes.ts'
import type { PersistentVolume } from './persistent-volume.ts'
import { validateVolumeSource } from './persistent-volume-source-validation.ts'
import { validateNodeSelector } from './pod-affinity-validation.ts'

export type PersistentVolumeSpec = NonNullable<PersistentVolume['spec']>

const reclaimPolicies = ['Delete', 'Recycle', 'Retain']
const volumeModes = ['Block', 'Filesystem']

export function validatePersistentVolume({ spec = {} }: PersistentVolume): FieldError[] {
  return validatePersistentVolumeSpec(spec, 'spec')
}

/** `isInline`: the spec stands in a VolumeAttachment, where it only says what to attach. */
export function validatePersistentVolumeSpec(spec: PersistentVolumeSpec, field: string, isInline = false) {
  return [
    ...(isInline ? inlineErrors(spec, field) : []),
    ...(spec.accessModes?.length ? [] : [required(`${field}.accessModes`)]),
    ...validateAccessModes(spec.accessModes, `${field}.accessModes`),
    ...(isInline ? [] : standaloneErrors(spec, field)),
    ...validateVolumeSource(spec, field),
    ...recycledRoot(spec, field),
    ...attributesClass(spec, field),
  ]
}

function standaloneErrors(spec: PersistentVolumeSpec, field: string): FieldError[] {
  return [
    ...capacityErrors(spec.capacity ?? {}, `${field}.capacity`),
    ...optionalWord(`${field}.persistentVolumeReclaimPolicy`, spec.persistentVolumeReclaimPolicy, reclaimPolicies),
    ...nodeAffinity(spec.nodeAffinity, `${field}.nodeAffinity`),
    ...(spec.storageClassName ? dnsSubdomain(`${field}.storageClassName`, spec.storageClassName) : []),
    ...optionalWord(`${field}.volumeMode`, spec.volumeMode, volumeModes),
  ]
}

function inlineErrors(spec: PersistentVolumeSpec, field: string): FieldError[] {
  const inContext = 'in the context of inline volumes'
  const not = (name: string) => fieldForbidden(`${field}.${name}`, `may not be specified ${inContext}`)
  const { persistentVolumeReclaimPolicy: policy = 'Retain', volumeMode = 'Filesystem' } = spec
  return [
    ...(spec.claimRef ? [not('claimRef')] : []),
    ...(Object.keys(spec.capacity ?? {}).length > 0 ? [not('capacity')] : []),
    ...(spec.csi ? [] : [required(`${field}.csi`, `has to be specified ${inContext}`)]),
    ...(policy === 'Retain'
      ? []
      : [fieldForbidden(`${field}.persistentVolumeReclaimPolicy`, `may only be Retain ${inContext}`)]),
    ...(spec.nodeAffinity ? [not('nodeAffinity')] : []),
    ...(spec.storageClassName ? [not('storageClassName')] : []),
    ...(volumeMode === 'Filesystem'
      ? []
      : [fieldForbidden(`${field}.volumeMode`, `may not specify volumeMode other than Filesystem ${inContext}`)]),
  ]
}

/** `storage`, and nothing else. */
function capacityErrors(capacity: Record<string, string>, field: string): FieldError[] {
  const names = Object.keys(capacity)
  return [
    ...(names.length > 0 ? [] : [required(field)]),
    ...(names.length === 1 && names[0] === 'storage' ? [] : [notSupported(field, capacity, ['storage'])]),
    ...eachEntry(capacity, field, (text, at) => [...basicAmount(at, text), ...positiveAmount(at, text)]),
  ]
}

export function basicAmount(field: string, text: string): FieldError[] {
  const amount = quantityOf(text)
  if (!amount || amount.unscaled >= 0n) return []
  return [invalid(field, Number(quantityValue(amount)), 'must be a valid resource quantity')]
}

export function positiveAmount(field: string, text: string): FieldError[] {
  const amount = quantityOf(text)
  return amount && amount.unscaled <= 0n ? [invalid(field, formatQuantity(amount), 'must be greater than zero')] : []
}

function nodeAffinity(affinity: PersistentVolumeSpec['nodeAffinity'], field: string): FieldError[] {
  if (!affinity) return []
  if (!affinity.required) return [required(`${field}.required`, 'must specify required node constraints')]
  return validateNodeSelector(affinity.required, `${field}.required`)
}

function recycledRoot({ hostPath, persistentVolumeReclaimPolicy: policy }: PersistentVolumeSpec, field: string) {
  if (!hostPath || policy !== 'Recycle' || /[^/.]/.test(hostPath.path)) return []
  const text = "may not be 'recycle' for a hostPath mount of '/'"
  return [fieldForbidden(`${field}.persistentVolumeReclaimPolicy`, text)]
}

function attributesClass({ volumeAttributesClassName: name, csi }: PersistentVolumeSpec, field: string): FieldError[] {
  if (name === undefined) return []
  const at = `${field}.volumeAttributesClassName`
  return [
    ...(name ? dnsSubdomain(at, name) : [required(at, 'an empty string is disallowed')]),
    ...(csi ? [] : [required(`${field}.csi`, 'has to be specified when using volumeAttributesClassName')]),
  ]
}
