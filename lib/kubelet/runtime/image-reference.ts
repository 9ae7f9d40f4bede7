// Image names as people write them, made full: pure.
// https://github.com/distribution/reference

/** `web` → `docker.io/library/web:latest`; a digest takes the place of the tag. */
export function normalizeReference(reference: string): string {
  const { domain, path } = withDomain(reference)
  const named = path.includes('@') ? withoutTag(path) : /:[^/]+$/.test(path) ? path : `${path}:latest`
  return `${domain}/${named}`
}

/** The part before the first slash is a domain only when it looks like one. */
function withDomain(reference: string): { domain: string; path: string } {
  const slash = reference.indexOf('/')
  const first = reference.slice(0, Math.max(0, slash))
  const hasDomain = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  const domain = hasDomain ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io'
  const rest = hasDomain ? reference.slice(slash + 1) : reference
  return { domain, path: domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest }
}

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const domain = `(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const digest = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}'
const reference = new RegExp(`^${domain}/(${component}(?:/${component})*)(?::\\w[\\w.-]{0,127})?(?:@(${digest}))?$`)
const longestPath = 255
const digestLengths: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha384', 96],
  ['sha512', 128],
])

/** Why this is no image's name; undefined when it is one. */
export function referenceProblem(text: string): string | undefined {
  if (/^[a-f0-9]{64}$/.test(text)) {
    return `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`
  }
  const { domain, path } = withDomain(text)
  const [name = ''] = path.split(':')
  if (name !== name.toLowerCase()) return `invalid reference format: repository name (${name}) must be lowercase`
  const found = reference.exec(`${domain}/${path}`)
  if (!found) return 'invalid reference format'
  const [, repositoryPath = '', digest] = found
  if (repositoryPath.length > longestPath) return `repository name must not be more than ${longestPath} characters`
  return digest === undefined ? undefined : digestProblem(digest)
}

function digestProblem(digest: string): string | undefined {
  const [algorithm = '', encoded = ''] = digest.split(':')
  const length = digestLengths.get(algorithm)
  if (!length) return algorithm === algorithm.toLowerCase() ? 'unsupported digest algorithm' : wrongDigest
  if (encoded.length !== length) return 'invalid checksum digest length'
  return encoded === encoded.toLowerCase() ? undefined : wrongDigest
}

const wrongDigest = 'invalid checksum digest format'

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
