// What can be done with resources, as values: one entry for each method of each path. Both versions of OpenAPI are
// written from these.

import type { ResourceDefinition } from '../api/resource.ts'
import { allVerbs } from './group-versions.ts'
import { definitionOf, type GroupVersionKind, isCustom, meta } from './openapi-names.ts'
import {
  byName,
  connectParameters,
  listParameters,
  logParameters,
  nameOf,
  namespace,
  type Parameter,
  pretty,
  proxiedPath,
} from './openapi-parameters.ts'
import {
  builtinManner,
  type Method,
  mannerOf,
  mediaTypes,
  type Shape,
  shapes,
  type Verb,
  verbs,
  watchTypes,
  words,
} from './openapi-verbs.ts'
import { type ServedSubresource, servedSubresources } from './served-subresources.ts'

export interface Operation extends Shape {
  path: string
  operationId: string
  description: string
  tag: string
  kind?: GroupVersionKind
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
