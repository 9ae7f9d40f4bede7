// What JSON.parse does not tell: how deep a text goes, which members it gives twice, and which numbers say more than the
// value they become. Whether there is any of it is found in one quick pass over the text; the careful pass runs only then.

import { pathText } from './path-text.ts'

/** Deeper than any object, and shallow enough for recursion. */
const maxDepth = 1000

/** So many digits may be more than a number keeps. */
const manyDigits = 16

interface Scan {
  members: number
  depth: number
  /** There may be numbers that lose something: long ones, and those with a fraction or an exponent. */
  hasOddNumbers: boolean
}

/** Of a JSON text that JSON.parse has taken. */
function scan(text: string): Scan {
  let members = 0
  let depth = 0
  let open = 0
  let digits = 0
  let hasOddNumbers = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 0x30 && code <= 0x39) {
      if (++digits === manyDigits) hasOddNumbers = true
      continue
    }
    if (code === 0x22) at = stringEnd(text, at)
    else if (code === 0x3a) members++
    else if (code === 0x7b || code === 0x5b) depth = Math.max(depth, ++open)
    else if (code === 0x7d || code === 0x5d) open--
    else if (digits > 0 && (code === 0x2e || code === 0x65 || code === 0x45)) hasOddNumbers = true
    digits = 0
  }
  return { members, depth, hasOddNumbers }
}

/** The place of the closing quote of the string that opens at `start`. */
function stringEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (isEscaped(text, at)) at = text.indexOf('"', at + 1)
  return at
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++
  return backslashes % 2 === 1
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) for (const element of value) count += countMembers(element)
  else for (const member of Object.values(value)) count += 1 + countMembers(member)
  return count
}

/** What a text says beside its value. Paths are like `spec.containers[0].name`. */
export interface TextFacts {
  /** Members that the text gives more than once, of which the last counts. */
  duplicates: string[]
  /** Where in the text members stand that are no duplicates; and where duplicates stand again. */
  places?: { first: ReadonlyMap<string, number>; again: ReadonlyMap<string, number> }
  /** The texts of numbers that JSON would write otherwise: `1e3`, `1.0`, `9007199254740993`. */
  numbers?: ReadonlyMap<string, string>
  /** What a strict reader of the text says beside that: YAML's has words of its own for duplicates. */
  strictErrors?: string[]
}

export interface ParsedJson extends TextFacts {
  value: unknown
}

/**
 * Throws SyntaxError for what is no JSON, and RangeError, with a text for the client, for what is too deep. So it does
 * for integers that would be changed, unless the caller looks after `numbers`.
 */
export function parseJson(text: string, { keepsNumbers = false } = {}): ParsedJson {
  const value: unknown = JSON.parse(text)
  const { members, depth, hasOddNumbers } = scan(text)
  if (depth > maxDepth) throw new RangeError('exceeded max depth')
  const hasDuplicates = members !== countMembers(value)
  if (!hasDuplicates && !hasOddNumbers) return { value, duplicates: [] }
  const { first, again, numbers } = examine(text)
  if (!keepsNumbers) refuseInexact(numbers)
  const places = hasDuplicates ? { places: { first, again } } : {}
  return { value, duplicates: [...again.keys()], ...places, ...(numbers.size > 0 ? { numbers } : {}) }
}

interface Level {
  /** The names seen in an object; undefined in a list. */
  seen: Set<string> | undefined
  index: number
  name: string
}

interface Examined {
  first: Map<string, number>
  again: Map<string, number>
  numbers: Map<string, string>
}

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function examine(text: string): Examined {
  const found: Examined = { first: new Map(), again: new Map(), numbers: new Map() }
  const levels: Level[] = []
  const here = () => pathText(levels.map(level => (level.seen ? level.name : level.index)))
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    const level = levels.at(-1)
    if (char === '{' || char === '[') {
      levels.push({ seen: char === '{' ? new Set() : undefined, index: 0, name: '' })
    } else if (char === '}' || char === ']') {
      levels.pop()
    } else if (char === ',' && level) {
      level.index++
    } else if (char === '"') {
      const end = stringEnd(text, at)
      if (level?.seen && isName(text, end)) {
        level.name = JSON.parse(text.slice(at, end + 1)) as string
        const places = level.seen.has(level.name) ? found.again : found.first
        if (!places.has(here())) places.set(here(), at)
        level.seen.add(level.name)
      }
      at = end
    } else if (char === '-' || (char >= '0' && char <= '9')) {
      number.lastIndex = at
      const [literal = char] = number.exec(text) ?? []
      if (String(Number(literal)) !== literal) found.numbers.set(here(), literal)
      else found.numbers.delete(here())
      at += literal.length - 1
    }
  }
  return found
}

/** A string in an object is a name when a colon follows. */
function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text.charCodeAt(at) <= 0x20) at++
  return text[at] === ':'
}

/**
 * True for an integer that a client means exactly and that would be changed. Beyond 64 bits it is a floating-point
 * number to upstream too.
 */
export function isInexact(literal: string): boolean {
  if (!Number.isFinite(Number(literal))) return true
  if (!/^-?\d+$/.test(literal) || String(Number(literal)) === literal) return false
  return literal !== '-0' && BigInt.asIntN(64, BigInt(literal)) === BigInt(literal)
}

/** The error's text. */
export function inexactText(literal: string, path = ''): string {
  const where = path ? ` in field ${JSON.stringify(path)}` : ''
  return `number ${literal}${where} cannot be kept exactly: integers beyond 2^53 are not supported`
}

/** Throws RangeError. */
export function refuseInexact(numbers: ReadonlyMap<string, string> = new Map()): void {
  for (const [path, literal] of numbers) {
    if (isInexact(literal)) throw new RangeError(inexactText(literal, path))
  }
}

/** Upstream lists no more. */
const maxProblems = 100

/**
 * What strict decoding says, one sentence a problem, in the order of the text: `unknown field "spec.foo"`. Duplicates
 * below an unknown field do not count.
 */
export function strictProblems(unknown: string[], duplicates: string[], places?: TextFacts['places']): string[] {
  const isUnknown = (path: string) =>
    unknown.some(field => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`))
  const end = Number.MAX_SAFE_INTEGER
  const problems = [
    ...unknown.map(path => ({ at: places?.first.get(path) ?? end, text: `unknown field ${JSON.stringify(path)}` })),
    ...duplicates
      .filter(path => !isUnknown(path))
      .map(path => ({ at: places?.again.get(path) ?? end, text: `duplicate field ${JSON.stringify(path)}` })),
  ]
  const inOrder = problems.sort((a, b) => a.at - b.at).map(({ text }) => text)
  return inOrder.slice(0, maxProblems)
}

/** Of a custom object: its text is read without a schema first, in which a duplicate is one whether its field is known or not. */
export function strictProblemsOfCustom(unknown: string[], duplicates: string[]): string[] {
  return [
    ...duplicates.slice(0, maxProblems).map(path => `duplicate field ${JSON.stringify(path)}`),
    ...[...unknown].sort().map(path => `unknown field ${JSON.stringify(path)}`),
  ]
}
