// Kubernetes' JSONPath, as printer columns use it: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`,
// `.spec.containers[*].image`, `.metadata.annotations.example\.com/name`. A path is read once and then followed often.
// https://kubernetes.io/docs/reference/kubectl/jsonpath/

import { jsonEqual } from '../util/json-equal.ts'

type Values = Record<string, unknown>
/** From the values found so far to the next ones. */
type Step = (values: unknown[], effort: Effort) => unknown[]

/** All that a path finds in a value: nothing when it would have to look at too many places. */
export type JsonPath = (value: unknown) => unknown[]

/** Throws SyntaxError for what is no path. */
export function jsonPath(text: string): JsonPath {
  const follow = pathOf(text)
  return value => {
    try {
      return follow([value], new Effort())
    } catch (error) {
      if (error instanceof RangeError) return []
      throw error
    }
  }
}

function pathOf(text: string): Step {
  const steps = new Reader(text).steps()
  return (values, effort) => steps.reduce((found, step) => step(found, effort), values)
}

/** Far more than any path needs that somebody looks at, and done in a millisecond or two. */
const maxVisits = 20_000

/** What following a path has cost so far: `..` behind `..`, and lists of the same place, multiply. */
class Effort {
  #visits = 0

  spend(): void {
    if (++this.#visits > maxVisits) throw new RangeError('the path leads to too many places')
  }
}

/** A step that goes from each value to others by itself. */
function each(next: (value: unknown) => unknown[]): Step {
  return (values, effort) =>
    values.flatMap(value => {
      effort.spend()
      return next(value)
    })
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  steps(): Step[] {
    const steps: Step[] = []
    while (this.#at < this.#text.length) steps.push(this.#step())
    return steps
  }

  #step(): Step {
    const char = this.#text[this.#at]
    if (char === '[') return this.#bracket()
    if (char === '$' || char === '@') {
      this.#at++
      return values => values
    }
    if (this.#text.startsWith('..', this.#at)) {
      this.#at += 2
      const name = this.#text[this.#at] === '[' ? '' : this.#name()
      if (name === '') return descendants
      return (values, effort) => member(name)(descendants(values, effort), effort)
    }
    if (char === '.') this.#at++
    const name = this.#name()
    if (name === '') return values => values
    return name === '*' ? each(children) : member(name)
  }

  /** Up to the next dot or bracket that no backslash precedes. */
  #name(): string {
    let name = ''
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] ?? ''
      if (char === '\\') name += this.#text[++this.#at] ?? ''
      else if (char === '.' || char === '[') break
      else if (/\s/.test(char)) throw this.#error('unrecognized character in action')
      else name += char
    }
    return name
  }

  #bracket(): Step {
    const end = this.#closing()
    const inside = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    const filter = /^\?\((.*)\)$/s.exec(inside)
    if (filter) return condition(filter[1] ?? '')
    const steps = partsOf(inside).map(part => this.#subscript(part.trim()))
    return (values, effort) => values.flatMap(value => steps.flatMap(step => step([value], effort)))
  }

  #subscript(text: string): Step {
    const quoted = /^(['"])(.*)\1$/s.exec(text)
    if (quoted) return member((quoted[2] ?? '').replace(/\\(.)/g, '$1'))
    if (text === '*') return each(children)
    const range = /^(-?\d*)(?::(-?\d*)(?::(-?\d*))?)?$/.exec(text)
    if (!range || text === '') throw this.#error(`invalid array index ${text}`)
    const [, from = '', to, step = ''] = range
    if (!text.includes(':')) return each(value => (Array.isArray(value) ? at(value, from) : []))
    return each(value => (Array.isArray(value) ? slice(value, from, to ?? '', step) : []))
  }

  /** The place of the bracket that closes the one we are at. */
  #closing(): number {
    let depth = 0
    let quote = ''
    for (let at = this.#at; at < this.#text.length; at++) {
      const char = this.#text[at] ?? ''
      if (char === '\\') at++
      else if (quote) quote = char === quote ? '' : quote
      else if (char === '"' || char === "'") quote = char
      else if (char === '[') depth++
      else if (char === ']' && --depth === 0) return at
    }
    throw this.#error('unterminated array')
  }

  #error(why: string): SyntaxError {
    return new SyntaxError(`${why}: ${this.#text}`)
  }
}

/** Between commas; those in single quotes are no ends. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") isQuoted = !isQuoted
    if (text[at] !== ',' || isQuoted) continue
    parts.push(text.slice(start, at))
    start = at + 1
  }
  return [...parts, text.slice(start)]
}

function member(name: string): Step {
  return each(value => {
    if (Array.isArray(value) || !isObject(value)) return []
    return Object.hasOwn(value, name) ? [value[name]] : []
  })
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}

function descendants(values: unknown[], effort: Effort): unknown[] {
  return values.flatMap(value => {
    effort.spend()
    return [value, ...descendants(children(value), effort)]
  })
}

function at(list: unknown[], index: string): unknown[] {
  const value = list.at(Number(index))
  return value === undefined ? [] : [value]
}

function slice(list: unknown[], from: string, to: string, step: string): unknown[] {
  const found = list.slice(from === '' ? 0 : Number(from), to === '' ? undefined : Number(to))
  const every = Number(step || 1)
  return every > 1 ? found.filter((_, i) => i % every === 0) : found
}

/** `@.type=="Ready"`, `@.ready`, of which the second asks only whether there is such a member. */
function condition(text: string): Step {
  const parts = /^(.*?)(==|!=|<=|>=|<|>)(.*)$/s.exec(text)
  const left = operand((parts?.[1] ?? text).trim())
  const right = operand((parts?.[3] ?? '').trim())
  const operator = parts?.[2]
  return (values, effort) =>
    each(children)(values, effort).filter(value => {
      const found = left([value], effort)
      if (!operator || found.length === 0) return found.length > 0
      return compare(found[0], operator, right([value], effort)[0])
    })
}

function operand(text: string): Step {
  const quoted = /^(["'])(.*)\1$/s.exec(text)
  if (quoted) return () => [quoted[2]]
  if (text === 'true' || text === 'false') return () => [text === 'true']
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => [Number(text)]
  return pathOf(text)
}

function compare(left: unknown, operator: string, right: unknown): boolean {
  if (operator === '==') return jsonEqual(left, right)
  if (operator === '!=') return !jsonEqual(left, right)
  const [a, b] = [left as string | number, right as string | number]
  if (typeof a !== typeof b) return false
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null
}
