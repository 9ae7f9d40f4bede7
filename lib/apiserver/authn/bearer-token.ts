// Where a request carries its token: the Authorization header, or, for browsers opening a WebSocket, a subprotocol.

import type { IncomingHttpHeaders } from 'node:http'

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.'

/** undefined: none. */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  const [scheme, token] = (headers.authorization ?? '').trim().split(/ +/)
  if (scheme?.toLowerCase() === 'bearer' && token) return token
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map(protocol => protocol.trim())
  const carried = protocols.find(protocol => protocol.startsWith(protocolPrefix))
  return carried && Buffer.from(carried.slice(protocolPrefix.length), 'base64url').toString('utf8')
}
