// What JSON.parse does not tell: how deep a text goes, which members it gives twice, and which numbers say more than the
// value they become. Whether there is any of it is found in one quick pass over the text; the careful pass runs only then.

import { goQuote } from '../util/go-quote.ts'

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
  /** Where in the text duplicates stand again, and where other members stand. Only given with duplicates. */
  places?: { again: ReadonlyMap<string, number>; first(paths: readonly string[]): ReadonlyMap<string, number> }
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
  const numbers = hasOddNumbers ? oddNumbers(text) : new Map<string, string>()
  if (!keepsNumbers) refuseInexact(numbers)
  const odd = numbers.size > 0 ? { numbers } : {}
  if (!hasDuplicates) return { value, duplicates: [], ...odd }
  const again = duplicatesIn(text)
  return { value, duplicates: [...again.keys()], places: { again, first: paths => placesOf(text, paths) }, ...odd }
}

/** A level of nesting: an object, by the place of the name that was read last, or a list. */
interface Level {
  isObject: boolean
  index: number
  nameAt: number
  /** Its path, once somebody has asked. */
  path?: string
}

interface Visitor {
  /** A member's name stands at `at`. */
  name?(at: number, levels: Level[]): void
  /** A number; answers nothing. */
  number?(literal: string, levels: Level[]): void
}

const number = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y

/** Goes over a text that JSON.parse has taken. */
function walk(text: string, visitor: Visitor): void {
  const levels: Level[] = []
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    const level = levels.at(-1)
    if (code === 0x7b || code === 0x5b) {
      levels.push({ isObject: code === 0x7b, index: 0, nameAt: 0 })
    } else if (code === 0x7d || code === 0x5d) {
      levels.pop()
    } else if (code === 0x2c && level) {
      level.index++
    } else if (code === 0x22) {
      const end = stringEnd(text, at)
      if (level?.isObject && isName(text, end)) {
        level.nameAt = at
        visitor.name?.(at, levels)
      }
      at = end
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      number.lastIndex = at
      const [literal = ''] = number.exec(text) ?? []
      visitor.number?.(literal, levels)
      at += literal.length - 1
    }
  }
}

function nameAt(text: string, at: number): string {
  return JSON.parse(text.slice(at, stringEnd(text, at) + 1)) as string
}

/** Where we are: in the innermost level, which keeps its own path for all that stands in it. */
function pathOf(text: string, levels: Level[]): string {
  const level = levels.at(-1)
  if (!level) return ''
  level.path ??= pathOf(text, levels.slice(0, -1))
  if (!level.isObject) return `${level.path}[${level.index}]`
  const name = nameAt(text, level.nameAt)
  return level.path === '' ? name : `${level.path}.${name}`
}

/** Where members stand again that are given twice. */
function duplicatesIn(text: string): Map<string, number> {
  const again = new Map<string, number>()
  const seen = new WeakMap<Level, Set<string>>()
  walk(text, {
    name(at, levels) {
      const level = levels.at(-1)
      if (!level) return
      const names = seen.get(level) ?? new Set()
      seen.set(level, names)
      const name = nameAt(text, at)
      if (names.has(name)) again.set(pathOf(text, levels), again.get(pathOf(text, levels)) ?? at)
      names.add(name)
    },
  })
  return again
}

/** Where these members stand first. One whose own name has a dot in it is not found. */
function placesOf(text: string, paths: readonly string[]): Map<string, number> {
  const wanted = new Set(paths)
  const names = new Set(paths.map(path => path.slice(path.lastIndexOf('.') + 1)))
  const first = new Map<string, number>()
  walk(text, {
    name(at, levels) {
      if (!names.has(nameAt(text, at))) return
      const path = pathOf(text, levels)
      if (wanted.has(path) && !first.has(path)) first.set(path, at)
    },
  })
  return first
}

/** Of more than these only those are looked for that would change. */
const maxOddNumbers = 1000

/** The texts of numbers that their values do not tell, by path; of a member given twice the last counts. */
function oddNumbers(text: string): Map<string, string> {
  const numbers = new Map<string, string>()
  walk(text, {
    number(literal, levels) {
      const isOdd = String(Number(literal)) !== literal
      if (isOdd && (numbers.size < maxOddNumbers || isInexact(literal))) numbers.set(pathOf(text, levels), literal)
      else if (!isOdd && numbers.size > 0 && numbers.size < maxOddNumbers) numbers.delete(pathOf(text, levels))
    },
  })
  return numbers
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
  const where = path ? ` in field ${goQuote(path)}` : ''
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
  const unknownPaths = new Set(unknown)
  const first = places?.first(unknown)
  const end = Number.MAX_SAFE_INTEGER
  const problems = [
    ...unknown.map(path => ({ at: first?.get(path) ?? end, text: `unknown field ${goQuote(path)}` })),
    ...duplicates
      .filter(path => !isBelow(path, unknownPaths))
      .map(path => ({ at: places?.again.get(path) ?? end, text: `duplicate field ${goQuote(path)}` })),
  ]
  const inOrder = problems.sort((a, b) => a.at - b.at).map(({ text }) => text)
  return inOrder.slice(0, maxProblems)
}

/** One of the paths, or a place in one of them. */
function isBelow(path: string, paths: ReadonlySet<string>): boolean {
  for (let end = path.length; end > 0; end = Math.max(path.lastIndexOf('.', end - 1), path.lastIndexOf('[', end - 1))) {
    if (paths.has(path.slice(0, end))) return true
  }
  return false
}

/** Of a custom object: its text is read without a schema first, in which a duplicate is one whether its field is known or not. */
export function strictProblemsOfCustom(unknown: string[], duplicates: string[]): string[] {
  return [
    ...duplicates.slice(0, maxProblems).map(path => `duplicate field ${goQuote(path)}`),
    ...[...unknown].sort().map(path => `unknown field ${goQuote(path)}`),
  ]
}
