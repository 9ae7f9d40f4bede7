// Every request has an id, its own or the client's, and every answer carries it.

import { randomUUID } from 'node:crypto'
import type { Filter } from '../chain.ts'

export const withAuditId: Filter = next => async request => {
  const given = request.headers['audit-id']
  request.auditId = (Array.isArray(given) ? given[0] : given)?.slice(0, 64) || randomUUID()
  const response = await next(request)
  return { ...response, headers: { ...response.headers, 'audit-id': request.auditId } }
}
