// Kubernetes' JSONPath, as printer columns use it: `.spec.replicas`, `.status.conditions[?(@.type=="Ready")].status`,
// `.spec.containers[*].image`, `.metadata.annotations.example\.com/name`. A path is read once and then followed often.
// https://kubernetes.io/docs/reference/kubectl/jsonpath/

import { jsonEqual } from '../util/json-equal.ts'

type Values = Record<string, unknown>
/** From the values found so far to the next ones. */
type Step = (values: unknown[]) => unknown[]

/** All that a path finds in a value. */
export type JsonPath = (value: unknown) => unknown[]

/** Throws SyntaxError for what is no path. */
export function jsonPath(text: string): JsonPath {
  const steps = new Reader(text).steps()
  return value => steps.reduce<unknown[]>((values, step) => step(values), [value])
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
      return values => (name === '' ? values.flatMap(descendants) : values.flatMap(descendants).flatMap(member(name)))
    }
    if (char === '.') this.#at++
    const name = this.#name()
    if (name === '') return values => values
    return values => values.flatMap(name === '*' ? children : member(name))
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
    const parts = inside.split(/,(?=(?:[^']*'[^']*')*[^']*$)/).map(part => part.trim())
    const steps = parts.map(part => this.#subscript(part))
    return values => values.flatMap(value => steps.flatMap(step => step([value])))
  }

  #subscript(text: string): Step {
    const quoted = /^(['"])(.*)\1$/s.exec(text)
    if (quoted) return values => values.flatMap(member((quoted[2] ?? '').replace(/\\(.)/g, '$1')))
    if (text === '*') return values => values.flatMap(children)
    const range = /^(-?\d*)(?::(-?\d*)(?::(-?\d*))?)?$/.exec(text)
    if (!range || text === '') throw this.#error(`invalid array index ${text}`)
    const [, from = '', to, step = ''] = range
    if (!text.includes(':')) return values => values.flatMap(value => (Array.isArray(value) ? at(value, from) : []))
    return values => values.flatMap(value => (Array.isArray(value) ? slice(value, from, to ?? '', step) : []))
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

function member(name: string): (value: unknown) => unknown[] {
  return value => {
    if (Array.isArray(value) || !isObject(value)) return []
    return Object.hasOwn(value, name) ? [value[name]] : []
  }
}

function children(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}

function descendants(value: unknown): unknown[] {
  return [value, ...children(value).flatMap(descendants)]
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
  const parts = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s.exec(text.trim())
  const left = operand(parts?.[1] ?? text.trim())
  const right = operand(parts?.[3] ?? '')
  const operator = parts?.[2]
  const holds = (value: unknown) => {
    const [found] = left(value)
    if (!operator) return left(value).length > 0
    return left(value).length > 0 && compare(found, operator, right(value)[0])
  }
  return values => values.flatMap(children).filter(holds)
}

function operand(text: string): JsonPath {
  const quoted = /^(["'])(.*)\1$/s.exec(text)
  if (quoted) return () => [quoted[2]]
  if (text === 'true' || text === 'false') return () => [text === 'true']
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => [Number(text)]
  return jsonPath(text)
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
