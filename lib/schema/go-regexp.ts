// Patterns are written for Go's regexp package (RE2) and run by JavaScript's: the same language but for a few letters,
// which are translated here. What Go refuses (look-around, back references) is refused in its words.

/** A pattern that Go's regexp.Compile would not take, in its words. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

const compiled = new Map<string, RegExp>()
const maxCompiled = 1000

/** Throws PatternError. */
export function goRegExp(pattern: string): RegExp {
  const known = compiled.get(pattern)
  if (known) return known
  const expression = build(pattern)
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(pattern, expression)
  return expression
}

function build(pattern: string): RegExp {
  const translated = new Translation(pattern).run()
  try {
    return new RegExp(translated, 'u')
  } catch (cause) {
    const why = (cause as Error).message.split(': ').pop() ?? ''
    throw Object.assign(new PatternError(`error parsing regexp: ${why}: \`${pattern}\``), { cause })
  }
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

const maxRepeat = 1000

class Translation {
  readonly #text: string
  #at = 0
  #out = ''
  /** The groups that `(?i)` opened in each group we are in. */
  readonly #openFlags: string[][] = [[]]

  constructor(text: string) {
    this.#text = text
  }

  run(): string {
    while (this.#at < this.#text.length) this.#next()
    if (this.#openFlags.length > 1) throw this.#error('missing closing )', this.#text)
    return this.#out + ')'.repeat(this.#openFlags[0]?.length ?? 0)
  }

  #error(why: string, where: string): PatternError {
    return new PatternError(`error parsing regexp: ${why}: \`${where}\``)
  }

  #next(): void {
    const char = this.#text[this.#at] ?? ''
    if (char === '\\') this.#escape(false)
    else if (char === '[') this.#class()
    else if (char === '(') this.#open()
    else if (char === ')') this.#close()
    else if (char === '|') this.#alternative()
    else if (char === '{') this.#brace()
    else if (char === ']' || char === '}') this.#emit(`\\${char}`, 1)
    else if (char === '*' || char === '+' || char === '?') this.#repeat(char, 1)
    else this.#emit(char, 1)
  }

  #emit(out: string, length: number): void {
    this.#out += out
    this.#at += length
  }

  /** After a repetition Go takes one `?` and no other operator. */
  #repeat(operator: string, length: number): void {
    const text = this.#text
    if (this.#out === '' || /(^|[^\\])[(|]$/.test(this.#out)) {
      throw this.#error('missing argument to repetition operator', operator)
    }
    this.#emit(operator, length)
    const lazy = text[this.#at] === '?' ? 1 : 0
    if (lazy) this.#emit('?', 1)
    const next = /^(?:[*+?]|\{\d+(?:,\d*)?\})/.exec(text.slice(this.#at))?.[0]
    if (next) throw this.#error('invalid nested repetition operator', operator + '?'.repeat(lazy) + next)
  }

  #brace(): void {
    const match = /^\{(\d+)(?:,(\d*))?\}/.exec(this.#text.slice(this.#at))
    if (!match) {
      this.#emit('\\{', 1)
      return
    }
    const [all, from, to] = match
    if (Number(from) > maxRepeat || Number(to || 0) > maxRepeat || (to && Number(to) < Number(from))) {
      throw this.#error('invalid repeat count', all)
    }
    this.#repeat(all, all.length)
  }

  #open(): void {
    const rest = this.#text.slice(this.#at)
    const named = /^\(\?P?<([A-Za-z0-9_]+)>/.exec(rest)
    const flags = /^\(\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])/.exec(rest)
    if (named) {
      this.#openFlags.push([])
      this.#emit(`(?<${named[1]}>`, named[0].length)
    } else if (flags) this.#flags(flags)
    else if (rest.startsWith('(?')) {
      throw this.#error('invalid or unsupported Perl syntax', /^\(\?(<[=!]|.)?/.exec(rest)?.[0] ?? rest)
    } else {
      this.#openFlags.push([])
      this.#emit('(', 1)
    }
  }

  /** `(?i)` holds to the end of the group it stands in, which becomes a group of its own. */
  #flags([all = '', on = '', off = '', end]: RegExpExecArray): void {
    if (/[^ims]/.test(on + off.slice(1))) throw this.#error('invalid or unsupported Perl syntax', all)
    const group = on || off.length > 1 ? `(?${on}${off.length > 1 ? off : ''}:` : '(?:'
    this.#emit(group, all.length)
    if (end === ':') this.#openFlags.push([])
    else this.#openFlags.at(-1)?.push(group)
  }

  /** What `(?i)` began goes on behind the bar, which is the outer group's. */
  #alternative(): void {
    const open = this.#openFlags.at(-1) ?? []
    this.#emit(`${')'.repeat(open.length)}|${open.join('')}`, 1)
  }

  #close(): void {
    if (this.#openFlags.length === 1) throw this.#error('unexpected )', this.#text)
    this.#emit(')'.repeat((this.#openFlags.pop()?.length ?? 0) + 1), 1)
  }

  #escape(inClass: boolean): void {
    const rest = this.#text.slice(this.#at)
    const char = rest[1]
    if (char === undefined) throw this.#error('trailing backslash at end of expression', '')
    const hex = /^\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))/.exec(rest)
    const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(rest)
    const category = /^\\([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/.exec(rest)
    if (hex) {
      this.#emit(`\\u{${hex[1] ?? hex[2]}}`, hex[0].length)
      return
    }
    if (octal) {
      this.#emit(`\\u{${Number.parseInt(octal[1] ?? '0', 8).toString(16)}}`, octal[0].length)
      return
    }
    if (category) {
      this.#category(category)
      return
    }
    const out = inClass ? this.#shorthandInClass(char) : shorthands[char]
    if (out !== undefined) {
      this.#emit(out, 2)
      return
    }
    if (char === 'Q' && !inClass) {
      this.#quoted()
      return
    }
    if (/[A-Za-z0-9]/.test(char)) throw this.#error('invalid escape sequence', `\\${char}`)
    this.#emit(literal(char), 1 + char.length)
  }

  #category([all = '', letter, not, long, short]: RegExpExecArray): void {
    const name = long ?? short ?? ''
    const isNegated = (letter === 'P') !== (not === '^')
    const isScript = name.length > 2
    this.#emit(`\\${isNegated ? 'P' : 'p'}{${isScript ? `Script=${name}` : name}}`, all.length)
  }

  #shorthandInClass(char: string): string | undefined {
    if (char === 's') return '\\t\\n\\f\\r '
    if (char === 'S') return '\\x00-\\x08\\x0B\\x0E-\\x1F\\x21-\\u{10FFFF}'
    return ['d', 'D', 'w', 'W'].includes(char) ? `\\${char}` : controls[char]
  }

  #quoted(): void {
    const end = this.#text.indexOf('\\E', this.#at)
    const stop = end < 0 ? this.#text.length : end
    for (const char of this.#text.slice(this.#at + 2, stop)) this.#out += literal(char)
    this.#at = end < 0 ? stop : stop + 2
  }

  #class(): void {
    const start = this.#at
    this.#emit('[', 1)
    if (this.#text[this.#at] === '^') this.#emit('^', 1)
    for (let isFirst = true; ; isFirst = false) {
      const rest = this.#text.slice(this.#at)
      if (rest === '') throw this.#error('missing closing ]', this.#text.slice(start))
      if (rest[0] === ']' && !isFirst) {
        this.#emit(']', 1)
        return
      }
      this.#classMember(rest)
    }
  }

  #classMember(rest: string): void {
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(rest)
    if (posix) {
      const [all, not, name = ''] = posix
      const members = Object.hasOwn(posixClasses, name) ? posixClasses[name] : undefined
      if (members === undefined || not) throw this.#error('invalid character class range', all)
      this.#emit(members, all.length)
    } else if (rest[0] === '\\') this.#escape(true)
    else if (rest[0] === '-') this.#hyphen(rest)
    else {
      const char = String.fromCodePoint(rest.codePointAt(0) ?? 0)
      this.#emit('[]{}()|/'.includes(char) ? `\\${char}` : char, char.length)
    }
  }

  /** A hyphen between two members is a range; at an end, or behind a class, it is itself. */
  #hyphen(rest: string): void {
    const isRange = rest[1] !== ']' && !/\[\^?$/.test(this.#out) && !/\\[dDwW]$/.test(this.#out)
    this.#emit(isRange ? '-' : '\\-', 1)
  }
}

const controls: Record<string, string> = {
  a: '\\x07',
  f: '\\f',
  n: '\\n',
  r: '\\r',
  t: '\\t',
  v: '\\v',
}

/** \s is five characters in Go, and many in JavaScript. */
const shorthands: Record<string, string> = {
  ...controls,
  d: '\\d',
  D: '\\D',
  w: '\\w',
  W: '\\W',
  b: '\\b',
  B: '\\B',
  s: '[\\t\\n\\f\\r ]',
  S: '[^\\t\\n\\f\\r ]',
  A: '(?<![\\s\\S])',
  z: '(?![\\s\\S])',
}

function literal(char: string): string {
  return /[A-Za-z0-9_]/.test(char) || (char.codePointAt(0) ?? 0) > 0x7f
    ? char
    : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}
