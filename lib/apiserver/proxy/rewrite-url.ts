// The addresses that a proxied page or redirect names: those of its own host must lead through the proxy. Pure.

import { posix } from 'node:path'

export interface PageAddress {
  /** The path of the proxy subresource, which paths of the backend stand below. */
  prefix: string
  /** `10.0.0.7:80`, and the Host header that the backend was sent. */
  backend: string
  host: string
}

const parts = /^([a-z][a-z0-9+.-]*:)?(?:\/\/(?:[^/?#@]*@)?([^/?#]*))?([^?#]*)(.*)$/is

/** Unchanged when it is relative, another host's, or leads through the proxy already. */
export function rewriteUrl(url: string, { prefix, backend, host }: PageAddress): string {
  const [, scheme = '', authority = '', path = '', rest = ''] = parts.exec(url) ?? []
  const isElsewhere = authority !== '' && authority !== backend && authority !== host
  if (isElsewhere || !path.startsWith('/')) return url
  const origin = authority !== '' && authority === host ? `${scheme}//${authority}` : ''
  if (path.startsWith(prefix)) return `${origin}${path}${rest}`
  const joined = posix.join(prefix, path)
  const slash = path.endsWith('/') && !joined.endsWith('/') ? '/' : ''
  return `${origin}${joined}${slash}${rest}`
}
