// The OpenAPI v2 document in protobuf, as the gnostic project defines it: the only form that kubectl before 1.26 asks
// for. Of gnostic's messages only the fields that our document has are here; the numbers are theirs.

import { setImmediate } from 'node:timers/promises'
import protobuf from 'protobufjs'
import type { Assembled } from './openapi-assemble.ts'
import type { OpenApiObject } from './openapi-definitions.ts'
import type { Part } from './openapi-parts.ts'

const messages = `
syntax = "proto3";
package openapi.v2;
message Any { string yaml = 2; }
message NamedAny { string name = 1; Any value = 2; }
message Document {
  string swagger = 1; Info info = 2; Paths paths = 8; Definitions definitions = 9; ParameterDefinitions parameters = 10;
  repeated SecurityRequirement security = 12; SecurityDefinitions security_definitions = 13;
}
message SecurityRequirement { repeated NamedStringArray additional_properties = 1; }
message NamedStringArray { string name = 1; StringArray value = 2; }
message StringArray { repeated string value = 1; }
message SecurityDefinitions { repeated NamedSecurityDefinitionsItem additional_properties = 1; }
message NamedSecurityDefinitionsItem { string name = 1; SecurityDefinitionsItem value = 2; }
message SecurityDefinitionsItem { ApiKeySecurity api_key_security = 2; }
message ApiKeySecurity { string type = 1; string name = 2; string in = 3; string description = 4; }
message Info { string title = 1; string version = 2; }
message Paths { repeated NamedPathItem path = 2; }
message NamedPathItem { string name = 1; PathItem value = 2; }
message PathItem {
  Operation get = 2; Operation put = 3; Operation post = 4; Operation delete = 5; Operation options = 6;
  Operation head = 7; Operation patch = 8;
  repeated ParametersItem parameters = 9;
}
message Operation {
  repeated string tags = 1; string description = 3; string operation_id = 5; repeated string produces = 6;
  repeated string consumes = 7; repeated ParametersItem parameters = 8; Responses responses = 9;
  repeated string schemes = 10; repeated NamedAny vendor_extension = 13;
}
message ParametersItem { Parameter parameter = 1; JsonReference json_reference = 2; }
message JsonReference { string ref = 1; }
message ParameterDefinitions { repeated NamedParameter additional_properties = 1; }
message NamedParameter { string name = 1; Parameter value = 2; }
message Parameter { BodyParameter body_parameter = 1; NonBodyParameter non_body_parameter = 2; }
message BodyParameter { string name = 2; string in = 3; bool required = 4; Schema schema = 5; }
message NonBodyParameter { QueryParameter query_parameter = 3; PathParameter path_parameter = 4; }
message QueryParameter { string in = 2; string description = 3; string name = 4; string type = 6; bool unique_items = 20; }
message PathParameter {
  bool required = 1; string in = 2; string description = 3; string name = 4; string type = 5; bool unique_items = 18;
}
message Responses { repeated NamedResponseValue response_code = 1; }
message NamedResponseValue { string name = 1; ResponseValue value = 2; }
message ResponseValue { Response response = 1; }
message Response { string description = 1; SchemaItem schema = 2; }
message SchemaItem { Schema schema = 1; }
message Definitions { repeated NamedSchema additional_properties = 1; }
message NamedSchema { string name = 1; Schema value = 2; }
message Schema {
  string ref = 1; string format = 2; string title = 3; string description = 4; Any default = 5; double multiple_of = 6;
  double maximum = 7; bool exclusive_maximum = 8; double minimum = 9; bool exclusive_minimum = 10; int64 max_length = 11;
  int64 min_length = 12; string pattern = 13; int64 max_items = 14; int64 min_items = 15; bool unique_items = 16;
  int64 max_properties = 17; int64 min_properties = 18; repeated string required = 19; repeated Any enum = 20;
  AdditionalPropertiesItem additional_properties = 21; TypeItem type = 22; ItemsItem items = 23;
  Properties properties = 25; repeated NamedAny vendor_extension = 31;
}
message Properties { repeated NamedSchema additional_properties = 1; }
message AdditionalPropertiesItem { Schema schema = 1; bool boolean = 2; }
message TypeItem { repeated string value = 1; }
message ItemsItem { repeated Schema schema = 1; }
`

interface SchemaV2 {
  $ref?: string
  type?: string
  format?: string
  description?: string
  default?: unknown
  required?: string[]
  enum?: unknown[]
  items?: SchemaV2
  additionalProperties?: SchemaV2 | boolean
  properties?: Record<string, SchemaV2>
}

interface ParameterV2 {
  $ref?: string
  in: 'query' | 'path' | 'body'
  name: string
  schema?: SchemaV2
}

interface OperationV2 {
  parameters?: ParameterV2[]
  responses: Record<string, { description: string; schema?: SchemaV2 }>
}

let root: protobuf.Root | undefined
const encoded = new WeakMap<Part, Buffer>()

