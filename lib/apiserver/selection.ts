// Which objects a list, watch or deletecollection is about: a range of keys, and what label and field selectors leave.

import { badRequest } from '../api/errors.ts'
import { type ResourceDefinition, storageKey } from '../api/resource.ts'
import { type FieldRequirement, matches, parseFieldSelector, parseLabelSelector } from '../api/selectors.ts'
import type { CacheEntry } from '../storage/entry.ts'
import { selectedName } from './request-info.ts'

export interface Selection {
  /** The keys: everything below a prefix that ends with a slash, or one object's key. */
  prefix: string
  /** Absent: everything in the range. */
  matches?: (entry: Selectable) => boolean
}

/** What selectors look at: labels and names are there without parsing the object. */
export type Selectable = Pick<CacheEntry, 'key' | 'labels' | 'object'>

/**
 * `namespace` is '' for all, `name` that of the one object the request is for ('' for many). Throws BadRequest for
 * selectors that cannot be read or name fields that cannot be asked for.
 */
export function selectionOf(
  def: ResourceDefinition,
  { namespace, name }: { namespace: string; name: string },
  query: URLSearchParams,
): Selection {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '')
  const fields = named(name, parseFieldSelector(query.get('fieldSelector') ?? ''))
  const tests = fields.map(field => fieldTest(def, field))
  // First, because it costs least.
  if (labels.length > 0) tests.unshift(entry => matches(labels, entry.labels))
  return {
    prefix: rangeOf(def, namespace, fields),
    ...(tests.length > 0 ? { matches: entry => tests.every(test => test(entry)) } : {}),
  }
}

/** A name in the path is a selector by name, and no other selector may widen it. */
function named(name: string, fields: FieldRequirement[]): FieldRequirement[] {
  if (name === '') return fields
  if (fields.length === 0) return [{ path: 'metadata.name', operator: '=', value: name }]
  if (selectedName(fields) === name) return fields
  throw badRequest("fieldSelector metadata.name doesn't match requested name")
}

/** A selector by name in a known namespace is a single key. */
function rangeOf(def: ResourceDefinition, namespace: string, fields: FieldRequirement[]): string {
  const name = selectedName(fields)
  const isOne = name && !name.includes('/') && (def.scope === 'Cluster' || namespace)
  return storageKey(def, { ...(namespace ? { namespace } : {}), ...(isOne ? { name } : {}) })
}

function fieldTest(def: ResourceDefinition, { path, operator, value }: FieldRequirement) {
  const read = fieldOf(def, path)
  const isEqual = operator === '='
  return (entry: Selectable) => (read(entry) === value) === isEqual
}

function fieldOf(def: ResourceDefinition, path: string): (entry: Selectable) => string {
  if (path === 'metadata.name') return ({ key }) => key.slice(key.lastIndexOf('/') + 1)
  if (path === 'metadata.namespace' && def.scope === 'Namespaced') return ({ key }) => key.split('/').at(-2) ?? ''
  const own = Object.hasOwn(def.selectableFields ?? {}, path) ? def.selectableFields?.[path] : undefined
  if (own) return ({ object }) => own(object)
  throw badRequest(
    def.selectableFields
      ? `field label not supported: ${path}`
      : `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
}
