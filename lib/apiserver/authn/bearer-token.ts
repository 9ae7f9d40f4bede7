// Where a request carries its token: the Authorization header, or, for browsers opening a WebSocket, a subprotocol.

import type { IncomingHttpHeaders } from 'node:http'

const protocolPrefix = 'base64url.bearer.authorization.k8s.io.'

/** undefined: none. */
export function bearerToken(headers: IncomingHttpHeaders): string | undefined {
  const [scheme, token] = (headers.authorization ?? '').trim().split(/ +/)
  if (scheme?.toLowerCase() === 'bearer' && token) return token
  const carried = protocolsOf(headers).find(protocol => protocol.startsWith(protocolPrefix))
  return carried && Buffer.from(carried.slice(protocolPrefix.length), 'base64url').toString('utf8')
}

/** The subprotocols that carry no token stay: the client and the kubelet settle on one of them. */
export function dropBearerToken(headers: IncomingHttpHeaders): void {
  delete headers.authorization
  if (headers['sec-websocket-protocol'] === undefined) return
  const others = protocolsOf(headers).filter(protocol => !protocol.startsWith(protocolPrefix))
  if (others.length > 0) headers['sec-websocket-protocol'] = others.join(', ')
  else delete headers['sec-websocket-protocol']
}

function protocolsOf(headers: IncomingHttpHeaders): string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map(protocol => protocol.trim())
}