/**
 * The bytes of the document whose parts these are; `frame` is all the rest of it. What is repeated in protobuf may be
 * written piece by piece, so a part is encoded once, whatever document it stands in.
 */
export async function encodeGnostic(frame: OpenApiObject, { paths, definitions }: Assembled): Promise<Buffer> {
  root ??= protobuf.parse(messages).root
  const types = root
  const inside = (name: string) => types.lookupType(`openapi.v2.${name}`)
  const [pathsType, definitionsType] = [inside('Paths'), inside('Definitions')]
  const pieces = [inside('Document').encode(frameMessage(frame)).finish()]
  pieces.push(...(await field(8, paths, pathsType, (name, item) => ({ path: [{ name, value: pathItem(item) }] }))))
  const additional = (name: string, one: OpenApiObject) => ({ additionalProperties: [{ name, value: schema(one) }] })
  pieces.push(...(await field(9, definitions, definitionsType, additional)))
  return Buffer.concat(pieces)
}

/** The field of the document with this number, from its parts. Others have their turn now and then. */
async function field(
  id: number,
  parts: readonly Part[],
  type: protobuf.Type,
  message: (name: string, body: OpenApiObject) => object,
): Promise<Uint8Array[]> {
  const pieces: Buffer[] = []
  for (const [index, part] of parts.entries()) {
    const known = encoded.get(part) ?? Buffer.from(type.encode(message(part.name, bodyOf(part))).finish())
    encoded.set(part, known)
    pieces.push(known)
    if (index % 20 === 19) await setImmediate()
  }
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return [
    protobuf.Writer.create()
      .uint32((id << 3) | 2)
      .uint32(length)
      .finish(),
    ...pieces,
  ]
}

const bodyOf = ({ text }: Part) => JSON.parse(text) as OpenApiObject

function frameMessage(frame: OpenApiObject): object {
  const { swagger, info, parameters, securityDefinitions, security } = frame as Record<string, Record<string, never>>
  const requirements = (security as unknown as Record<string, string[]>[]).map(requirement => ({
    additionalProperties: named(requirement, value => ({ value })),
  }))
  return {
    swagger,
    info,
    parameters: { additionalProperties: named(parameters ?? {}, parameter) },
    security: requirements,
    securityDefinitions: {
      additionalProperties: named(securityDefinitions ?? {}, apiKeySecurity => ({ apiKeySecurity })),
    },
  }
}

function named<T>(values: Record<string, T>, convert: (value: T) => unknown): { name: string; value: unknown }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: convert(value) }))
}

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch']

function pathItem(item: OpenApiObject): unknown {
  const present = methods.filter(method => item[method])
  return {
    ...Object.fromEntries(present.map(method => [method, operation(item[method] as OperationV2 & OpenApiObject)])),
    parameters: ((item.parameters ?? []) as ParameterV2[]).map(parametersItem),
  }
}

function operation(given: OperationV2 & OpenApiObject): unknown {
  return {
    ...given,
    parameters: (given.parameters ?? []).map(parametersItem),
    responses: { responseCode: named(given.responses, response) },
    vendorExtension: extensions(given),
  }
}

function response(given: { description: string; schema?: SchemaV2 }): unknown {
  const { description, schema: answer } = given
  return { response: { description, ...(answer ? { schema: { schema: schema(answer) } } : {}) } }
}

function parametersItem(given: ParameterV2): unknown {
  return given.$ref ? { jsonReference: { ref: given.$ref } } : { parameter: parameter(given) }
}

function parameter(given: ParameterV2): unknown {
  if (given.schema) return { bodyParameter: { ...given, schema: schema(given.schema) } }
  return { nonBodyParameter: given.in === 'path' ? { pathParameter: given } : { queryParameter: given } }
}

function schema(given: SchemaV2): unknown {
  const { $ref, type, items, additionalProperties, properties, ...rest } = given
  return {
    ...rest,
    ...($ref ? { ref: $ref } : {}),
    ...(given.default === undefined ? {} : { default: any(given.default) }),
    ...(given.enum ? { enum: given.enum.map(any) } : {}),
    ...(type ? { type: { value: [type] } } : {}),
    ...(items ? { items: { schema: [schema(items)] } } : {}),
    ...(additionalProperties === undefined ? {} : { additionalProperties: valuesOf(additionalProperties) }),
    ...(properties ? { properties: { additionalProperties: named(properties, schema) } } : {}),
    vendorExtension: extensions(given),
  }
}

function valuesOf(values: SchemaV2 | boolean): unknown {
  return typeof values === 'boolean' ? { boolean: values } : { schema: schema(values) }
}

function extensions(given: object): unknown[] {
  const own = Object.entries(given).filter(([name]) => name.startsWith('x-'))
  return own.map(([name, value]) => ({ name, value: any(value) }))
}

/** gnostic keeps free values as YAML, which JSON is. */
const any = (value: unknown) => ({ yaml: `${JSON.stringify(value)}\n` })
