// A client that kept an answer asks whether it still holds.

import type { ApiRequest } from './chain.ts'

/** `etag` is quoted, as it goes out. */
export function isHeld({ headers }: Pick<ApiRequest, 'headers'>, etag: string): boolean {
  const held = headers['if-none-match']?.split(',').map(tag => tag.trim().replace(/^W\//, ''))
  return held?.some(tag => tag === etag || tag === '*') ?? false
}
