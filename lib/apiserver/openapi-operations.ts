// What can be done with resources, as values: one entry for each method of each path. Both versions of OpenAPI are
// written from these.

import type { ResourceDefinition } from '../api/resource.ts'
import { allVerbs } from './group-versions.ts'
import type { GroupVersionKind } from './openapi-definitions.ts'
import { type ServedSubresource, servedSubresources } from './served-subresources.ts'

export type Method = 'get' | 'put' | 'post' | 'delete' | 'patch'

/** What is sent or answered: the operation's kind, a list of it, an apimachinery type, a patch, or plain text. */
export type Content = 'self' | 'list' | 'Status' | 'DeleteOptions' | 'patch' | 'text'

/** What a verb is in HTTP. */
interface Shape {
  method: Method
  /** `x-kubernetes-action`. */
  action: 'list' | 'post' | 'deletecollection' | 'get' | 'put' | 'patch' | 'delete'
  query: QueryParameter[]
  body?: Content
  answer: Content
}

export interface Operation extends Shape {
  path: string
  operationId: string
  description: string
  tag: string
  kind: GroupVersionKind
  def: ResourceDefinition
}

export interface QueryParameter {
  name: string
  type: 'string' | 'boolean' | 'integer'
  description: string
}

const text = (name: string, description: string): QueryParameter => ({ name, type: 'string', description })
const flag = (name: string, description: string): QueryParameter => ({ name, type: 'boolean', description })
const integer = (name: string, description: string): QueryParameter => ({ name, type: 'integer', description })

/** What answers come in, and what a PATCH may be sent as. */
export const mediaTypes = ['application/json', 'application/yaml']
export const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
]

export const pretty = text('pretty', "If 'true', the answer is written for people to read.")

const listQuery = [
  flag('allowWatchBookmarks', 'Whether a watch may send BOOKMARK events.'),
  text('continue', 'The token in the last answer, to get the next part of a list.'),
  text('fieldSelector', 'Selects objects by their fields. Defaults to everything.'),
  text('labelSelector', 'Selects objects by their labels. Defaults to everything.'),
  integer('limit', 'The largest number of objects in one answer; more are got with continue.'),
  text('resourceVersion', 'Which state the answer must come from.'),
  text('resourceVersionMatch', 'How resourceVersion is meant for lists: Exact or NotOlderThan.'),
  flag('sendInitialEvents', 'Whether a watch begins with the objects that are there.'),
  integer('timeoutSeconds', 'How long the list or watch may take.'),
  flag('watch', 'Answer with a stream of changes.'),
]
const dryRun = text('dryRun', "If 'All', everything is done but nothing is stored.")
const writeQuery = [
  dryRun,
  text('fieldManager', 'The name of who makes the changes.'),
  text('fieldValidation', 'What to do about unknown and duplicate fields: Ignore, Warn or Strict. Defaults to Warn.'),
]
const patchQuery = [...writeQuery, flag('force', 'For apply patches: take over fields that others manage.')]
const deleteQuery = [
  dryRun,
  integer('gracePeriodSeconds', 'The seconds before the object is deleted; zero is at once.'),
  flag('orphanDependents', 'Deprecated: see propagationPolicy.'),
  text('propagationPolicy', 'What happens to dependents: Orphan, Background or Foreground.'),
]

const shapes = {
  list: { method: 'get', action: 'list', query: listQuery, answer: 'list' },
  create: { method: 'post', action: 'post', query: writeQuery, body: 'self', answer: 'self' },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    query: [...listQuery.filter(({ name }) => name !== 'watch' && name !== 'allowWatchBookmarks'), ...deleteQuery],
    body: 'DeleteOptions',
    answer: 'Status',
  },
  get: { method: 'get', action: 'get', query: [], answer: 'self' },
  update: { method: 'put', action: 'put', query: writeQuery, body: 'self', answer: 'self' },
  patch: { method: 'patch', action: 'patch', query: patchQuery, body: 'patch', answer: 'self' },
  delete: { method: 'delete', action: 'delete', query: deleteQuery, body: 'DeleteOptions', answer: 'Status' },
} satisfies Record<string, Shape>

type Verb = keyof typeof shapes

