// What Go's encoding/json says about text that is not JSON: clients and people know these sentences. Run only when
// JSON.parse has failed.

const whitespace = new Set([' ', '\t', '\r', '\n'])
const endOfInput = 'unexpected end of JSON input'

class SyntaxProblem extends Error {}

/** The error's text, for text that JSON.parse refused. */
export function goJsonError(text: string): string {
  try {
    const end = value(text, space(text, 0))
    const rest = space(text, end)
    if (rest < text.length) fail(text, rest, 'after top-level value')
    return endOfInput
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message
    // We call ourselves for every level, and Go's decoder stops at 10,000.
    if (error instanceof RangeError) return 'exceeded max depth'
    throw error
  }
}

function fail(text: string, at: number, where: string): never {
  if (at >= text.length) throw new SyntaxProblem(endOfInput)
  throw new SyntaxProblem(`invalid character ${quoted(firstByte(text, at))} ${where}`)
}

/** Go looks at bytes, and shows one as if it were a character. */
function firstByte(text: string, at: number): string {
  const [byte = 0] = Buffer.from(String.fromCodePoint(text.codePointAt(at) ?? 0))
  return String.fromCharCode(byte)
}

/** As Go's %q quotes a rune. */
function quoted(char: string): string {
  if (char === "'") return `'\\''`
  if (char === '"') return `'"'`
  const code = char.codePointAt(0) ?? 0
  const isControl = code < 0x20 || code === 0x7f
  if (!isControl && !(code >= 0x80 && code <= 0xa0) && code !== 0xad) return `'${char}'`
  if (!isControl) return `'\\u${code.toString(16).padStart(4, '0')}'`
  const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f', '\v': '\\v' }
  return `'${short[char] ?? `\\x${code.toString(16).padStart(2, '0')}`}'`
}

function space(text: string, at: number): number {
  while (whitespace.has(text[at] ?? '')) at++
  return at
}

function value(text: string, at: number): number {
  const char = text[at] ?? ''
  if (char === '{') return object(text, at + 1)
  if (char === '[') return array(text, at + 1)
  if (char === '"') return string(text, at + 1)
  if (char === '-' || isDigit(char)) return number(text, at)
  const literal = ['true', 'false', 'null'].find(word => word[0] === char)
  if (literal) return word(text, at, literal)
  return fail(text, at, 'looking for beginning of value')
}

function object(text: string, start: number): number {
  let at = space(text, start)
  if (text[at] === '}') return at + 1
  for (;;) {
    if (text[at] !== '"') fail(text, at, 'looking for beginning of object key string')
    at = space(text, string(text, at + 1))
    if (text[at] !== ':') fail(text, at, 'after object key')
    at = space(text, value(text, space(text, at + 1)))
    if (text[at] === '}') return at + 1
    if (text[at] !== ',') fail(text, at, 'after object key:value pair')
    at = space(text, at + 1)
  }
}

function array(text: string, start: number): number {
  let at = space(text, start)
  if (text[at] === ']') return at + 1
  for (;;) {
    at = space(text, value(text, at))
    if (text[at] === ']') return at + 1
    if (text[at] !== ',') fail(text, at, 'after array element')
    at = space(text, at + 1)
  }
}

function string(text: string, start: number): number {
  for (let at = start; ; at++) {
    const char = text[at]
    if (char === undefined || char < ' ') fail(text, at, 'in string literal')
    if (char === '"') return at + 1
    if (char === '\\') at = escapeEnd(text, at + 1)
  }
}

/** The position of the escape's last character. */
function escapeEnd(text: string, at: number): number {
  const char = text[at] ?? ''
  if (char === 'u') {
    for (let digit = at + 1; digit <= at + 4; digit++) {
      if (!/[0-9a-fA-F]/.test(text[digit] ?? '')) fail(text, digit, 'in \\u hexadecimal character escape')
    }
    return at + 4
  }
  if (char === '' || !'"\\/bfnrt'.includes(char)) fail(text, at, 'in string escape code')
  return at
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9'
}

function digits(text: string, at: number, where: string): number {
  if (!isDigit(text[at])) fail(text, at, where)
  while (isDigit(text[at])) at++
  return at
}

function number(text: string, start: number): number {
  let at = text[start] === '-' ? start + 1 : start
  at = text[at] === '0' ? at + 1 : digits(text, at, 'in numeric literal')
  if (text[at] === '.') at = digits(text, at + 1, 'after decimal point in numeric literal')
  if (text[at] === 'e' || text[at] === 'E') {
    at++
    if (text[at] === '+' || text[at] === '-') at++
    at = digits(text, at, 'in exponent of numeric literal')
  }
  return at
}

function word(text: string, start: number, expected: string): number {
  for (let index = 1; index < expected.length; index++) {
    const wanted = expected[index] ?? ''
    if (text[start + index] !== wanted) fail(text, start + index, `in literal ${expected} (expecting '${wanted}')`)
  }
  return start + expected.length
}
