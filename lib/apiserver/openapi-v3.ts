// The OpenAPI v3 documents, one a group version: what kubectl validates query parameters and explains fields with.

import type { ResourceDefinition } from '../api/resource.ts'
import { Definitions, type Dialect, type OpenApiObject } from './openapi-definitions.ts'
import {
  answerCodes,
  mediaTypes,
  type Operation,
  operationsOf,
  patchTypes,
  pretty,
  type QueryParameter,
} from './openapi-operations.ts'
import { contentSchema } from './openapi-v2.ts'

export const dialectV3: Dialect = {
  reference: (definition, siblings) => {
    const reference = { $ref: `#/components/schemas/${definition}` }
    return Object.keys(siblings).length ? { allOf: [reference], ...siblings } : reference
  },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
}

/** The document of one group version, whose resources these are. */
export function openApiV3(resources: readonly ResourceDefinition[]): OpenApiObject {
  const definitions = new Definitions(dialectV3, resources)
  const paths: Record<string, OpenApiObject> = {}
  for (const operation of resources.flatMap(operationsOf)) {
    const item = paths[operation.path] ?? { parameters: pathParameters(operation) }
    paths[operation.path] = { ...item, [operation.method]: operationObject(operation, definitions) }
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    components: { schemas: definitions.all() },
  }
}

/** `api/v1`, `apis/apps/v1`: where a group version's document is, below /openapi/v3/. */
export function groupVersionPath({ group, version }: Pick<ResourceDefinition, 'group' | 'version'>): string {
  return group ? `apis/${group}/${version}` : `api/${version}`
}

function operationObject(operation: Operation, definitions: Definitions): OpenApiObject {
  const { group, kind, version } = operation.kind
  const body = operation.body && contentSchema(operation.body, operation, definitions)
  return {
    description: operation.description,
    operationId: operation.operationId,
    ...(operation.query.length ? { parameters: operation.query.map(queryParameter) } : {}),
    ...(body ? { requestBody: bodyOf(operation, body) } : {}),
    responses: responsesOf(operation, definitions),
    tags: [operation.tag],
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': { group, kind, version },
  }
}

function bodyOf({ body }: Operation, schema: OpenApiObject): OpenApiObject {
  const required = body === 'DeleteOptions' ? {} : { required: true }
  return { content: contentOf(body === 'patch' ? patchTypes : ['*/*'], schema), ...required }
}

function contentOf(types: string[], schema: OpenApiObject): OpenApiObject {
  return Object.fromEntries(types.map(type => [type, { schema }]))
}

function queryParameter({ name, type, description }: QueryParameter): OpenApiObject {
  return { description, in: 'query', name, schema: { type, uniqueItems: true } }
}

function responsesOf(operation: Operation, definitions: Definitions): OpenApiObject {
  const schema = contentSchema(operation.answer, operation, definitions)
  const content = contentOf(operation.answer === 'text' ? ['text/plain'] : mediaTypes, schema)
  const answers = answerCodes(operation).map(([code, description]) => [code, { content, description }])
  return { ...Object.fromEntries(answers), '401': { description: 'Unauthorized' } }
}

function pathParameters({ path, def }: Operation): OpenApiObject[] {
  const inPath = (name: string, description: string) => {
    const schema = { type: 'string', uniqueItems: true }
    return path.includes(`{${name}}`) ? [{ description, in: 'path', name, required: true, schema }] : []
  }
  return [
    ...inPath('name', `name of the ${def.kind}`),
    ...inPath('namespace', 'object name and auth scope, such as for teams and projects'),
    queryParameter(pretty),
  ]
}
