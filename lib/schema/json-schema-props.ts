// The schema of a custom kind as its author writes it: OpenAPI v3 with Kubernetes' extensions, a JSON value.

export interface JsonSchemaProps {
  id?: string
  $schema?: string
  $ref?: string
  description?: string
  type?: string
  format?: string
  title?: string
  default?: unknown
  maximum?: number
  exclusiveMaximum?: boolean
  minimum?: number
  exclusiveMinimum?: boolean
  maxLength?: number
  minLength?: number
  pattern?: string
  maxItems?: number
  minItems?: number
  uniqueItems?: boolean
  multipleOf?: number
  enum?: unknown[]
  maxProperties?: number
  minProperties?: number
  required?: string[]
  /** A list of schemas is read, and refused by validation. */
  items?: JsonSchemaProps | JsonSchemaProps[]
  allOf?: JsonSchemaProps[]
  oneOf?: JsonSchemaProps[]
  anyOf?: JsonSchemaProps[]
  not?: JsonSchemaProps
  properties?: Record<string, JsonSchemaProps>
  additionalProperties?: JsonSchemaProps | boolean
  patternProperties?: Record<string, JsonSchemaProps>
  dependencies?: Record<string, JsonSchemaProps | string[]>
  additionalItems?: JsonSchemaProps | boolean
  definitions?: Record<string, JsonSchemaProps>
  externalDocs?: unknown
  example?: unknown
  nullable?: boolean
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-embedded-resource'?: boolean
  'x-kubernetes-int-or-string'?: boolean
  'x-kubernetes-list-map-keys'?: string[]
  'x-kubernetes-list-type'?: string
  'x-kubernetes-map-type'?: string
  'x-kubernetes-validations'?: ValidationRule[]
}

/** An expression of the Common Expression Language. It is kept, and not evaluated. */
export interface ValidationRule {
  rule: string
  message?: string
  messageExpression?: string
  reason?: string
  fieldPath?: string
  optionalOldSelf?: boolean
}
