// What can be done with resources, as values: one entry for each method of each path. Both versions of OpenAPI are
// written from these.

import type { ResourceDefinition } from '../api/resource.ts'
import { allVerbs } from './group-versions.ts'
import { definitionOf, type GroupVersionKind, isCustom, listDefinition, meta } from './openapi-names.ts'
import {
  byName,
  connectParameters,
  deleteCollectionParameters,
  deleteParameters,
  listParameters,
  logParameters,
  nameOf,
  namespace,
  type Parameter,
  patchParameters,
  pretty,
  proxiedPath,
  writeParameters,
} from './openapi-parameters.ts'
import { type ServedSubresource, servedSubresources } from './served-subresources.ts'

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch'

/** What is sent or answered: a definition by name, or plain text. */
export type Content = { definition: string } | 'string'

export interface Operation {
  path: string
  method: Method
  operationId: string
  description: string
  tag: string
  /** `x-kubernetes-action`. */
  action?: string
  kind?: GroupVersionKind
  /** By name. */
  parameters: Parameter[]
  body?: { content: Content; required: boolean }
  consumes?: string[]
  produces?: string[]
  answer?: Content
  /** Of success. */
  codes: (200 | 201 | 202)[]
}

/** What answers come in. */
export const mediaTypes = ['application/json', 'application/yaml']
const watchTypes = [...mediaTypes, 'application/json;stream=watch']
const jsonPatches = ['application/json-patch+json', 'application/merge-patch+json']
const applyPatch = 'application/apply-patch+yaml'

/** In what the operations on custom kinds differ from those on built-in ones. */
interface Manner {
  consumes: string[]
  patchTypes: string[]
  /** Below /watch/, the old form. */
  watchPaths: boolean
  /** DELETE of a collection takes DeleteOptions. */
  deletesCollectionsWithOptions: boolean
}

const builtinManner: Manner = {
  consumes: ['*/*'],
  patchTypes: [...jsonPatches, 'application/strategic-merge-patch+json', applyPatch],
  watchPaths: true,
  deletesCollectionsWithOptions: true,
}

const customManner: Manner = {
  consumes: mediaTypes,
  patchTypes: [...jsonPatches, applyPatch],
  watchPaths: false,
  deletesCollectionsWithOptions: false,
}

/** A verb on what: the kind itself, or a subresource with a kind of its own. */
interface Subject {
  self: Content
  kind: GroupVersionKind
  manner: Manner
}

type Verb = 'list' | 'create' | 'deletecollection' | 'get' | 'update' | 'patch' | 'delete'

type Shape = Pick<Operation, 'method' | 'action' | 'parameters' | 'body' | 'answer' | 'codes' | 'consumes' | 'produces'>

const status: Content = { definition: `${meta}.Status` }
const deleteOptions: Operation['body'] = { content: { definition: `${meta}.DeleteOptions` }, required: false }
const patchBody: Operation['body'] = { content: { definition: `${meta}.Patch` }, required: true }

const verbs: Verb[] = ['list', 'create', 'deletecollection', 'get', 'update', 'patch', 'delete']

/** What a verb is in HTTP. */
const shapes: Record<Verb, (subject: Subject, def: ResourceDefinition) => Omit<Shape, 'consumes'>> = {
  list: (_, def) => ({
    method: 'get',
    action: 'list',
    parameters: listParameters,
    answer: { definition: listDefinition(def) },
    produces: watchTypes,
    codes: [200],
  }),
  create: ({ self }) => ({
    method: 'post',
    action: 'post',
    parameters: writeParameters,
    body: { content: self, required: true },
    answer: self,
    codes: [200, 201, 202],
  }),
  deletecollection: ({ manner }) => ({
    method: 'delete',
    action: 'deletecollection',
    ...(manner.deletesCollectionsWithOptions
      ? { parameters: deleteCollectionParameters, body: deleteOptions }
      : { parameters: listParameters }),
    answer: status,
    codes: [200],
  }),
  get: ({ self }) => ({ method: 'get', action: 'get', parameters: [], answer: self, codes: [200] }),
  update: ({ self }) => ({
    method: 'put',
    action: 'put',
    parameters: writeParameters,
    body: { content: self, required: true },
    answer: self,
    codes: [200, 201],
  }),
  patch: ({ self, manner }) => ({
    method: 'patch',
    action: 'patch',
    parameters: patchParameters,
    body: patchBody,
    answer: self,
    codes: manner === customManner ? [200] : [200, 201],
  }),
  delete: ({ self }, def) => ({
    method: 'delete',
    action: 'delete',
    parameters: deleteParameters,
    body: deleteOptions,
    answer: def.strategy?.returnsDeletedObject ? self : status,
    codes: [200, 202],
  }),
}

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

