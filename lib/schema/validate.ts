// Is a custom object what its schema says? All of OpenAPI v3's validations that a structural schema may use, with the
// texts of upstream's validator (kube-openapi/pkg/validation). What was there before and did not change is taken as it is,
// so that a schema may become stricter while objects exist.
// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-ratcheting

import { goQuote } from '../util/go-quote.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { isOfFormat, knownFormat } from './formats.ts'
import { goNumber } from './go-number.ts'
import { goRegExp } from './go-regexp.ts'
import { isObject, type JsonObject } from './json-object.ts'
import type { Schema, ValueRules } from './schema.ts'

/** What is wrong with a value. `path` is within what was validated: `spec.list[0]`; undefined for the whole of it. */
export type Problem =
  | { type: 'Required'; path: string }
  | { type: 'NotSupported'; path: string; value: unknown; supported: string[] }
  | { type: 'TooLong'; path: string; max: number }
  | { type: 'TooMany'; path: string; actual: number; max: number }
  | { type: 'Invalid' | 'TypeInvalid'; path: string | undefined; value: unknown; detail: string }

/** `old` is what stands in its place: undefined for something new. */
export function validate(schema: Schema, value: unknown, old?: unknown): Problem[] {
  return check(schema, value, old, '').problems
}

/** How many checks were made decides which alternative of anyOf and oneOf was meant. */
interface Result {
  problems: Problem[]
  checks: number
}

function check(schema: Schema, value: unknown, old: unknown, path: string): Result {
  if (old !== undefined && jsonEqual(value, old)) return { problems: [], checks: 1 }
  const typeProblems = typeErrors(schema, value, path)
  const result: Result = { problems: typeProblems, checks: 2 }
  if (value === null) {
    result.problems.push(...enumErrors(schema.rules, value, path))
    return result
  }
  if (schema.rules) checkAlternatives(result, schema.rules, value, old, path)
  checkByType(result, schema, value, old, path)
  return result
}

function checkByType(result: Result, schema: Schema, value: unknown, old: unknown, path: string): void {
  const { rules = {} } = schema
  if (typeof value === 'string') {
    add(result, textErrors(rules, value, path))
    add(result, formatErrors(schema, value, path))
  }
  if (typeof value === 'number') add(result, numberErrors(schema, value, path))
  if (Array.isArray(value)) checkList(result, schema, value, old, path)
  add(result, enumErrors(rules, value, path))
  if (isObject(value)) checkObject(result, schema, value, isObject(old) ? old : undefined, path)
}

function add(result: Result, problems: Problem[]): void {
  append(result.problems, problems)
  result.checks++
}

function merge(result: Result, other: Result): void {
  append(result.problems, other.problems)
  result.checks += other.checks
}

/** There may be more of them than a call takes arguments. */
function append(problems: Problem[], more: readonly Problem[]): void {
  for (const problem of more) problems.push(problem)
}

const invalid = (path: string | undefined, value: unknown, detail: string): Problem => ({
  type: 'Invalid',
  path,
  value,
  detail,
})

/** `spec.x in body …`, as upstream begins. */
function inBody(path: string, text: string): string {
  return `${path} in body ${text}`
}

// ---- types

/** What JSON calls it, and Go's format of a number. */
function typeOf(value: unknown): { type: string; format: string } {
  if (value === null) return { type: 'null', format: '' }
  if (Array.isArray(value)) return { type: 'array', format: '' }
  if (typeof value !== 'number') return { type: typeof value, format: '' }
  return Number.isInteger(value) ? { type: 'integer', format: 'int64' } : { type: 'number', format: 'float64' }
}

function typeErrors(schema: Schema, value: unknown, path: string): Problem[] {
  const wanted = schema.intOrString ? ['integer', 'string'] : schema.type ? [schema.type as string] : []
  const { type, format } = typeOf(value)
  if (value === null && schema.nullable) return []
  if (wanted.length === 0 || wanted.includes(type) || (type === 'integer' && wanted.includes('number'))) return []
  // A format that is known takes the place of the type in the text, unless what came is a string.
  const named = value !== null && type !== 'string' && type !== 'array' ? knownFormat(schema) : undefined
  const detail = `must be of type ${named ?? wanted.join(',')}: ${goQuote(named ? format : type)}`
  return [{ type: 'TypeInvalid', path, value: named ? format : type, detail: inBody(path, detail) }]
}

function formatErrors(schema: Schema, value: string, path: string): Problem[] {
  const { format } = schema
  if (!format || (schema.type !== undefined && schema.type !== 'string') || isOfFormat(format, value)) return []
  const detail = inBody(path, `must be of type ${format}: ${goQuote(value)}`)
  return [{ type: 'TypeInvalid', path, value, detail }]
}

// ---- scalars

/** The first that is wrong. */
function textErrors({ maxLength, minLength, pattern }: ValueRules, value: string, path: string): Problem[] {
  const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length
  if (maxLength !== undefined && length > maxLength) return [{ type: 'TooLong', path, max: maxLength }]
  if (minLength !== undefined && length < minLength) {
    return [invalid(path, value, inBody(path, `should be at least ${minLength} chars long`))]
  }
  if (pattern && !goRegExp(pattern).test(value)) {
    return [invalid(path, value, inBody(path, `should match '${pattern}'`))]
  }
  return []
}

