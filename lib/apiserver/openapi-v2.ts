// The OpenAPI v2 document: what kubectl before 1.27 validates and explains with, and what others generate clients from.

import type { ResourceDefinition } from '../api/resource.ts'
import { Definitions, type Dialect, type OpenApiObject } from './openapi-definitions.ts'
import {
  answerCodes,
  type Content,
  mediaTypes,
  type Operation,
  operationsOf,
  patchTypes,
  pretty,
  type QueryParameter,
} from './openapi-operations.ts'

export const dialectV2: Dialect = {
  reference: (definition, siblings) => ({ $ref: `#/definitions/${definition}`, ...siblings }),
  intOrString: { type: 'string', format: 'int-or-string' },
  quantity: { type: 'string' },
}

/** Clients look for these in the operation itself, and do not follow references. */
const inlineParameters = new Set(['dryRun', 'fieldValidation'])

export function openApiV2(resources: readonly ResourceDefinition[]): OpenApiObject {
  const definitions = new Definitions(dialectV2, resources)
  const paths: Record<string, OpenApiObject> = {}
  for (const operation of resources.flatMap(operationsOf)) {
    const item = paths[operation.path] ?? { parameters: pathParameters(operation) }
    paths[operation.path] = { ...item, [operation.method]: operationObject(operation, definitions) }
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    definitions: definitions.all(),
    parameters: sharedParameters(resources),
  }
}

function operationObject(operation: Operation, definitions: Definitions): OpenApiObject {
  const { group, kind, version } = operation.kind
  return {
    consumes: operation.body === 'patch' ? patchTypes : ['*/*'],
    description: operation.description,
    operationId: operation.operationId,
    parameters: parametersOf(operation, definitions),
    produces: operation.answer === 'text' ? ['text/plain'] : mediaTypes,
    responses: responsesOf(operation, definitions),
    schemes: ['https'],
    tags: [operation.tag],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  }
}

function parametersOf(operation: Operation, definitions: Definitions): OpenApiObject[] {
  const { body, query } = operation
  const isOptional = body === 'DeleteOptions'
  const schema = body && { in: 'body', name: 'body', schema: contentSchema(body, operation, definitions) }
  return [...(schema ? [isOptional ? schema : { ...schema, required: true }] : []), ...query.map(queryReference)]
}

function queryReference(parameter: QueryParameter): OpenApiObject {
  return inlineParameters.has(parameter.name) ? queryParameter(parameter) : { $ref: `#/parameters/${parameter.name}` }
}

function queryParameter({ name, type, description }: QueryParameter): OpenApiObject {
  return { description, in: 'query', name, type, uniqueItems: true }
}

function responsesOf(operation: Operation, definitions: Definitions): OpenApiObject {
  const schema = contentSchema(operation.answer, operation, definitions)
  const answers = answerCodes(operation).map(([code, description]) => [code, { description, schema }])
  return { ...Object.fromEntries(answers), '401': { description: 'Unauthorized' } }
}

/** The schema of what is sent or answered, in either version of OpenAPI. */
export function contentSchema(content: Content, operation: Operation, definitions: Definitions): OpenApiObject {
  if (content === 'text') return { type: 'string' }
  if (content === 'patch') return definitions.patch()
  if (content === 'list') return definitions.list(operation.def)
  if (content !== 'self') return definitions.meta(content)
  return definitions.kind(operation.kind, operation.kind === operation.def ? operation.def.schema : undefined)
}

function pathParameters({ path, def }: Operation): OpenApiObject[] {
  const name = { description: `name of the ${def.kind}`, in: 'path', name: 'name', required: true, type: 'string' }
  return [
    ...(path.includes('{name}') ? [{ ...name, uniqueItems: true }] : []),
    ...(path.includes('{namespace}') ? [{ $ref: '#/parameters/namespace' }] : []),
    { $ref: '#/parameters/pretty' },
  ]
}

/** Every query parameter once, for operations to refer to. */
function sharedParameters(resources: readonly ResourceDefinition[]): OpenApiObject {
  const all = [pretty, ...resources.flatMap(operationsOf).flatMap(operation => operation.query)]
  const description = 'object name and auth scope, such as for teams and projects'
  const namespace = { description, in: 'path', name: 'namespace', required: true, type: 'string', uniqueItems: true }
  return { namespace, ...Object.fromEntries(all.map(p => [p.name, queryParameter(p)])) }
}
