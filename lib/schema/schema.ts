// What a kind's fields are. Built-in kinds (from the official client's models) and custom kinds (from their
// CustomResourceDefinition) are described by this one shape, with references resolved to the schema itself, so a schema
// may contain itself.

import type { JsonSchemaProps } from './json-schema-props.ts'

export interface Schema {
  /** The model's name, `V1PodSpec`, for a schema that others refer to. */
  name?: string
  description?: string
  /** Absent: any value. */
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  /** int32, int64, double, byte, date-time, … */
  format?: string
  properties?: Record<string, Schema>
  required?: string[]
  /** The values of a map. */
  additionalProperties?: Schema
  items?: Schema
  default?: unknown
  nullable?: boolean
  /** An integer or a string. */
  intOrString?: boolean
  /** One of these, told apart by their JSON types; the first when none fits. */
  oneOfTypes?: Schema[]
  /** A string that is a quantity; a number is taken too. */
  quantity?: boolean
  preserveUnknownFields?: boolean
  /** A whole object with apiVersion, kind and metadata. */
  embeddedResource?: boolean
  /** How lists and objects merge in server-side apply. Absent: a list is atomic, an object granular. */
  listType?: 'atomic' | 'set' | 'map'
  listMapKeys?: string[]
  mapType?: 'atomic' | 'granular'
  /** How strategic merge patch merges: on the property that holds the list or object. */
  patchMergeKey?: string
  patchStrategy?: ('merge' | 'replace' | 'retainKeys')[]
  /** The root of a custom kind, as its author wrote it: decoded leniently, then validated. */
  source?: JsonSchemaProps
  /** What must hold beyond the type. Custom kinds only. */
  rules?: ValueRules
}

/** OpenAPI v3's validations; the schemas in them say nothing of structure. */
export interface ValueRules {
  maximum?: number
  exclusiveMaximum?: boolean
  minimum?: number
  exclusiveMinimum?: boolean
  multipleOf?: number
  maxLength?: number
  minLength?: number
  pattern?: string
  maxItems?: number
  minItems?: number
  uniqueItems?: boolean
  maxProperties?: number
  minProperties?: number
  enum?: unknown[]
  /** Members that `properties` does not name are refused. */
  noAdditionalProperties?: boolean
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  not?: Schema
}
