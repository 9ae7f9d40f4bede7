// Formats that nobody checks are allowed in a schema, and warned of when they come in.

import { knownFormat } from '../../schema/formats.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'
import type { Schema } from '../../schema/schema.ts'
import { goQuote } from '../../util/go-quote.ts'
import type { CustomResourceDefinition } from './types.ts'

/** Of an update, only those that were not there before. */
export function formatWarnings(crd: CustomResourceDefinition, old?: CustomResourceDefinition): string[] {
  const before = new Set(old ? unknownFormats(old) : [])
  const added = [...new Set(unknownFormats(crd))].filter(format => !before.has(format))
  return added.map(format => `unrecognized format ${goQuote(format)}`)
}

function unknownFormats({ spec }: CustomResourceDefinition): string[] {
  return spec.versions.flatMap(({ schema }) => (schema?.openAPIV3Schema ? formatsIn(schema.openAPIV3Schema) : []))
}

function formatsIn(schema: JsonSchemaProps): string[] {
  const { type, format, items, allOf = [], anyOf = [], oneOf = [], not, properties = {} } = schema
  const typed = (type ? { type, format } : { format }) as Schema
  const nested = [
    ...(items && !Array.isArray(items) ? [items] : []),
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...(not ? [not] : []),
    ...Object.values(properties),
    ...(typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []),
  ]
  return [...(format && !knownFormat(typed) ? [format] : []), ...nested.flatMap(formatsIn)]
}
