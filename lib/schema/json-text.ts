// What JSON.parse does not tell: how deep a text goes, and which members it gives twice. Finding out whether there are
// any is one quick pass over the text, so that the careful pass runs only when there are.

import { pathText } from './decode.ts'

/** Deeper than any object, and shallow enough for recursion. */
const maxDepth = 1000

/** Counts of a JSON text that JSON.parse has taken. */
function scan(text: string): { members: number; depth: number } {
  let members = 0
  let depth = 0
  let open = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) at = stringEnd(text, at)
    else if (code === 0x3a) members++
    else if (code === 0x7b || code === 0x5b) depth = Math.max(depth, ++open)
    else if (code === 0x7d || code === 0x5d) open--
  }
  return { members, depth }
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

export interface ParsedJson {
  value: unknown
  /** Members that the text gives more than once, of which the last counts: `spec.replicas`. */
  duplicates: string[]
}

/** Throws SyntaxError for what is no JSON, and RangeError with Go's text for what is too deep. */
export function parseJson(text: string): ParsedJson {
  const value: unknown = JSON.parse(text)
  const { members, depth } = scan(text)
  if (depth > maxDepth) throw new RangeError('exceeded max depth')
  return { value, duplicates: members === countMembers(value) ? [] : duplicateMembers(text) }
}

interface Level {
  /** The names seen in an object; undefined in a list. */
  seen: Set<string> | undefined
  index: number
  name: string
}

function duplicateMembers(text: string): string[] {
  const duplicates = new Set<string>()
  const levels: Level[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
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
        if (level.seen.has(level.name)) duplicates.add(pathText(levels.map(l => (l.seen ? l.name : l.index))))
        level.seen.add(level.name)
      }
      at = end
    }
  }
  return [...duplicates]
}

/** A string in an object is a name when a colon follows. */
function isName(text: string, end: number): boolean {
  let at = end + 1
  while (text.charCodeAt(at) <= 0x20) at++
  return text[at] === ':'
}

/**
 * What strict decoding says, one sentence a problem: `unknown field "spec.foo"`. Duplicates below an unknown field do
 * not count.
 */
export function strictProblems(unknown: string[], duplicates: string[]): string[] {
  const isUnknown = (path: string) =>
    unknown.some(field => path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`))
  return [
    ...unknown.map(path => `unknown field ${JSON.stringify(path)}`),
    ...duplicates.filter(path => !isUnknown(path)).map(path => `duplicate field ${JSON.stringify(path)}`),
  ]
}
