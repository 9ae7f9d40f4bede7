// The rules that everything about devices shares: names, and lists with a largest size.

import { duplicate, type FieldError, invalid, required, tooLong, tooMany } from '../../api/field-errors.ts'
import { labelValueErrors } from '../../api/label-syntax.ts'
import { asInvalid } from '../../api/validation.ts'
import { dnsSubdomain, eachItem, optionalWord, qualifiedName, requiredWord } from '../../api/validation-rules.ts'
import { validateDriverName } from '../storage/csi-driver-name.ts'

type Rule<T> = (item: T, field: string, index: number) => FieldError[]

/** Beyond the largest size nothing else is said. */
export function limited<T>(items: readonly T[] | undefined, max: number, field: string, rule: Rule<T>): FieldError[] {
  if ((items ?? []).length > max) return [tooMany(field, (items ?? []).length, max)]
  return eachItem(items, field, rule)
}

/** A limited list without two of one key. */
export function limitedSet<T>(
  items: readonly T[] | undefined,
  { max, keyOf, field }: { max: number; keyOf(item: T): string; field: string },
  rule: Rule<T>,
): FieldError[] {
  const keys = (items ?? []).map(keyOf)
  const errors = limited(items, max, field, rule)
  if (keys.length > max) return errors
  const repeated = keys.flatMap((key, i) => (keys.indexOf(key) < i ? [duplicate(`${field}[${i}]`, key)] : []))
  return [...errors, ...repeated]
}

const maxPoolNameBytes = 253

/** DNS names joined by slashes. */
export function poolName(name: string | undefined, field: string): FieldError[] {
  if (!name) return [required(field)]
  return [
    ...(Buffer.byteLength(name) > maxPoolNameBytes ? [tooLong(field, maxPoolNameBytes)] : []),
    ...name.split('/').flatMap(part => dnsSubdomain(field, part)),
  ]
}

export function deviceClassName(name: string | undefined, field: string): FieldError[] {
  return name ? dnsSubdomain(field, name) : [required(field)]
}

const identifier = '[A-Za-z_][A-Za-z0-9_]*'
const maxIdBytes = 32
const identifierText = `a valid C identifier must consist of alphanumeric characters or '_', and must not start with a digit (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '${identifier}')`

function cIdentifier(id: string, field: string): FieldError[] {
  return [
    ...(Buffer.byteLength(id) > maxIdBytes ? [tooLong(field, maxIdBytes)] : []),
    ...(new RegExp(`^${identifier}$`).test(id) ? [] : [invalid(field, id, identifierText)]),
  ]
}

/** `model` or `example.com/model`: the name of an attribute or a capacity. */
export function attributeName(name: string, field: string): FieldError[] {
  const [first = '', second, ...more] = name.split('/')
  if (more.length > 0) return [invalid(field, name, 'must not contain more than one slash')]
  if (second === undefined) return cIdentifier(first, field)
  return [
    ...(first ? validateDriverName(first, field) : [invalid(field, '', 'the domain must not be empty')]),
    ...(second ? cIdentifier(second, field) : [invalid(field, '', 'the name must not be empty')]),
  ]
}

