// The texts collected on the way become Warning headers, each once, within upstream's bounds.

import type { Filter } from '../chain.ts'

const maxTotalCharacters = 4 * 1024
const maxCharactersEach = 256

export const withWarnings: Filter = next => async request => {
  const response = await next(request)
  if (request.warnings.length === 0) return response
  return { ...response, headers: { ...response.headers, warning: warningHeaders(request.warnings) } }
}

/** `299 - "text"`, as RFC 7234 has it. When all would be too much, each is cut. */
export function warningHeaders(texts: string[]): string[] {
  const unique = [...new Set(texts.map(clean).filter(text => text !== ''))]
  const total = unique.reduce((sum, text) => sum + text.length, 0)
  const cut = total > maxTotalCharacters ? unique.map(text => text.slice(0, maxCharactersEach)) : unique
  const headers: string[] = []
  let used = 0
  for (const text of cut) {
    used += text.length
    if (used > maxTotalCharacters) break
    headers.push(`299 - "${text.replace(/[\\"]/g, '\\$&')}"`)
  }
  return headers
}

/** Control characters and what a header cannot carry become spaces. */
function clean(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, ' ').trim()
}
