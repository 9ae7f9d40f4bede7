// The OpenAPI v2 document in protobuf, as the gnostic project defines it: the only form that kubectl before 1.26 asks
// for. Of gnostic's messages only the fields that our document has are here; the numbers are theirs.

import protobuf from 'protobufjs'
import type { OpenApiObject } from './openapi-definitions.ts'

const messages = `
syntax = "proto3";
package openapi.v2;
message Any { string yaml = 2; }
message NamedAny { string name = 1; Any value = 2; }
message Document {
  string swagger = 1; Info info = 2; Paths paths = 8; Definitions definitions = 9; ParameterDefinitions parameters = 10;
}
message Info { string title = 1; string version = 2; }
message Paths { repeated NamedPathItem path = 2; }
message NamedPathItem { string name = 1; PathItem value = 2; }
message PathItem {
  Operation get = 2; Operation put = 3; Operation post = 4; Operation delete = 5; Operation patch = 8;
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
  string ref = 1; string format = 2; string description = 4; Any default = 5; repeated string required = 19;
  AdditionalPropertiesItem additional_properties = 21; TypeItem type = 22; ItemsItem items = 23;
  Properties properties = 25; repeated NamedAny vendor_extension = 31;
}
message Properties { repeated NamedSchema additional_properties = 1; }
message AdditionalPropertiesItem { Schema schema = 1; }
message TypeItem { repeated string value = 1; }
message ItemsItem { repeated Schema schema = 1; }
`

/** What an OpenAPI v2 document is made of, as far as ours goes. */
interface DocumentV2 {
  swagger: string
  info: OpenApiObject
  paths: Record<string, OpenApiObject>
  definitions: Record<string, SchemaV2>
  parameters: Record<string, ParameterV2>
}

interface SchemaV2 {
  $ref?: string
  type?: string
  format?: string
  description?: string
  default?: unknown
  required?: string[]
  items?: SchemaV2
  additionalProperties?: SchemaV2
  properties?: Record<string, SchemaV2>
}

interface ParameterV2 {
  $ref?: string
  in: 'query' | 'path' | 'body'
  name: string
  schema?: SchemaV2
}

interface OperationV2 {
  parameters: ParameterV2[]
  responses: Record<string, { description: string; schema?: SchemaV2 }>
}

/** The bytes of the document that `openApiV2` made. */
export function encodeGnostic(document: OpenApiObject): Buffer {
  const type = protobuf.parse(messages).root.lookupType('openapi.v2.Document')
  const { swagger, info, paths, definitions, parameters } = document as unknown as DocumentV2
  const message = {
    swagger,
    info,
    paths: { path: named(paths, pathItem) },
    definitions: { additionalProperties: named(definitions, schema) },
    parameters: { additionalProperties: named(parameters, parameter) },
  }
  return Buffer.from(type.encode(message).finish())
}

function named<T>(values: Record<string, T>, convert: (value: T) => unknown): { name: string; value: unknown }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: convert(value) }))
}

const methods = ['get', 'put', 'post', 'delete', 'patch']

function pathItem(item: OpenApiObject): unknown {
  const present = methods.filter(method => item[method])
  return {
    ...Object.fromEntries(present.map(method => [method, operation(item[method] as OperationV2 & OpenApiObject)])),
    parameters: (item.parameters as ParameterV2[]).map(parametersItem),
  }
}

function operation(given: OperationV2 & OpenApiObject): unknown {
  return {
    ...given,
    parameters: given.parameters.map(parametersItem),
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
  const { $ref, type, format, description, required, items, additionalProperties, properties } = given
  return {
    ...($ref ? { ref: $ref } : {}),
    ...(format ? { format } : {}),
    ...(description ? { description } : {}),
    ...(given.default === undefined ? {} : { default: any(given.default) }),
    ...(required ? { required } : {}),
    ...(type ? { type: { value: [type] } } : {}),
    ...(items ? { items: { schema: [schema(items)] } } : {}),
    ...(additionalProperties ? { additionalProperties: { schema: schema(additionalProperties) } } : {}),
    ...(properties ? { properties: { additionalProperties: named(properties, schema) } } : {}),
    vendorExtension: extensions(given),
  }
}

function extensions(given: object): unknown[] {
  const own = Object.entries(given).filter(([name]) => name.startsWith('x-'))
  return own.map(([name, value]) => ({ name, value: any(value) }))
}

/** gnostic keeps free values as YAML, which JSON is. */
const any = (value: unknown) => ({ yaml: `${JSON.stringify(value)}\n` })
