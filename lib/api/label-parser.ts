// The grammar of label selectors: `app=web,tier in (front,back),!canary`. A lexer, and a parser by recursive descent
// whose messages are those of upstream's labels.Parse.

import { goQuote } from '../util/go-quote.ts'
import { labelKeyErrors, labelValueErrors } from './label-syntax.ts'

export type Operator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt'

/** All of a selector's requirements must hold. `a=b` is `a in (b)`. */
export interface Requirement {
  key: string
  operator: Operator
  values: string[]
}

type TokenKind = '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin' | 'identifier' | 'end' | 'error'

interface Token {
  kind: TokenKind
  text: string
}

const symbols = new Set(['(', ')', ',', '!', '=', '==', '!=', '>', '<'])
const binaryOperators: Partial<Record<TokenKind, Operator>> = {
  in: 'In',
  notin: 'NotIn',
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
}
const isBlank = (char: string) => char === ' ' || char === '\t' || char === '\r' || char === '\n'
const isSymbol = (char: string) => '=!(),><'.includes(char)

/** The longest symbol at `start`. What is symbols but none of ours (`!!`) is read as its longest beginning that is. */
function symbolAt(text: string, start: number): string {
  const two = text.slice(start, start + 2)
  return symbols.has(two) ? two : text.charAt(start)
}

function identifierAt(text: string, start: number): string {
  let end = start
  while (end < text.length && !isBlank(text.charAt(end)) && !isSymbol(text.charAt(end))) end++
  return text.slice(start, end)
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text.charAt(at)
    if (isBlank(char)) {
      at++
      continue
    }
    const word = isSymbol(char) ? symbolAt(text, at) : identifierAt(text, at)
    const keyword = isSymbol(char) || word === 'in' || word === 'notin'
    tokens.push({ kind: keyword ? (word as TokenKind) : 'identifier', text: word })
    at += word.length
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}

/** The requirements in the order they stand. Throws an Error with upstream's text. */
export function parseRequirements(text: string): Requirement[] {
  return new Parser(tokenize(text)).parse()
}

class Parser {
  readonly #tokens: Token[]
  #position = 0

  constructor(tokens: Token[]) {
    this.#tokens = tokens
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = []
    for (;;) {
      const first = this.#peek()
      if (first.kind === 'end') return requirements
      if (first.kind !== 'identifier' && first.kind !== '!') {
        throw found(first, ", expected: !, identifier, or 'end of string'")
      }
      requirements.push(this.#namedRequirement())
      const next = this.#take()
      if (next.kind === 'end') return requirements
      if (next.kind !== ',') throw found(next, ", expected: ',' or 'end of string'")
      const after = this.#peek()
      if (after.kind !== 'identifier' && after.kind !== '!') throw found(after, ", expected: identifier after ','")
    }
  }

  #namedRequirement(): Requirement {
    try {
      return this.#requirement()
    } catch (cause) {
      throw new Error(`unable to parse requirement: ${(cause as Error).message}`, { cause })
    }
  }

  #requirement(): Requirement {
    const negated = this.#peek().kind === '!'
    if (negated) this.#take()
    const token = this.#take()
    if (token.kind !== 'identifier') throw found(token, ', expected: identifier')
    const key = token.text
    const errors = labelKeyErrors(key)
    if (errors.length) throw new Error(`<nil>: Invalid value: ${goQuote(key)}: ${errors.join('; ')}`)
    if (negated) return { key, operator: 'DoesNotExist', values: [] }
    const next = this.#peek()
    if (next.kind === 'end' || next.kind === ',') return { key, operator: 'Exists', values: [] }
    return this.#binaryRequirement(key)
  }

  #binaryRequirement(key: string): Requirement {
    const token = this.#take('operator')
    const operator = binaryOperators[token.kind]
    if (!operator) throw found(token, ', expected: in, notin, =, ==, !=, gt, lt')
    const values = token.kind === 'in' || token.kind === 'notin' ? this.#valueSet() : [this.#exactValue()]
    const requirement = { key, operator, values: [...new Set(values)].sort() }
    checkRequirement(requirement)
    return requirement
  }

  #valueSet(): string[] {
    const open = this.#take()
    if (open.kind !== '(') throw found(open, " expected: '('")
    const first = this.#peek()
    if (first.kind === ')') {
      this.#take()
      return ['']
    }
    if (first.kind !== 'identifier' && first.kind !== ',') throw found(first, ", expected: ',', ')' or identifier")
    const values = this.#identifiers()
    const close = this.#take()
    if (close.kind !== ')') throw found(first, ", expected: ')'")
    return values
  }

  /** `a,b`, where an empty place is the empty value. Ends before the closing parenthesis. */
  #identifiers(): string[] {
    const values: string[] = []
    for (;;) {
      const token = this.#take()
      const next = this.#peek()
      if (token.kind === 'identifier') {
        values.push(token.text)
        if (next.kind === ')') return values
        if (next.kind !== ',') throw found(next, ", expected: ',' or ')'")
      } else if (token.kind === ',') {
        if (!values.length || next.kind === ')' || next.kind === ',') values.push('')
        if (next.kind === ')') return values
      } else {
        throw found(token, ", expected: ',', or identifier")
      }
    }
  }

  #exactValue(): string {
    const next = this.#peek()
    if (next.kind === 'end' || next.kind === ',') return ''
    const token = this.#take()
    if (token.kind !== 'identifier') throw found(token, ', expected: identifier')
    return token.text
  }

  /** The token under the eyes. Where no operator is awaited, `in` and `notin` are identifiers. */
  #peek(): Token {
    const token = this.#tokens[this.#position] ?? { kind: 'end', text: '' }
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', text: token.text } : token
  }

  #take(awaited: 'operator' | 'value' = 'value'): Token {
    const token = awaited === 'operator' ? this.#tokens[this.#position] : this.#peek()
    this.#position++
    return token ?? { kind: 'end', text: '' }
  }
}

function found(token: Token, expected: string): Error {
  return new Error(`found '${token.text}'${expected}`)
}

/** Throws with upstream's text when a requirement's values do not fit its operator. Its key is checked by the caller. */
function checkRequirement({ key, operator, values }: Requirement): void {
  const errors: string[] = []
  const ordered = operator === 'Gt' || operator === 'Lt'
  for (const [i, value] of values.entries()) {
    if (ordered && !isInt64(value)) {
      errors.push(
        `values[${i}]: Invalid value: ${goQuote(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      )
    }
  }
  for (const [i, value] of values.entries()) {
    const wrong = labelValueErrors(value)
    if (wrong.length) errors.push(`values[${i}][${key}]: Invalid value: ${goQuote(value)}: ${wrong.join('; ')}`)
  }
  if (errors.length) throw new Error(aggregate(errors))
}

function aggregate(errors: string[]): string {
  const unique = [...new Set(errors)]
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`
}

const maxInt64 = 2n ** 63n

/** True for what Go's ParseInt takes. */
export function isInt64(text: string): boolean {
  if (!/^[+-]?[0-9]+$/.test(text)) return false
  const value = BigInt(text.replace(/^\+/, ''))
  return value < maxInt64 && value >= -maxInt64
}
