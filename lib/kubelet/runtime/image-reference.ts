// Image names as people write them, made full: pure.
// https://github.com/distribution/reference

/** `web` → `docker.io/library/web:latest`; a digest takes the place of the tag. */
export function normalizeReference(reference: string): string {
  const slash = reference.indexOf('/')
  const first = reference.slice(0, Math.max(0, slash))
  const hasHost = /[.:]/.test(first) || first === 'localhost'
  const host = hasHost ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io'
  const rest = hasHost ? reference.slice(slash + 1) : reference
  const path = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest
  const named = path.includes('@') ? withoutTag(path) : /:[^/]+$/.test(path) ? path : `${path}:latest`
  return `${host}/${named}`
}

/** `repo:tag@sha256:…`: the digest decides. */
function withoutTag(path: string): string {
  const [name = '', digest = ''] = path.split('@')
  return `${name.replace(/:[^/:]+$/, '')}@${digest}`
}

/** `docker.io/library/web:1` → `docker.io/library/web`. */
export function repository(reference: string): string {
  return (reference.split('@')[0] ?? '').replace(/:[^/:]+$/, '')
}

/** True for an image's id, whole or its beginning, rather than its name. */
export function isImageId(reference: string): boolean {
  return /^(sha256:)?[0-9a-f]{12,64}$/.test(reference)
}
