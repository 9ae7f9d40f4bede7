// Base64 as Go's StdEncoding reads it: line breaks are skipped, padding is required.

const digit = /[A-Za-z0-9+/]/
const isBreak = (char: string | undefined) => char === '\n' || char === '\r'

/** The text as Go writes it back. Throws an Error with Go's text. */
export function canonicalBase64(text: string): string {
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$/.test(text)) {
    return text.endsWith('=') ? rewritten(text) : text
  }
  const at = corruptAt(text)
  if (at >= 0) throw new Error(`illegal base64 data at input byte ${at}`)
  return rewritten(text)
}

/** Bits that the padding leaves over are dropped. */
const rewritten = (text: string) => Buffer.from(text, 'base64').toString('base64')

/** The byte at which Go finds the text wrong, or -1. */
function corruptAt(text: string): number {
  let inQuantum = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (isBreak(char)) continue
    if (char === '=') return paddingCorruptAt(text, at, inQuantum)
    if (!digit.test(char ?? '')) return Buffer.byteLength(text.slice(0, at))
    inQuantum = (inQuantum + 1) % 4
  }
  return inQuantum === 0 ? -1 : text.length - inQuantum
}

function paddingCorruptAt(text: string, at: number, inQuantum: number): number {
  if (inQuantum < 2) return at
  let next = afterBreaks(text, at + 1)
  if (inQuantum === 2) {
    if (next === text.length) return text.length
    if (text[next] !== '=') return next
    next = afterBreaks(text, next + 1)
  }
  return next < text.length ? next : -1
}

function afterBreaks(text: string, at: number): number {
  while (isBreak(text[at])) at++
  return at
}
