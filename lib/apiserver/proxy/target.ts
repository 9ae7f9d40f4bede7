// What a request to a proxy subresource is for: the parts of `https:web:8080` and the path behind `/proxy`. Pure.

import { posix } from 'node:path'

export interface ProxyTarget {
  scheme: 'http' | 'https' | ''
  name: string
  /** A number or a name; '' for none. */
  port: string
}

/** `name`, `name:port` or `scheme:name:port`; undefined for anything else. */
export function parseTarget(id: string): ProxyTarget | undefined {
  const parts = id.split(':')
  if (parts.length > 3) return undefined
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts]
  if (name === '' || (scheme !== '' && scheme !== 'http' && scheme !== 'https')) return undefined
  return { scheme, name, port }
}

/** What stands behind `/proxy`, cleaned of `.`, `..` and double slashes; a slash at its end stays. '' for nothing. */
export function proxiedPath(path: string, parts: string[]): string {
  const below = parts.length > 0 ? `/${parts.join('/')}` : ''
  const slash = path.endsWith('/') ? '/' : ''
  return below === '' ? slash : joinPath(below, slash)
}

/** Cleaned; a slash at the end of the last part that is not empty stays. */
export function joinPath(...parts: string[]): string {
  const joined = posix.join(...parts).replace(/(?<=.)\/$/, '')
  const last = parts.findLast(part => part !== '') ?? ''
  return last.endsWith('/') && !joined.endsWith('/') ? `${joined}/` : joined
}

/** As Go escapes a decoded path. */
export function escapePath(path: string): string {
  return encodeURIComponent(path)
    .replace(/%(24|26|2B|2C|2F|3A|3B|3D|40)/g, escaped => decodeURIComponent(escaped))
    .replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