/** Every operation on a resource and its subresources. */
export function operationsOf(def: ResourceDefinition): Operation[] {
  const served = def.verbs ?? allVerbs
  const own = verbs.filter(verb => served.includes(verb)).map(verb => ownOperation(def, verb))
  const isListedEverywhere = def.scope === 'Namespaced' && served.includes('list')
  const watches = served.includes('watch') && mannerOf(def).watchPaths ? watchOperations(def) : []
  const parts = servedSubresources(def).flatMap(part => partOperations(def, part))
  return [...own, ...(isListedEverywhere ? [listEverywhere(def)] : []), ...watches, ...parts]
}

const mannerOf = (def: ResourceDefinition) => (isCustom(def) ? customManner : builtinManner)

function ownOperation(def: ResourceDefinition, verb: Verb): Operation {
  const { collection, item } = pathsOf(def)
  const isCollection = verb === 'list' || verb === 'create' || verb === 'deletecollection'
  const middle = verb === 'deletecollection' ? 'Collection' : ''
  return verbOperation(def, verb, {
    kind: def,
    path: isCollection ? collection : item,
    operationId: `${words[verb].id}${camel(def)}${middle}${nameSpaced(def)}${def.kind}`,
    description: words[verb].says(def.kind),
  })
}

type Named = Pick<Operation, 'path' | 'operationId' | 'description'> & { kind: GroupVersionKind }

function verbOperation(def: ResourceDefinition, verb: Verb, { kind, path, operationId, description }: Named) {
  const manner = mannerOf(def)
  const { parameters, ...shape } = shapes[verb]({ self: { definition: definitionOf(kind) }, kind, manner }, def)
  return operation(def, {
    consumes: verb === 'patch' ? manner.patchTypes : manner.consumes,
    produces: mediaTypes,
    ...shape,
    path,
    operationId,
    description,
    kind,
    parameters: [...parameters, pretty],
  })
}

function listEverywhere(def: ResourceDefinition): Operation {
  return verbOperation(def, 'list', {
    kind: def,
    path: pathsOf(def).everywhere,
    operationId: `list${camel(def)}${def.kind}ForAllNamespaces`,
    description: words.list.says(def.kind),
  })
}

/** The old form of watching, by paths of its own. */
function watchOperations(def: ResourceDefinition): Operation[] {
  const paths = pathsOf(def)
  const id = `watch${camel(def)}${nameSpaced(def)}${def.kind}`
  const watch = (path: string, operationId: string, action: 'watch' | 'watchlist') =>
    operation(def, {
      path: path.replace(paths.root, `${paths.root}/watch`),
      method: 'get',
      operationId,
      description: `Deprecated: list ${def.plural} with the 'watch' parameter instead.`,
      action,
      kind: def,
      parameters: [...listParameters, pretty],
      consumes: builtinManner.consumes,
      produces: watchTypes,
      answer: { definition: `${meta}.WatchEvent` },
      codes: [200],
    })
  const everywhere = watch(paths.everywhere, `watch${camel(def)}${def.kind}ListForAllNamespaces`, 'watchlist')
  return [
    watch(paths.item, id, 'watch'),
    watch(paths.collection, `${id}List`, 'watchlist'),
    ...(def.scope === 'Namespaced' ? [everywhere] : []),
  ]
}

