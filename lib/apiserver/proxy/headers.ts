// Which headers a proxied request and its answer carry on. Pure.

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** They are about one connection, not about the request. RFC 9110, section 7.6.1. */
const hopByHop = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** A page behind the proxy shares the API's origin: it must not open it to others. */
const crossOrigin = new Set([
  'access-control-allow-credentials',
  'access-control-allow-headers',
  'access-control-allow-methods',
  'access-control-allow-origin',
])

/** Without the credentials, which the filters have taken out. An upgrade keeps what asks for it. */
export function forwardedHeaders(
  headers: IncomingHttpHeaders,
  given: { remoteAddress: string; uri?: string; isUpgrade?: boolean },
): OutgoingHttpHeaders {
  const forwarded = endToEnd(headers, given.isUpgrade ? new Set() : connectionHeaders(headers))
  delete forwarded.expect
  delete forwarded.authorization
  forwarded.host = hostOf(headers)
  if (given.uri !== undefined) forwarded['x-forwarded-uri'] = given.uri
  const before = [headers['x-forwarded-for'] ?? []].flat()
  forwarded['x-forwarded-for'] = [...before, given.remoteAddress].filter(part => part !== '').join(', ')
  return forwarded
}

/** What the client called us: HTTP/2 says it in a pseudo-header. */
export function hostOf(headers: IncomingHttpHeaders): string {
  return headers.host ?? String(headers[':authority'] ?? '')
}

export function answeredHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const answered: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(endToEnd(headers, connectionHeaders(headers)))) {
    if (!crossOrigin.has(name)) answered[name] = value as string | string[]
  }
  // Ours, which every answer has, and the backend's.
  if (answered['cache-control']) answered['cache-control'] = ['no-cache, private', answered['cache-control']].flat()
  return answered
}

/** Pseudo-headers of HTTP/2 begin with a colon. */
function endToEnd(headers: IncomingHttpHeaders, dropped: Set<string>): OutgoingHttpHeaders {
  const kept: OutgoingHttpHeaders = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':') && !dropped.has(name)) kept[name] = value
  }
  return kept
}

/** Hop-by-hop, and whatever the Connection header names. */
function connectionHeaders({ connection = '' }: IncomingHttpHeaders): Set<string> {
  const named = connection.split(',').map(name => name.trim().toLowerCase())
  return new Set([...hopByHop, ...named])
}
