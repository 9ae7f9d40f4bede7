// The syntax of Go's regexp package (RE2) as a tree. What Go refuses (look-around, back references) is refused in its words.
// https://pkg.go.dev/regexp/syntax

/** A pattern that Go's regexp.Compile would not take, in its words. */
export class PatternError extends Error {
  override readonly name = 'PatternError'

  constructor(why: string, where?: string) {
    super(`error parsing regexp: ${why}${where === undefined ? '' : `: \`${where}\``}`)
  }
}

export type Assertion = 'begin' | 'end' | 'beginLine' | 'endLine' | 'word' | 'notWord'

/** Is it this character (a code point), or one of these? */
export type CharTest = (code: number) => boolean

export type Node =
  | { type: 'char'; matches: CharTest }
  | { type: 'assert'; assertion: Assertion }
  | { type: 'concat' | 'alternate'; nodes: Node[] }
  /** `max` undefined: without end. */
  | { type: 'repeat'; node: Node; min: number; max: number | undefined }

interface Flags {
  ignoreCase: boolean
  multiLine: boolean
  dotAll: boolean
}

const posixClasses: Record<string, string> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
}

const controls: Record<string, string> = { a: '\\x07', f: '\\f', n: '\\n', r: '\\r', t: '\\t', v: '\\v' }

/** As members of a class. \s is five characters in Go, and many in JavaScript. */
const shorthands: Record<string, string> = {
  ...controls,
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  s: '\\t\\n\\f\\r ',
  S: '\\x00-\\x08\\x0B\\x0E-\\x1F\\x21-\\u{10FFFF}',
}

const assertions: Record<string, Assertion> = { A: 'begin', z: 'end', b: 'word', B: 'notWord' }
const maxRepeat = 1000
const lineFeed = 0x0a
const repetition = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})/

/** Throws PatternError. */
export function parsePattern(pattern: string): Node {
  return new Parser(pattern).parse()
}

class Parser {
  readonly #text: string
  #at = 0
  #flags: Flags = { ignoreCase: false, multiLine: false, dotAll: false }

  constructor(text: string) {
    this.#text = text
  }

  parse(): Node {
    const node = this.#alternatives()
    if (this.#at < this.#text.length) throw new PatternError('unexpected )', this.#text)
    return node
  }

  get #rest(): string {
    return this.#text.slice(this.#at)
  }

  /** Up to a closing parenthesis or the end. */
  #alternatives(): Node {
    const nodes: Node[] = []
    for (;;) {
      nodes.push(this.#sequence())
      if (this.#text[this.#at] !== '|') break
      this.#at++
    }
    return nodes.length === 1 && nodes[0] ? nodes[0] : { type: 'alternate', nodes }
  }

  #sequence(): Node {
    const nodes: Node[] = []
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] ?? '')) {
      const repeated = repetition.exec(this.#rest)
      if (repeated) throw new PatternError('missing argument to repetition operator', repeated[0])
      const node = this.#item()
      if (node) nodes.push(...this.#repeated(node))
    }
    return { type: 'concat', nodes }
  }

  /** One item; of what stands between \Q and \E only the last character is repeated. */
  #repeated(items: Node[]): Node[] {
    const match = repetition.exec(this.#rest)
    const last = items.at(-1)
    if (!match || !last) return items
    const [operator, from, comma, to] = match
    this.#at += operator.length
    const lazy = this.#text[this.#at] === '?' ? '?' : ''
    this.#at += lazy.length
    const next = repetition.exec(this.#rest)
    if (next) throw new PatternError('invalid nested repetition operator', operator + lazy + next[0])
    return [...items.slice(0, -1), { type: 'repeat', node: last, ...bounds(operator, from, comma, to) }]
  }

  /** undefined: flags alone, which are no item. */
  #item(): Node[] | undefined {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
    if (char === '(') return this.#group()
    if (char === '\\') return this.#escape()
    if (char === '[') return [this.#class()]
    this.#at += char.length
    if (char === '.') return [{ type: 'char', matches: this.#flags.dotAll ? () => true : code => code !== lineFeed }]
    if (char === '^') return [{ type: 'assert', assertion: this.#flags.multiLine ? 'beginLine' : 'begin' }]
    if (char === '$') return [{ type: 'assert', assertion: this.#flags.multiLine ? 'endLine' : 'end' }]
    return [this.#literal(char)]
  }

  #literal(char: string): Node {
    const own = char.codePointAt(0)
    return this.#flags.ignoreCase ? this.#oneOf(literal(char)) : { type: 'char', matches: code => code === own }
  }

  /** `members` as they stand in a class of JavaScript's. */
  #oneOf(members: string, not = ''): Node {
    return { type: 'char', matches: charTest(`[${not}${members}]`, this.#flags.ignoreCase) }
  }

  #group(): Node[] | undefined {
    const outer = this.#flags
    const named = /^\(\?P?<[A-Za-z0-9_]+>/.exec(this.#rest)
    const flags = /^\(\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])/.exec(this.#rest)
    if (!named && !flags && this.#rest.startsWith('(?')) {
      throw new PatternError('invalid or unsupported Perl syntax', /^\(\?(<[=!]|.)?/.exec(this.#rest)?.[0])
    }
    this.#at += (named ?? flags)?.[0].length ?? 1
    if (flags && !named) this.#flags = flagsAfter(outer, flags)
    if (flags?.[3] === ')' && !named) return undefined
    const node = this.#alternatives()
    if (this.#text[this.#at] !== ')') throw new PatternError('missing closing )', this.#text)
    this.#at++
    this.#flags = outer
    return [node]
  }

  #escape(): Node[] {
    const char = this.#rest[1] ?? ''
    const assertion = Object.hasOwn(assertions, char) ? assertions[char] : undefined
    if (assertion) {
      this.#at += 2
      return [{ type: 'assert', assertion }]
    }
    return char === 'Q' ? this.#quoted() : [this.#oneOf(this.#escaped())]
  }

  #quoted(): Node[] {
    const end = this.#text.indexOf('\\E', this.#at)
    const stop = end < 0 ? this.#text.length : end
    const nodes = [...this.#text.slice(this.#at + 2, stop)].map(char => this.#literal(char))
    this.#at = end < 0 ? stop : stop + 2
    return nodes
  }

  /** What an escape stands for, as a member of a class. */
  #escaped(): string {
    const rest = this.#rest
    const take = (length: number, member: string) => {
      this.#at += length
      return member
    }
    const hex = /^\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(rest)
    if (hex) return take(hex[0].length, codePoint(Number.parseInt(hex[1] ?? hex[2] ?? '', 16), hex[0]))
    const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest)
    if (octal) return take(octal[0].length, codePoint(Number.parseInt(octal[1] ?? '', 8), octal[0]))
    const category = /^\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/.exec(rest)
    if (category) return take(category[0].length, categoryOf(category))
    if (rest.length === 1) throw new PatternError('trailing backslash at end of expression', '')
    const char = String.fromCodePoint(rest.codePointAt(1) ?? 0)
    if (Object.hasOwn(shorthands, char)) return take(2, shorthands[char] ?? '')
    if (/[A-Za-z0-9]/.test(char)) throw new PatternError('invalid escape sequence', `\\${char}`)
    return take(1 + char.length, literal(char))
  }

  #class(): Node {
    const start = this.#at++
    const not = this.#text[this.#at] === '^' ? '^' : ''
    this.#at += not.length
    let members = ''
    for (let isFirst = true; ; isFirst = false) {
      if (this.#at >= this.#text.length) throw new PatternError('missing closing ]', this.#text.slice(start))
      if (this.#text[this.#at] === ']' && !isFirst) break
      members += this.#member(members)
    }
    this.#at++
    return this.#oneOf(members, not)
  }

  #member(before: string): string {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.#rest)
    if (posix) {
      const [all, not, name = ''] = posix
      if (not || !Object.hasOwn(posixClasses, name)) throw new PatternError('invalid character class range', all)
      this.#at += all.length
      return posixClasses[name] ?? ''
    }
    if (this.#text[this.#at] === '\\') return this.#escaped()
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0)
    this.#at += char.length
    // Between two members it is a range; at an end, or behind a class, it is itself.
    const isRange = char === '-' && this.#text[this.#at] !== ']' && before !== '' && !/\\[dDwW]$/.test(before)
    return isRange ? '-' : literal(char)
  }
}

function bounds(operator: string, from: string | undefined, comma: string | undefined, to: string | undefined) {
  if (from === undefined) return { min: operator === '+' ? 1 : 0, max: operator === '?' ? 1 : undefined }
  const min = Number(from)
  const max = comma ? (to ? Number(to) : undefined) : min
  if (min > maxRepeat || (max !== undefined && (max > maxRepeat || max < min))) {
    throw new PatternError('invalid repeat count', operator)
  }
  return { min, max }
}

/** `(?i)` holds to the end of the group it stands in, `(?i:…)` within itself. */
function flagsAfter(flags: Flags, [all = '', on = '', off = '']: RegExpExecArray): Flags {
  if (/[^ims]/.test(on + off.slice(1))) throw new PatternError('invalid or unsupported Perl syntax', all)
  const has = (letter: string, before: boolean) => (on.includes(letter) || before) && !off.includes(letter)
  return {
    ignoreCase: has('i', flags.ignoreCase),
    multiLine: has('m', flags.multiLine),
    dotAll: has('s', flags.dotAll),
  }
}

function codePoint(value: number, where: string): string {
  if (value > 0x10ffff) throw new PatternError('invalid escape sequence', where)
  return `\\u{${value.toString(16)}}`
}

function categoryOf([all = '', letter, not, long, short]: RegExpExecArray): string {
  const name = long ?? short ?? ''
  const isNegated = (letter === 'P') !== (not === '^')
  const member = `\\${isNegated ? 'P' : 'p'}{${name.length > 2 ? `Script=${name}` : name}}`
  try {
    new RegExp(member, 'u')
    return member
  } catch (cause) {
    throw Object.assign(new PatternError('invalid character class range', all), { cause })
  }
}

function literal(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
}

/** One character against a class of JavaScript's, with the answers for the common ones kept. */
function charTest(text: string, ignoreCase: boolean): CharTest {
  let expression: RegExp
  try {
    expression = new RegExp(`^${text}$`, ignoreCase ? 'iu' : 'u')
  } catch (cause) {
    throw Object.assign(new PatternError('invalid character class range', text), { cause })
  }
  const isOne = (code: number) => expression.test(String.fromCodePoint(code))
  const common = Uint8Array.from({ length: 0x80 }, (_, code) => Number(isOne(code)))
  return code => (code < 0x80 ? common[code] === 1 : isOne(code))
}
