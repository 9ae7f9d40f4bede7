// Where the next page begins: upstream's continue token, so that either server understands the other's.

import { posix } from 'node:path'
import { badRequest } from '../api/errors.ts'
import { goJsonError } from './go-json.ts'

export interface ContinueToken {
  /** The snapshot's; -1: whatever is there now. */
  revision: bigint
  /** The first key that may come, below the list's prefix. */
  start: string
}

export function encodeContinue({ revision, start }: ContinueToken): string {
  const json = `{"v":"meta.k8s.io/v1","rv":${revision},"start":${JSON.stringify(start)}}`
  return Buffer.from(json).toString('base64url')
}

/** Throws BadRequest. */
export function decodeContinue(text: string): ContinueToken {
  const { v, rv, start } = parsed(text)
  if (v !== 'meta.k8s.io/v1') throw bad(`server does not recognize this encoded version ${v ?? ''}`)
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0) {
    throw bad('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  }
  if (typeof start !== 'string' || start === '') throw bad('encoded start key empty (version meta.k8s.io/v1)')
  if (posix.normalize(`/${start}`) !== `/${start}` || start.endsWith('/')) throw bad(start)
  return { revision: BigInt(rv), start }
}

function bad(why: string) {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`)
}

const notBase64 = /[^\w-]/

function parsed(text: string): Record<string, unknown> {
  const wrongAt = text.length % 4 === 1 ? text.length - 1 : text.search(notBase64)
  if (wrongAt >= 0) throw bad(`illegal base64 data at input byte ${wrongAt}`)
  const json = Buffer.from(text, 'base64url').toString()
  try {
    const value: unknown = JSON.parse(json)
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch (cause) {
    throw Object.assign(bad(goJsonError(json)), { cause })
  }
  throw bad('not an object')
}
