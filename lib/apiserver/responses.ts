// Answers as values: JSON objects and Status, for handlers.

import type { Status } from '../api/errors.ts'
import type { ApiResponse } from './chain.ts'

export const jsonHeaders = { 'content-type': 'application/json' }

/** An object as JSON, not negotiated: for answers that are always JSON. */
export function jsonResponse(object: unknown, status = 200): ApiResponse {
  return { status, headers: jsonHeaders, body: `${JSON.stringify(object)}\n` }
}

/** A Status as the answer, with its own code. */
export function statusResponse(status: Status): ApiResponse {
  return jsonResponse(status, status.code ?? 200)
}

export function textResponse(text: string, status = 200): ApiResponse {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: text,
  }
}
