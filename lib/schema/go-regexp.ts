// Patterns as Go's regexp package has them: its syntax, its errors, and a time that grows with the text and no faster,
// whatever the pattern. JavaScript's own engine can be kept busy for minutes by a short text.

import { RE2JS, RE2JSSyntaxException } from 're2js'

export interface GoRegExp {
  /** Is there a match anywhere in the text? */
  test(text: string): boolean
}

/** Go does not take the pattern; the message is Go's. */
export class PatternError extends Error {}

const compiled = new Map<string, GoRegExp>()
const maxCompiled = 1000

/** Throws PatternError. */
export function goRegExp(pattern: string): GoRegExp {
  const known = compiled.get(pattern)
  if (known) return known
  const expression = compile(pattern)
  if (compiled.size >= maxCompiled) compiled.clear()
  compiled.set(pattern, expression)
  return expression
}

function compile(pattern: string): GoRegExp {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
    // Go always says which part of the pattern it means, even when that is empty.
    const why = error.message.endsWith('`') ? error.message : `${error.message}: \`\``
    throw new PatternError(why, { cause: error })
  }
}
