// ASCII's control characters, which Go refuses in URLs and Windows in names.

/** Those below the space, and DEL. */
export function hasControlCharacters(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 0x20 || code === 0x7f) return true
  }
  return false
}
