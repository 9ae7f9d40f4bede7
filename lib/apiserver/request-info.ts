// What is asked: the path and method taken apart, as upstream's RequestInfo.

import { hasReason } from '../api/errors.ts'
import { type FieldRequirement, parseFieldSelector } from '../api/selectors.ts'
import { pathSegmentProblems } from './path-segment.ts'

export interface RequestInfo {
  isResourceRequest: boolean
  path: string
  /** get, list, watch, create, update, patch, delete, deletecollection, proxy; for other paths the method in lower case. */
  verb: string
  apiGroup: string
  apiVersion: string
  /** '' for cluster-scoped and all-namespaces requests. */
  namespace: string
  /** The plural. */
  resource: string
  subresource: string
  name: string
  /** What follows the subresource: the path of a proxied request. */
  parts: string[]
  /** Of list, watch and deletecollection: what is asked may be allowed for a part only. */
  fieldSelector?: FieldRequirement[]
}

/** A map, because over HTTP/2 a method is any word, `constructor` too. */
const verbOfMethod = new Map([
  ['POST', 'create'],
  ['GET', 'get'],
  ['HEAD', 'get'],
  ['PUT', 'update'],
  ['PATCH', 'patch'],
  ['DELETE', 'delete'],
])

/** Below /namespaces/<name>/ these are parts of the namespace, not resources in it. */
const namespaceSubresources = new Set(['status', 'finalize'])

/** `path` is decoded and without query. */
export function requestInfo(method: string, path: string, query: URLSearchParams): RequestInfo {
  const info = nonResource(method, path)
  const parts = path.split('/').filter(part => part !== '')
  const root = parts[0]
  if (parts.length < 3 || (root !== 'api' && root !== 'apis')) return info
  if (root === 'apis' && parts.length < 4) return info
  info.isResourceRequest = true
  let rest = parts.slice(1)
  if (root === 'apis') info.apiGroup = rest.shift() ?? ''
  info.apiVersion = rest.shift() ?? ''
  info.verb = verbOfMethod.get(method) ?? ''
  // The old form /api/v1/watch/pods.
  if (rest[0] === 'watch' && rest.length > 1) {
    info.verb = 'watch'
    rest.shift()
  }
  if (rest[0] === 'namespaces' && rest[1] !== undefined) {
    info.namespace = rest[1]
    if (rest[2] !== undefined && !namespaceSubresources.has(rest[2])) rest = rest.slice(2)
  }
  info.resource = rest[0] ?? ''
  info.name = rest[1] ?? ''
  info.subresource = rest[2] ?? ''
  info.parts = rest.slice(3)
  if (info.name === '') collectionVerb(info, query)
  return info
}

function nonResource(method: string, path: string): RequestInfo {
  return {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: [],
  }
}

/** Without a name, get is list or watch, and delete is deletecollection. A selector by name counts as the name. */
function collectionVerb(info: RequestInfo, query: URLSearchParams): void {
  if (info.verb === 'delete') info.verb = 'deletecollection'
  if (info.verb === 'get') info.verb = isTrue(query.get('watch')) ? 'watch' : 'list'
  if (!['list', 'watch', 'deletecollection'].includes(info.verb)) return
  const fieldSelector = readFieldSelector(query.get('fieldSelector') ?? '')
  if (fieldSelector.length === 0) return
  info.fieldSelector = fieldSelector
  const selected = selectedName(fieldSelector)
  if (selected && pathSegmentProblems(selected).length === 0) info.name = selected
}

/** One that cannot be read narrows nothing here; the handler refuses it. */
export function readFieldSelector(text: string): FieldRequirement[] {
  try {
    return parseFieldSelector(text)
  } catch (error) {
    if (hasReason(error, 'BadRequest')) return []
    throw error
  }
}

/** The only name that the requirements leave, if there is one. */
export function selectedName(requirements: FieldRequirement[]): string | undefined {
  return requirements.find(({ path, operator }) => path === 'metadata.name' && operator === '=')?.value
}

/** A query parameter of boolean type, as upstream converts it: present and neither '0' nor 'false'. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false'
}

/** Requests that stay open: neither counted as in flight nor timed out. */
export function isLongRunning(info: RequestInfo): boolean {
  if (!info.isResourceRequest) return false
  if (info.verb === 'watch' || info.verb === 'proxy') return true
  return ['log', 'exec', 'attach', 'portforward', 'proxy'].includes(info.subresource)
}
