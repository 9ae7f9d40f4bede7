// YAML in and out, with the rules of YAML 1.1 as Go's parser has them: `0644` is a number and `yes` is true, but
// `2001-12-14` and `1:30` are text. Loaded only when somebody speaks YAML.

import { isMap, isNode, isScalar, LineCounter, type Node, parseAllDocuments, stringify, visit } from 'yaml'
import { inexactText, isInexact } from '../schema/json-text.ts'

const options = { version: '1.1', schema: 'yaml-1.1', merge: true } as const

const maxAliases = 100

/** What YAML 1.1 knows and Go's parser leaves as text: dates, and numbers to the base of 60. */
function isText(tag: unknown): boolean {
  const { tag: name = '', format } = tag as { tag?: string; format?: string }
  return name.endsWith(':timestamp') || name.endsWith(':binary') || format === 'TIME'
}

export interface ParsedYaml {
  value: unknown
  /** What strict parsing says of keys that are given twice: a line for each, the whole in Go's words. */
  strictError?: string
}

/** Throws an Error in the words of Go's parser. What comes after the first document is ignored. */
export function readYaml(text: string): ParsedYaml {
  const lines = new LineCounter()
  try {
    const [document] = parseAllDocuments(text, {
      ...options,
      customTags: tags => tags.filter(tag => !isText(tag)),
      lineCounter: lines,
      // Found below, in a time that does not grow with the square of the keys.
      uniqueKeys: false,
      prettyErrors: false,
    })
    if (!document || !('contents' in document)) return { value: null }
    const [problem] = document.errors
    if (problem) throw new YamlProblem(syntaxText(problem, lines.linePos(problem.pos[0]).line))
    refuseNumbers(document.contents)
    if (text.includes('*')) refuseCycles(document.contents)
    const twice = duplicateKeys(document.contents, lines)
    const strictError = twice.length > 0 ? { strictError: ['yaml: unmarshal errors:', ...twice].join('\n  ') } : {}
    return { value: document.toJS({ maxAliasCount: maxAliases }) ?? null, ...strictError }
  } catch (error) {
    throw error instanceof YamlProblem ? error : new YamlProblem(limitText(error as Error), { cause: error })
  }
}

class YamlProblem extends Error {}

const syntaxTexts: Record<string, string> = {
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_INDENT: 'did not find expected key',
  MULTILINE_IMPLICIT_KEY: "could not find expected ':'",
}

function syntaxText({ code, message }: { code: string; message: string }, line: number): string {
  return isTooDeep(message) ? tooDeep : `yaml: line ${line}: ${syntaxTexts[code] ?? message}`
}

/** What is found out only when the value is made. */
function limitText({ message }: Error): string {
  const [, anchor] = /^Unresolved alias .*: (.*)$/.exec(message) ?? []
  if (anchor !== undefined) return `yaml: unknown anchor '${anchor}' referenced`
  if (message.startsWith('Excessive alias count')) return 'yaml: document contains excessive aliasing'
  return isTooDeep(message) ? tooDeep : `yaml: ${message}`
}

const tooDeep = 'yaml: exceeded max depth'

/** The parser calls itself for every level. */
function isTooDeep(message: string): boolean {
  return message.startsWith('Maximum call stack')
}

/** JSON has no words for them, or they would be changed. */
function refuseNumbers(contents: Node | null): void {
  visit(contents, {
    Scalar(_, { value, source = '' }) {
      if (typeof value !== 'number') return
      if (!Number.isFinite(value)) throw new YamlProblem(`json: unsupported value: ${infinityText(value)}`)
      const digits = source.replaceAll('_', '').replace(/^\+/, '')
      if (!Number.isSafeInteger(value) && isInexact(digits)) throw new YamlProblem(inexactText(digits))
    },
  })
}

/** A value that is part of itself has no end. */
function refuseCycles(contents: Node | null): void {
  /** Where the value ends that an anchor names now. */
  const ends = new Map<string, number>()
  visit(contents, {
    Value(_, { anchor, range }) {
      if (anchor && range) ends.set(anchor, range[1])
    },
    Alias(_, { source, range }) {
      if ((range?.[0] ?? 0) < (ends.get(source) ?? 0))
        throw new YamlProblem(`yaml: anchor '${source}' value contains itself`)
    },
  })
}

function infinityText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}

/** One line for each, those inside a value before the value's own. */
function duplicateKeys(node: unknown, lines: LineCounter): string[] {
  if (!isNode(node) || !('items' in node)) return []
  if (!isMap(node)) return (node.items as unknown[]).flatMap(item => duplicateKeys(item, lines))
  const seen = new Set<unknown>()
  return node.items.flatMap(({ key, value }) => {
    const inside = duplicateKeys(value, lines)
    const name = isScalar(key) ? key.value : key
    if (!seen.has(name) || name === '<<') {
      seen.add(name)
      return inside
    }
    const at = (isNode(value) ? value.range : undefined) ?? (isNode(key) ? key.range : undefined)
    return [...inside, `line ${lines.linePos(at?.[0] ?? 0).line}: key ${JSON.stringify(name)} already set in map`]
  })
}

/** In upstream's layout: members by name, lists no deeper than what they belong to. */
export function stringifyYaml(value: unknown): string {
  const layout = { aliasDuplicateObjects: false, lineWidth: 0, sortMapEntries: true, indentSeq: false }
  return stringify(value, { ...options, ...layout })
}