function partOperations(def: ResourceDefinition, part: ServedSubresource): Operation[] {
  const parameters = Object.hasOwn(connectParameters, part.kind.kind) ? connectParameters[part.kind.kind] : undefined
  if (parameters) return connectOperations(def, part, parameters)
  return verbs.filter(verb => part.verbs.includes(verb)).map(verb => partOperation(def, part, verb))
}

function partOperation(def: ResourceDefinition, part: ServedSubresource, verb: Verb): Operation {
  const made = verbOperation(def, verb, {
    kind: part.kind,
    path: `${pathsOf(def).item}/${part.name}`,
    operationId: `${words[verb].id}${camel(def)}${nameSpaced(def)}${def.kind}${capitalized(part.name)}`,
    description: `${words[verb].id} ${part.name} of the specified ${def.kind}`,
  })
  // The parts of a custom kind are told as its own, also where they are answered in another's form.
  if (isCustom(def)) return { ...made, kind: def }
  if (part.name !== 'log') return made
  const parameters = byName([...made.parameters, ...logParameters])
  return { ...made, answer: 'string', produces: ['text/plain', ...mediaTypes], parameters }
}

const connecting: Method[] = ['get', 'post']
const proxying: Method[] = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put']

function connectOperations(def: ResourceDefinition, part: ServedSubresource, parameters: Parameter[]): Operation[] {
  const isProxy = part.name === 'proxy'
  const path = `${pathsOf(def).item}/${part.name}`
  const connect = (method: Method, at: string, suffix: string, more: Parameter[]) =>
    operation(def, {
      path: at,
      method,
      operationId: `connect${camel(def)}${capitalized(method)}${nameSpaced(def)}${def.kind}${capitalized(part.name)}${suffix}`,
      description: `connect ${method.toUpperCase()} requests to ${part.name} of ${def.kind}`,
      action: 'connect',
      kind: part.kind,
      parameters: [...parameters, ...more],
      consumes: ['*/*'],
      produces: ['*/*'],
      answer: 'string',
      codes: [200],
    })
  return (isProxy ? proxying : connecting).flatMap(method => [
    connect(method, path, '', []),
    ...(isProxy ? [connect(method, `${path}/{path}`, 'WithPath', [proxiedPath])] : []),
  ])
}

/** With the parameters that its path has. */
function operation(def: ResourceDefinition, given: Omit<Operation, 'tag'>): Operation {
  const inPath = [
    ...(given.path.includes('{name}') ? [nameOf(def.kind)] : []),
    ...(given.path.includes('{namespace}') ? [namespace] : []),
  ]
  return { ...given, tag: tagOf(def), parameters: byName([...given.parameters, ...inPath]) }
}

function pathsOf({ group, version, scope, plural }: ResourceDefinition) {
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`
  const collection = scope === 'Namespaced' ? `${root}/namespaces/{namespace}/${plural}` : `${root}/${plural}`
  return { root, everywhere: `${root}/${plural}`, collection, item: `${collection}/{name}` }
}

const nameSpaced = ({ scope }: ResourceDefinition) => (scope === 'Namespaced' ? 'Namespaced' : '')

export const capitalized = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** `apps_v1`. */
function tagOf({ group, version }: ResourceDefinition): string {
  return `${groupTag(group)}_${version}`
}

/** `rbacAuthorization` of rbac.authorization.k8s.io. */
export function groupTag(group: string): string {
  const name = groupCamel(group)
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`
}

/** `RbacAuthorization` of rbac.authorization.k8s.io. */
export function groupCamel(group: string): string {
  const parts = (group || 'core').replace(/\.k8s\.io$/, '').split(/[.-]/)
  return parts.map(capitalized).join('')
}

/** `RbacAuthorizationV1` of rbac.authorization.k8s.io/v1. */
function camel({ group, version }: Pick<ResourceDefinition, 'group' | 'version'>): string {
  return `${groupCamel(group)}${capitalized(version)}`
}