function numberErrors(schema: Schema, value: number, path: string): Problem[] {
  const { maximum, minimum, exclusiveMaximum, exclusiveMinimum, multipleOf } = schema.rules ?? {}
  const problems: Problem[] = []
  const wrong = (text: string) => problems.push(invalid(path, value, inBody(path, text)))
  if (schema.type === 'integer' && schema.format === 'int32' && value !== (value | 0)) {
    problems.push(invalid(undefined, '', `Checked value must be of type integer with format int32 in ${path}`))
  }
  // Whole numbers are compared, and printed, as such.
  const shown = (limit: number) => (Number.isInteger(value) ? `${BigInt(Math.trunc(limit))}` : goNumber(limit))
  if (multipleOf !== undefined && !isMultiple(value, multipleOf)) {
    wrong(`should be a multiple of ${shown(multipleOf)}`)
  }
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum)) {
    wrong(`should be less than ${exclusiveMaximum ? '' : 'or equal to '}${shown(maximum)}`)
  }
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum)) {
    wrong(`should be greater than ${exclusiveMinimum ? '' : 'or equal to '}${shown(minimum)}`)
  }
  return problems
}

/** 0.3 is a multiple of 0.1, although their quotient in binary is not whole. */
function isMultiple(value: number, factor: number): boolean {
  const quotient = value / factor
  return Math.abs(quotient - Math.round(quotient)) <= Number.EPSILON * Math.max(1, Math.abs(quotient))
}

function enumErrors(rules: ValueRules | undefined, value: unknown, path: string): Problem[] {
  if (!rules?.enum || rules.enum.some(allowed => jsonEqual(allowed, value))) return []
  const supported = rules.enum.map(allowed => (typeof allowed === 'string' ? allowed : JSON.stringify(allowed)))
  return [{ type: 'NotSupported', path, value, supported }]
}

// ---- lists and objects

function checkList(result: Result, schema: Schema, list: unknown[], old: unknown, path: string): void {
  const { items, rules = {} } = schema
  const before = Array.isArray(old) ? correlate(schema, old) : undefined
  if (items) {
    for (const [i, item] of list.entries()) merge(result, check(items, item, before?.(item), `${path}[${i}]`))
  }
  if (rules.minItems !== undefined && list.length < rules.minItems) {
    add(result, [invalid(path, list.length, inBody(path, `should have at least ${rules.minItems} items`))])
  }
  if (rules.maxItems !== undefined && list.length > rules.maxItems) {
    add(result, [{ type: 'TooMany', path, actual: list.length, max: rules.maxItems }])
  }
  if (rules.uniqueItems && list.some((item, i) => list.slice(0, i).some(other => jsonEqual(item, other)))) {
    add(result, [invalid(path, '', inBody(path, "shouldn't contain duplicates"))])
  }
}

/** Only the items of a list-map are the same as before when their keys are. */
function correlate({ listType, listMapKeys = [] }: Schema, old: unknown[]) {
  if (listType !== 'map') return undefined
  const keyOf = (item: unknown) => (isObject(item) ? JSON.stringify(listMapKeys.map(key => item[key] ?? null)) : '')
  const byKey = new Map(old.map(item => [keyOf(item), item]))
  return (item: unknown) => byKey.get(keyOf(item))
}

function checkObject(
  result: Result,
  schema: Schema,
  object: JsonObject,
  old: JsonObject | undefined,
  path: string,
): void {
  const { rules = {}, properties = {}, additionalProperties, required = [] } = schema
  const count = Object.keys(object).length
  if (rules.minProperties !== undefined && count < rules.minProperties) {
    add(result, [invalid(path, count, inBody(path, `should have at least ${rules.minProperties} properties`))])
    return
  }
  if (rules.maxProperties !== undefined && count > rules.maxProperties) {
    add(result, [{ type: 'TooMany', path, actual: count, max: rules.maxProperties }])
    return
  }
  for (const name of Object.keys(object)) {
    const here = path === '' ? name : `${path}.${name}`
    const member = Object.hasOwn(properties, name) ? properties[name] : additionalProperties
    const before = old && Object.hasOwn(old, name) ? old[name] : undefined
    if (member) merge(result, check(member, object[name], before, here))
    else if (rules.noAdditionalProperties) {
      add(result, [invalid(path || undefined, name, `${path}.${name} in body is a forbidden property`)])
    }
  }
  for (const name of required) {
    if (!Object.hasOwn(object, name)) add(result, [{ type: 'Required', path: path === '' ? name : `${path}.${name}` }])
  }
}

// ---- alternatives

function checkAlternatives(result: Result, rules: ValueRules, value: unknown, old: unknown, path: string): void {
  const shown = goQuote(path)
  const results = (schemas: Schema[] | undefined) => (schemas ?? []).map(schema => check(schema, value, old, path))
  const fail = (text: string) => result.problems.push(invalid(undefined, '', `${shown} must ${text}`))
  if (rules.anyOf) {
    const all = results(rules.anyOf)
    if (!all.some(isValid)) {
      fail('validate at least one schema (anyOf)')
      merge(result, best(all))
    }
  }
  if (rules.oneOf) {
    const all = results(rules.oneOf)
    const valid = all.filter(isValid).length
    const found = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`
    if (valid !== 1) fail(`validate one and only one schema (oneOf). ${found}`)
    if (valid === 0) merge(result, best(all))
  }
  if (rules.allOf) {
    const all = results(rules.allOf)
    for (const one of all) merge(result, one)
    const valid = all.filter(isValid).length
    if (valid < all.length) fail(`validate all the schemas (allOf)${valid === 0 ? '. None validated' : ''}`)
  }
  if (rules.not && isValid(check(rules.not, value, undefined, path))) fail('not validate the schema (not)')
  result.checks++
}

const isValid = ({ problems }: Result) => problems.length === 0

/** The alternative that came furthest: the first of those with the most checks. */
function best(results: Result[]): Result {
  return results.reduce((most, result) => (result.checks > most.checks ? result : most))
}
