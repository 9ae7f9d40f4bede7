// The OpenAPI v2 document's own ways: what kubectl before 1.27 validates and explains with, and what others generate
// clients from.

import type { Dialect, OpenApiObject } from './openapi-definitions.ts'
import { type OperationWriter, responses } from './openapi-items.ts'
import type { Operation } from './openapi-operations.ts'
import { type Parameter, sharedParameters } from './openapi-parameters.ts'
import { bearerToken, info } from './openapi-v3.ts'
import type { Content } from './openapi-verbs.ts'

export const dialectV2: Dialect = {
  reference: (definition, siblings) => ({ $ref: `#/definitions/${definition}`, ...siblings }),
  intOrString: { type: 'string', format: 'int-or-string' },
  quantity: { type: 'string' },
  tellsDefaults: false,
}

export const writerV2: OperationWriter = { operation, parameter }

/** All but `paths` and `definitions`. */
export function frameV2(): OpenApiObject {
  const parameters = [...sharedParameters].map(([shared, id]) => [id, inline(shared)])
  return {
    swagger: '2.0',
    info,
    parameters: Object.fromEntries(parameters),
    securityDefinitions: { BearerToken: bearerToken },
    security: [{ BearerToken: [] }],
  }
}

function operation(given: Operation, parameters: Parameter[]): OpenApiObject {
  const { consumes, produces, body, answer } = given
  const sent = body && { in: 'body', name: 'body', schema: schema(body.content) }
  const bodies = sent ? [body.required ? { ...sent, required: true } : sent] : []
  const all = [...bodies, ...parameters.map(parameter)]
  return {
    ...(consumes ? { consumes } : {}),
    ...(all.length > 0 ? { parameters: all } : {}),
    ...(produces ? { produces } : {}),
    responses: responses(given, answer ? { schema: schema(answer) } : {}),
    schemes: ['https'],
  }
}

/** Clients look for these in the operation itself, and do not follow references. */
const alwaysInline = new Set(['dryRun', 'fieldValidation'])

function parameter(given: Parameter): OpenApiObject {
  const shared = alwaysInline.has(given.name) ? undefined : sharedParameters.get(given)
  return shared === undefined ? inline(given) : { $ref: `#/parameters/${shared}` }
}

function inline({ in: where, name, type, description }: Parameter): OpenApiObject {
  return { description, in: where, name, ...(where === 'path' ? { required: true } : {}), type, uniqueItems: true }
}

function schema(content: Content): OpenApiObject {
  return content === 'string' ? { type: 'string' } : dialectV2.reference(content.definition, {})
}
