// Which objects are meant: label selectors as text (`?labelSelector=`) and as values (metav1.LabelSelector), and field
// selectors. All become requirements, of which every one must hold.

import { badRequest } from './errors.ts'
import { isInt64, type Operator, parseRequirements, type Requirement } from './label-parser.ts'
import { labelKeyErrors } from './label-syntax.ts'
import type { LabelSelector } from './meta.ts'

export type { Operator, Requirement } from './label-parser.ts'
export { labelKeyErrors, labelValueErrors } from './label-syntax.ts'

export type Labels = Record<string, string> | undefined

/** Sorted by key. Throws BadRequest. */
export function parseLabelSelector(text: string): Requirement[] {
  try {
    return parseRequirements(text).sort((a, b) => compareText(a.key, b.key))
  } catch (error) {
    throw badRequest((error as Error).message)
  }
}

/**
 * The requirements of a selector that validation has let through; an empty one has none, and so selects everything.
 * `undefined` selects nothing, which no requirements can say: ask `matchesSelector` where it may be absent.
 */
function requirementsOf(selector: LabelSelector): Requirement[] {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => {
    return { key, operator: 'In', values: [value] }
  })
  const expressions = (selector.matchExpressions ?? []).map((expression): Requirement => {
    return { key: expression.key, operator: expression.operator as Operator, values: expression.values ?? [] }
  })
  return [...equal, ...expressions]
}

export function matches(requirements: Requirement[], labels: Labels): boolean {
  return requirements.every(requirement => satisfies(requirement, labels))
}

/** An absent selector matches nothing, an empty one everything. */
export function matchesSelector(selector: LabelSelector | undefined | null, labels: Labels): boolean {
  return selector ? matches(requirementsOf(selector), labels) : false
}

function satisfies({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labels && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    case 'Gt':
      return compareIntegers(value, values) > 0
    case 'Lt':
      return compareIntegers(value, values) < 0
    default:
      return false
  }
}

/** 0 also when one of the two is no integer: then neither is greater. */
function compareIntegers(value: string | undefined, [limit]: string[]): number {
  if (value === undefined || limit === undefined || !isInt64(value) || !isInt64(limit)) return 0
  const difference = toBigInt(value) - toBigInt(limit)
  return difference > 0n ? 1 : difference < 0n ? -1 : 0
}

const toBigInt = (text: string) => BigInt(text.replace(/^\+/, ''))

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** A selector as text that `parseLabelSelector` reads; '' for one that selects everything. */
export function selectorText(selector: LabelSelector): string {
  const equal = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }))
  const rest = (selector.matchExpressions ?? []).map(e => ({
    key: e.key,
    text: expressionText(e.key, e.operator, e.values),
  }))
  return [...equal, ...rest]
    .sort((a, b) => compareText(a.key, b.key))
    .map(part => part.text)
    .join(',')
}

/** A selector as `kubectl get` shows it: `<none>` selects everything. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  if (selector && !isWellFormed(selector)) return '<error>'
  return (selector && selectorText(selector)) || '<none>'
}

function isWellFormed(selector: LabelSelector): boolean {
  return requirementsOf(selector).every(({ key, operator, values }) => {
    const takesValues = operator === 'In' || operator === 'NotIn'
    const known = takesValues || operator === 'Exists' || operator === 'DoesNotExist'
    return known && takesValues === values.length > 0 && labelKeyErrors(key).length === 0
  })
}

/** Requirements as text: what a selector that came as text is called in messages. */
export function formatRequirements(requirements: Requirement[]): string {
  return requirements.map(({ key, operator, values }) => expressionText(key, operator, values)).join(',')
}

function expressionText(key: string, operator: string, values: string[] = []): string {
  const sorted = [...values].sort().join(',')
  switch (operator) {
    case 'In':
      return `${key} in (${sorted})`
    case 'NotIn':
      return `${key} notin (${sorted})`
    case 'DoesNotExist':
      return `!${key}`
    case 'Gt':
      return `${key}>${sorted}`
    case 'Lt':
      return `${key}<${sorted}`
    default:
      return key
  }
}

/** One of a field selector's requirements, of which every one must hold. */
export interface FieldRequirement {
  path: string
  operator: '=' | '!='
  value: string
}

/** Throws BadRequest. Whether a kind has such a field is for its reader to say. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  return splitTerms(text)
    .filter(term => term !== '')
    .sort(compareText)
    .map(term => {
      const found = /!=|==|=/.exec(term)
      if (!found) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`)
      const path = term.slice(0, found.index)
      const value = unescapeFieldValue(term.slice(found.index + found[0].length))
      return { path, operator: found[0] === '!=' ? '!=' : '=', value } satisfies FieldRequirement
    })
    .filter(({ path, value }) => path !== '' || value !== '')
}

/** `\`, `,` and `=` in a value are written with a `\` before them. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&')
}

/** Terms between commas that no backslash precedes. */
function splitTerms(text: string): string[] {
  const terms = ['']
  let escaped = false
  for (const char of text) {
    if (char === ',' && !escaped) {
      terms.push('')
      continue
    }
    escaped = char === '\\' && !escaped
    terms[terms.length - 1] += char
  }
  return terms
}

function unescapeFieldValue(text: string): string {
  return text.replace(/\\(.?)|[,=]/gsu, (sequence, escaped: string | undefined) => {
    if (escaped === undefined) {
      throw badRequest(`invalid field selector: unescaped character in value: ${sequence.codePointAt(0)}`)
    }
    if (escaped === '' || !'\\,='.includes(escaped)) {
      throw badRequest(`invalid field selector: invalid escape sequence: ${sequence}`)
    }
    return escaped
  })
}