export function fullyQualifiedName(name: string, field: string): FieldError[] {
  const text = 'a fully qualified name must be a domain and a name separated by a slash'
  return [...attributeName(name, field), ...(name.includes('/') ? [] : [invalid(field, name, text)])]
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export function shareId(id: string | undefined, field: string): FieldError[] {
  if (id === undefined || uuid.test(id)) return []
  if (uuid.test(id.toLowerCase())) {
    const text =
      'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters'
    return [invalid(field, id, text)]
  }
  return [invalid(field, id, `error validating uid: invalid UUID length: ${Buffer.byteLength(id)}`)]
}

interface Selector {
  cel?: { expression: string }
}

const maxSelectors = 32
const maxExpressionBytes = 10 * 1024

/** What an expression says is not looked into here, only how long it is. */
export function deviceSelectors(selectors: Selector[] | undefined, field: string): FieldError[] {
  return limited(selectors, maxSelectors, field, ({ cel }, at) => {
    if (!cel) return [required(`${at}.cel`)]
    const isTooLong = Buffer.byteLength(cel.expression ?? '') > maxExpressionBytes
    return isTooLong ? [tooLong(`${at}.cel.expression`, maxExpressionBytes)] : []
  })
}

interface OpaqueConfiguration {
  opaque?: { driver: string; parameters?: unknown }
}

const maxParameterBytes = 10 * 1024
export const maxConfigs = 32

export function deviceConfiguration({ opaque }: OpaqueConfiguration, field: string): FieldError[] {
  if (!opaque) return [required(`${field}.opaque`)]
  return [
    ...validateDriverName(opaque.driver, `${field}.opaque.driver`),
    ...jsonObject(opaque.parameters, `${field}.opaque.parameters`, maxParameterBytes),
  ]
}

/** A JSON object that is not too long. */
export function jsonObject(value: unknown, field: string, maxBytes: number): FieldError[] {
  if (value === undefined || value === null) return [required(field)]
  if (Buffer.byteLength(JSON.stringify(value)) > maxBytes) return [tooLong(field, maxBytes)]
  const isObject = typeof value === 'object' && !Array.isArray(value)
  return isObject ? [] : [invalid(field, '<value omitted>', 'must be a valid JSON object')]
}

interface Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
}

const maxTolerations = 16
export const taintEffects = ['NoExecute', 'NoSchedule', 'None']

export function deviceTolerations(tolerations: Toleration[] | undefined, field: string): FieldError[] {
  return limited(tolerations, maxTolerations, field, ({ key, operator, value = '', effect }, at) => [
    ...(key ? qualifiedName(`${at}.key`, key) : []),
    ...requiredWord(`${at}.operator`, operator, ['Equal', 'Exists']),
    ...(operator === 'Exists' && value ? [invalid(`${at}.value`, value, 'must be empty for operator `Exists`')] : []),
    ...(operator === 'Equal' ? asInvalid(`${at}.value`, value, labelValueErrors(value)) : []),
    ...(effect ? optionalWord(`${at}.effect`, effect, taintEffects) : []),
  ])
}

const maxConditions = 4

/** What must come true before a device may be used, and what must not: both or neither, and no name in both. */
export function bindingConditions(
  { bindingConditions: wanted = [], bindingFailureConditions: failed = [] }: BindingConditions,
  field: string,
): FieldError[] {
  const [at, failedAt] = [`${field}.bindingConditions`, `${field}.bindingFailureConditions`]
  const name = (text: string, path: string) => qualifiedName(path, text)
  const repeated = (names: string[], path: string) =>
    names.flatMap((text, i) => (names.indexOf(text) < i ? [duplicate(`${path}[${i}]`, text)] : []))
  const both = failed.flatMap((text, i) =>
    wanted.includes(text)
      ? [invalid(`${failedAt}[${i}]`, text, 'bindingFailureConditions must not overlap with bindingConditions')]
      : [],
  )
  const needed = (of: string, by: string) => `${of} are required to use ${by}`
  return [
    ...limited(wanted, maxConditions, at, name),
    ...limited(failed, maxConditions, failedAt, name),
    ...repeated(wanted, at),
    ...repeated(failed, failedAt),
    ...both,
    ...(wanted.length === 0 && failed.length > 0
      ? [invalid(at, wanted, needed('bindingConditions', 'bindingFailureConditions'))]
      : []),
    ...(failed.length === 0 && wanted.length > 0
      ? [invalid(failedAt, failed, needed('bindingFailureConditions', 'bindingConditions'))]
      : []),
  ]
}

interface BindingConditions {
  bindingConditions?: string[]
  bindingFailureConditions?: string[]
}
