// What must hold for every object's metadata, on create and on update, with the fields and words of upstream's
// apimachinery (pkg/api/validation/objectmeta.go).

import { goQuote } from '../util/go-quote.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { type FieldError, fieldForbidden, invalid, required, tooLong } from './field-errors.ts'
import { labelValueErrors } from './label-syntax.ts'
import { type ObjectMeta, type OwnerReference, parseApiVersion } from './meta.ts'
import { dnsLabelErrors, type NameRule, objectNameErrors, qualifiedNameErrors } from './validation-names.ts'

export const maxAnnotationBytes = 256 * 1024
export const fieldImmutable = 'field is immutable'
const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion']

export interface MetaRules {
  isNamespaced: boolean
  /** Defaults to a DNS subdomain. */
  nameRule?: NameRule | undefined
  /** Finalizers need not be qualified by a domain. */
  allowsPlainFinalizers?: boolean | undefined
}

/** Each text as an Invalid error of `field`. */
export function asInvalid(field: string, value: unknown, texts: string[]): FieldError[] {
  return texts.map(text => invalid(field, value, text))
}

/** The name must have been generated already. */
export function validateObjectMeta(meta: ObjectMeta, rules: MetaRules, field = 'metadata'): FieldError[] {
  return [
    ...nameErrors(meta, rules.nameRule ?? 'dns-subdomain', field),
    ...namespaceErrors(meta, rules.isNamespaced, field),
    ...nonNegative(`${field}.generation`, meta.generation),
    ...validateLabels(meta.labels, `${field}.labels`),
    ...validateAnnotations(meta.annotations, `${field}.annotations`),
    ...validateOwnerReferences(meta.ownerReferences, `${field}.ownerReferences`),
    ...validateFinalizers(meta.finalizers, `${field}.finalizers`, rules.allowsPlainFinalizers),
  ]
}

function nameErrors(meta: ObjectMeta, rule: NameRule, field: string): FieldError[] {
  const { generateName, name } = meta
  const prefix = generateName ? objectNameErrors(rule, generateName, true) : []
  return [
    ...asInvalid(`${field}.generateName`, generateName, prefix),
    ...(name
      ? asInvalid(`${field}.name`, name, objectNameErrors(rule, name))
      : [required(`${field}.name`, 'name or generateName is required')]),
  ]
}

function namespaceErrors({ namespace }: ObjectMeta, isNamespaced: boolean, field: string): FieldError[] {
  if (!isNamespaced) return namespace ? [fieldForbidden(`${field}.namespace`, 'not allowed on this type')] : []
  if (!namespace) return [required(`${field}.namespace`)]
  return asInvalid(`${field}.namespace`, namespace, dnsLabelErrors(namespace))
}

/** Run beside `validateObjectMeta`'s rules for what may change: labels, annotations, owners, finalizers. */
export function validateObjectMetaUpdate(
  meta: ObjectMeta,
  old: ObjectMeta,
  field = 'metadata',
  { allowsPlainFinalizers }: Pick<MetaRules, 'allowsPlainFinalizers'> = {},
): FieldError[] {
  return [
    ...(old.deletionTimestamp ? newFinalizerErrors(meta.finalizers, old.finalizers, `${field}.finalizers`) : []),
    ...(meta.resourceVersion
      ? []
      : [invalid(`${field}.resourceVersion`, meta.resourceVersion ?? '', 'must be specified for an update')]),
    ...((meta.generation ?? 0) < (old.generation ?? 0)
      ? [invalid(`${field}.generation`, meta.generation ?? 0, 'must not be decremented')]
      : []),
    ...immutableMembers.flatMap(key => immutable(`${field}.${key}`, meta[key], old[key])),
    ...validateLabels(meta.labels, `${field}.labels`),
    ...validateAnnotations(meta.annotations, `${field}.annotations`),
    ...validateOwnerReferences(meta.ownerReferences, `${field}.ownerReferences`),
    ...validateFinalizers(meta.finalizers, `${field}.finalizers`, allowsPlainFinalizers),
  ]
}

const immutableMembers = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const

/** `field is immutable` when the two differ; absent and empty are the same to those who compare them. */
export function immutable(field: string, value: unknown, old: unknown): FieldError[] {
  return jsonEqual(value ?? null, old ?? null) ? [] : [invalid(field, value, fieldImmutable)]
}

export function nonNegative(field: string, value: number | undefined): FieldError[] {
  return value !== undefined && value < 0 ? [invalid(field, value, 'must be greater than or equal to 0')] : []
}

export function validateLabels(labels: Record<string, string> | undefined, field: string): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...asInvalid(field, key, qualifiedNameErrors(key)),
    ...asInvalid(field, value, labelValueErrors(value)),
  ])
}

/** Keys are qualified names in any case; keys and values together at most 256 KiB. */
export function validateAnnotations(annotations: Record<string, string> | undefined, field: string): FieldError[] {
  const entries = Object.entries(annotations ?? {})
  const errors = entries.flatMap(([key]) => asInvalid(field, key, qualifiedNameErrors(key.toLowerCase())))
  const total = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0)
  return total > maxAnnotationBytes ? [...errors, tooLong(field, maxAnnotationBytes)] : errors
}

export function validateOwnerReferences(owners: OwnerReference[] | undefined, field: string): FieldError[] {
  const errors = (owners ?? []).flatMap(owner => ownerErrors(owner, field))
  const [first, ...others] = (owners ?? []).filter(owner => owner.controller)
  for (const other of others) {
    const both = `${first?.kind}/${first?.name} and ${other.kind}/${other.name}`
    const text = `Only one reference can have Controller set to true. Found "true" in references for ${both}`
    errors.push(invalid(field, owners, text))
  }
  return errors
}

function ownerErrors(owner: OwnerReference, field: string): FieldError[] {
  const { group, version } = parseApiVersion(owner.apiVersion ?? '')
  const errors = version ? [] : [invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty')]
  for (const key of ['kind', 'name', 'uid'] as const) {
    if (!owner[key]) errors.push(invalid(`${field}.${key}`, owner[key] ?? '', `${key} must not be empty`))
  }
  if (group === '' && version === 'v1' && owner.kind === 'Event') {
    errors.push(invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'))
  }
  return errors
}

export function validateFinalizers(finalizers: string[] | undefined, field: string, allowsPlain = false): FieldError[] {
  const errors = (finalizers ?? []).flatMap(name => asInvalid(field, name, qualifiedNameErrors(name)))
  if (finalizers?.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'))
  }
  if (allowsPlain) return errors
  const unqualified = (finalizers ?? []).flatMap((name, i) =>
    name.includes('/') || standardFinalizers.includes(name)
      ? []
      : [invalid(`${field}[${i}]`, name, 'name is neither a standard finalizer name nor is it fully qualified')],
  )
  return [...errors, ...unqualified]
}

function newFinalizerErrors(finalizers: string[] = [], old: string[] = [], field: string): FieldError[] {
  const added = finalizers.filter(name => !old.includes(name)).sort()
  if (added.length === 0) return []
  const list = `[]string{${added.map(name => goQuote(name)).join(', ')}}`
  const text = `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`
  return [fieldForbidden(field, text)]
}