/** The first word of an operation's id, and what it says it does. */
const words: Record<Verb, { id: string; says: (what: string) => string }> = {
  list: { id: 'list', says: what => `list or watch objects of kind ${what}` },
  create: { id: 'create', says: what => `create a ${what}` },
  deletecollection: { id: 'delete', says: what => `delete collection of ${what}` },
  get: { id: 'read', says: what => `read the specified ${what}` },
  update: { id: 'replace', says: what => `replace the specified ${what}` },
  patch: { id: 'patch', says: what => `partially update the specified ${what}` },
  delete: { id: 'delete', says: what => `delete a ${what}` },
}

const collectionVerbs: readonly Verb[] = ['list', 'create', 'deletecollection']
const verbs = Object.keys(shapes) as Verb[]

/** Every operation on a resource and its subresources. */
export function operationsOf(def: ResourceDefinition): Operation[] {
  const served = def.verbs ?? allVerbs
  const own = verbs.filter(verb => served.includes(verb)).map(verb => ownOperation(def, verb))
  const everywhere = def.scope === 'Namespaced' && served.includes('list') ? [listEverywhere(def)] : []
  const parts = servedSubresources(def).flatMap(part =>
    verbs.filter(verb => part.verbs.includes(verb)).map(verb => partOperation(def, part, verb)),
  )
  return [...own, ...everywhere, ...parts]
}

function ownOperation(def: ResourceDefinition, verb: Verb): Operation {
  const { collection, item } = pathsOf(def)
  const isCollection = collectionVerbs.includes(verb)
  const middle = verb === 'deletecollection' ? 'Collection' : ''
  return {
    ...shapes[verb],
    path: isCollection ? collection : item,
    operationId: operationId(verb, def, middle),
    description: words[verb].says(def.kind),
    tag: tagOf(def),
    kind: def,
    def,
  }
}

function listEverywhere(def: ResourceDefinition): Operation {
  const { everywhere } = pathsOf(def)
  return { ...ownOperation(def, 'list'), path: everywhere, operationId: `list${camel(def)}${def.kind}ForAllNamespaces` }
}

function partOperation(def: ResourceDefinition, part: ServedSubresource, verb: Verb): Operation {
  const suffix = part.name.charAt(0).toUpperCase() + part.name.slice(1)
  return {
    ...shapes[verb],
    ...(part.name === 'log' ? { answer: 'text' } : {}),
    path: `${pathsOf(def).item}/${part.name}`,
    operationId: `${operationId(verb, def)}${suffix}`,
    description: `${words[verb].id} ${part.name} of the specified ${def.kind}`,
    tag: tagOf(def),
    kind: part.kind,
    def,
  }
}

function pathsOf({ group, version, scope, plural }: ResourceDefinition) {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`
  const collection = scope === 'Namespaced' ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`
  return { everywhere: `${root}/${plural}`, collection, item: `${collection}/{name}` }
}

/** `listAppsV1NamespacedDeployment`. */
function operationId(verb: Verb, def: ResourceDefinition, middle = ''): string {
  return `${words[verb].id}${camel(def)}${middle}${def.scope === 'Namespaced' ? 'Namespaced' : ''}${def.kind}`
}

/** `apps_v1`. */
function tagOf({ group, version }: ResourceDefinition): string {
  const name = camel({ group, version: '' })
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}_${version}`
}

/** `RbacAuthorizationV1` of rbac.authorization.k8s.io/v1. */
function camel({ group, version }: Pick<ResourceDefinition, 'group' | 'version'>): string {
  const parts = [...(group || 'core').replace(/\.k8s\.io$/, '').split(/[.-]/), version]
  return parts.map(part => part.charAt(0).toUpperCase() + part.slice(1)).join('')
}

/** The status codes of success, and what they are called. */
export function answerCodes({ action }: Operation): [code: string, description: string][] {
  const created = action === 'post' || action === 'put' || action === 'patch'
  const accepted = action === 'post' || action === 'delete'
  return [
    ['200', 'OK'],
    ...(created ? [['201', 'Created'] as [string, string]] : []),
    ...(accepted ? [['202', 'Accepted'] as [string, string]] : []),
  ]
}
