// From a path to the handler of its verb. Whatever is no resource goes on to `other`.

import { noSuchPath, StatusError } from '../api/errors.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { ApiRequest, ApiResponse, Handler } from './chain.ts'
import type { ServerContext } from './context.ts'
import { create } from './handlers/create.ts'
import { del } from './handlers/delete.ts'
import { deleteCollection } from './handlers/delete-collection.ts'
import { get } from './handlers/get.ts'
import { list } from './handlers/list.ts'
import { patch } from './handlers/patch.ts'
import { review, reviewOf } from './handlers/review.ts'
import { update } from './handlers/update.ts'
import { watch } from './handlers/watch.ts'
import { negotiateOutput } from './negotiate.ts'
import type { RequestInfo } from './request-info.ts'
import type { ResourceHandler } from './resource-request.ts'
import { subresourceRoute, viewOf } from './served-subresources.ts'
import { unstoredHandler } from './unstored/index.ts'

/** The first three may have a name from a selector, which makes them no less a collection's. */
const onCollection: Record<string, ResourceHandler> = { list, watch, deletecollection: deleteCollection, create }
const onObject: Record<string, ResourceHandler> = { get, update, patch, delete: del }

export function dispatch(context: ServerContext, other: Handler): Handler {
  return async request => {
    const { info } = request
    if (!info.isResourceRequest) return other(request)
    const def = context.registry.find(info.apiGroup, info.apiVersion, info.resource)
    if (!def || !isAddressable(def, request)) throw noSuchPath()
    if (def.deprecation) request.warnings.push(def.deprecation)
    if (info.subresource !== '') return toSubresource(context, def, request)
    const handler = handlerFor(def, request)
    const isServed = def.verbs?.includes(info.verb) ?? true
    if (!handler || !isServed) throw methodNotAllowed()
    if (def.isTerminating && info.verb === 'create') throw isLeaving()
    return handler({
      request,
      def,
      context,
      subresource: '',
      output: negotiateOutput(request, { isStream: info.verb === 'watch' }),
    })
  }
}

/** Over all namespaces one can only read. */
function handlerFor(def: ResourceDefinition, request: ApiRequest): ResourceHandler | undefined {
  const { verb, namespace, name } = request.info
  if (def.scope === 'Namespaced' && namespace === '' && verb !== 'list' && verb !== 'watch') return undefined
  if (verb === 'create' && name !== '') return undefined
  if (verb === 'create' && reviewOf(def)) return review
  return unstoredHandler(def, verb) ?? onCollection[verb] ?? (name === '' ? undefined : onObject[verb])
}

/** An object of a namespaced kind is only found in its namespace, and a cluster's never in one. */
function isAddressable(def: ResourceDefinition, { info, path }: ApiRequest): boolean {
  if (def.scope === 'Cluster') return info.namespace === '' || isNamespaceItself(info)
  return info.namespace !== '' || isAllNamespaces(path, info)
}

/**
 * A namespace is authorized as being in itself. By another's path (/namespaces/a/namespaces/b) it would be authorized as
 * if it were in that one.
 */
function isNamespaceItself({ resource, namespace, name, verb }: RequestInfo): boolean {
  return resource === 'namespaces' && namespace === name && verb !== 'list' && verb !== 'deletecollection'
}

function isAllNamespaces(path: string, info: RequestInfo): boolean {
  return path.endsWith(`/${info.resource}`)
}

function toSubresource(context: ServerContext, def: ResourceDefinition, request: ApiRequest): Promise<ApiResponse> {
  const { subresource, verb, parts } = request.info
  const route = subresourceRoute(def, subresource)
  if (parts.length > 0 && !route?.connect?.takesPath) throw noSuchPath()
  if (route) {
    const isTaken = route.connect?.methods.includes(request.method) ?? (route.verbs as string[]).includes(verb)
    if (!isTaken) throw methodNotAllowed()
    return route.handle(request, context)
  }
  const view = viewOf(def, subresource)
  if (!view) throw noSuchPath()
  const handler = onObject[verb]
  if (!handler || !(view.verbs as string[]).includes(verb)) throw methodNotAllowed()
  return handler({ request, def, context, subresource, output: negotiateOutput(request) })
}

/** Nothing new of a kind whose definition is being deleted; what is there may still be changed, and so finished. */
function isLeaving(): StatusError {
  const message = 'create not allowed while custom resource definition is terminating'
  return new StatusError(405, 'MethodNotAllowed', message, {})
}

function methodNotAllowed(): StatusError {
  return new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
}
