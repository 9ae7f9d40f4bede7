// The OpenAPI v3 documents' own ways, one document a group version: what kubectl explains fields with.

import type { Dialect, OpenApiObject } from './openapi-definitions.ts'
import { type OperationWriter, responses } from './openapi-items.ts'
import type { Operation } from './openapi-operations.ts'
import type { Parameter } from './openapi-parameters.ts'
import type { Content } from './openapi-verbs.ts'

export const dialectV3: Dialect = {
  reference: (definition, siblings) => {
    const reference = { $ref: `#/components/schemas/${definition}` }
    return Object.keys(siblings).length ? { allOf: [reference], ...siblings } : reference
  },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  tellsDefaults: true,
}

export const writerV3: OperationWriter = { operation, parameter }

export const info = { title: 'Kubernetes', version: 'unversioned' }

export const bearerToken = {
  description: 'Bearer Token authentication',
  in: 'header',
  name: 'authorization',
  type: 'apiKey',
}

function operation(given: Operation, parameters: Parameter[]): OpenApiObject {
  const { consumes = [], produces = [], body, answer } = given
  const content = body && contentOf(consumes, body.content)
  return {
    ...(parameters.length > 0 ? { parameters: parameters.map(parameter) } : {}),
    ...(content ? { requestBody: body.required ? { content, required: true } : { content } } : {}),
    responses: responses(given, answer ? { content: contentOf(produces, answer) } : {}),
  }
}

function contentOf(types: string[], content: Content): OpenApiObject {
  const schema = content === 'string' ? { type: 'string' } : dialectV3.reference(content.definition, {})
  return Object.fromEntries(types.map(type => [type, { schema }]))
}

function parameter({ in: where, name, type, description }: Parameter): OpenApiObject {
  const schema = { type, uniqueItems: true }
  return { description, in: where, name, ...(where === 'path' ? { required: true } : {}), schema }
}
