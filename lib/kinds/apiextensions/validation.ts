// What must hold for a CustomResourceDefinition. Where all versions say the same, upstream takes it for the definition's
// own, and names the field so: `spec.validation.openAPIV3Schema`, not `spec.versions[0].schema.openAPIV3Schema`.

import { isConditionTrue } from '../../api/conditions.ts'
import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { dnsSubdomainErrors } from '../../api/validation-names.ts'
import { requiredWord } from '../../api/validation-rules.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { validateApproval } from './api-approval.ts'
import { validateConversion } from './conversion-validation.ts'
import { defaultErrors } from './default-rules.ts'
import { label, validateNames, validateRequiredNames } from './names-validation.ts'
import { schemaErrors } from './schema-rules.ts'
import { structuralErrors } from './structural-rules.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionSpec, Version } from './types.ts'
import {
  validateColumn,
  validateDeprecation,
  validateSelectableFields,
  validateSubresources,
} from './version-validation.ts'

export function validateDefinition(crd: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  const { metadata, spec, status } = crd
  const name = `${spec.names.plural}.${spec.group}`
  return [
    ...(metadata.name && metadata.name !== name
      ? [invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group')]
      : []),
    ...validateSpec(spec),
    ...validateNames(status?.acceptedNames ?? {}, 'status.acceptedNames'),
    ...validateStoredVersions(status?.storedVersions ?? [], spec.versions),
    ...validateApproval(crd, old),
    ...(spec.preserveUnknownFields && !old?.spec.preserveUnknownFields
      ? [
          invalid(
            'spec.preserveUnknownFields',
            true,
            'cannot set to true, set x-preserve-unknown-fields to true in spec.versions[*].schema instead',
          ),
        ]
      : []),
  ]
}

/** What is stored, and where, stays as it is. */
export function validateDefinitionUpdate(
  { spec }: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldError[] {
  const isEstablished = isConditionTrue(old.status?.conditions, 'Established')
  return [
    ...(isEstablished ? immutable('spec.scope', spec.scope, old.spec.scope) : []),
    ...(isEstablished ? immutable('spec.names.kind', spec.names.kind, old.spec.names.kind) : []),
    ...immutable('spec.group', spec.group, old.spec.group),
    ...immutable('spec.names.plural', spec.names.plural, old.spec.names.plural),
  ]
}

function validateStoredVersions(stored: string[], versions: Version[]): FieldError[] {
  const field = 'status.storedVersions'
  if (stored.length === 0) return [invalid(field, stored, 'must have at least one stored version')]
  const missing = versions.filter(({ name, storage }) => storage && !stored.includes(name))
  return [
    ...missing.map(({ name }) => invalid(field, stored, `must have the storage version ${name}`)),
    ...stored.flatMap((name, i) =>
      versions.some(version => version.name === name)
        ? []
        : [
            invalid(
              `${field}[${i}]`,
              name,
              `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
            ),
          ],
    ),
  ]
}

function validateSpec(spec: CustomResourceDefinitionSpec): FieldError[] {
  const { group, scope, names, versions, conversion } = spec
  return [
    ...groupErrors(group, 'spec.group'),
    ...requiredWord('spec.scope', scope, ['Cluster', 'Namespaced']),
    ...versions.flatMap((version, i) =>
      version.schema?.openAPIV3Schema
        ? []
        : [required(`spec.versions[${i}].schema.openAPIV3Schema`, 'schemas are required')],
    ),
    ...versions.flatMap((version, i) => validateVersion(version, `spec.versions[${i}]`, spec)),
    ...uniqueErrors(versions),
    ...validateRequiredNames(names, 'spec.names'),
    ...validateNames(names, 'spec.names'),
    ...sharedErrors(spec),
    ...(conversion ? validateConversion(conversion, 'spec.conversion') : []),
  ]
}

function groupErrors(group: string, field: string): FieldError[] {
  if (!group) return [required(field)]
  const errors = dnsSubdomainErrors(group)
  if (errors.length > 0) return [invalid(field, group, errors.join(','))]
  return group.includes('.') ? [] : [invalid(field, group, 'should be a domain with at least one dot')]
}

function uniqueErrors(versions: Version[]): FieldError[] {
  const isUnique = new Set(versions.map(({ name }) => name)).size === versions.length
  const isOneStored = versions.filter(({ storage }) => storage).length === 1
  return [
    ...(isUnique ? [] : [invalid('spec.versions', versions, 'must contain unique version names')]),
    ...(isOneStored
      ? []
      : [invalid('spec.versions', versions, 'must have exactly one version marked as storage version')]),
  ]
}

const shared = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const
type Shared = (typeof shared)[number]

/** Do all versions say the same? */
function isShared({ versions }: CustomResourceDefinitionSpec, member: Shared): boolean {
  return versions.every(version => jsonEqual(version[member], versions[0]?.[member]))
}

function validateVersion(version: Version, field: string, spec: CustomResourceDefinitionSpec): FieldError[] {
  const own = Object.fromEntries(shared.filter(member => !isShared(spec, member)).map(name => [name, version[name]]))
  return [
    ...label(`${field}.name`, version.name, true),
    ...validateDeprecation(version, field),
    ...partErrors(own as Partial<Version>, version, field, 'schema'),
  ]
}

/** What all versions share, under the definition's own fields. */
function sharedErrors(spec: CustomResourceDefinitionSpec): FieldError[] {
  const [first] = spec.versions
  if (!first) return []
  const common = Object.fromEntries(shared.filter(member => isShared(spec, member)).map(name => [name, first[name]]))
  const hasStatus = spec.versions.some(({ subresources }) => subresources?.status)
  const whole = hasStatus ? { ...first, subresources: { ...first.subresources, status: {} } } : first
  return partErrors(common as Partial<Version>, whole, 'spec', 'validation')
}

function partErrors(parts: Partial<Version>, whole: Version, field: string, schemaName: string): FieldError[] {
  const { schema, subresources, additionalPrinterColumns = [], selectableFields = [] } = parts
  return [
    ...(schema?.openAPIV3Schema
      ? rootErrors(schema.openAPIV3Schema, `${field}.${schemaName}.openAPIV3Schema`, !!whole.subresources?.status)
      : []),
    ...(subresources ? validateSubresources(subresources, `${field}.subresources`) : []),
    ...additionalPrinterColumns.flatMap((column, i) =>
      validateColumn(column, `${field}.additionalPrinterColumns[${i}]`),
    ),
    ...validateSelectableFields(selectableFields, whole.schema?.openAPIV3Schema, `${field}.selectableFields`),
  ]
}

function rootErrors(schema: JsonSchemaProps, field: string, hasStatus: boolean): FieldError[] {
  const structural = structuralErrors(schema, field)
  return [
    ...(hasStatus ? statusRootErrors(schema, field) : []),
    ...(schema.nullable ? [fieldForbidden(`${field}.nullable`, 'nullable cannot be true at the root')] : []),
    ...structural,
    ...(structural.length > 0 ? [] : defaultErrors(schema, field)),
    ...schemaErrors(schema, field),
  ]
}

/** The members of a schema that apply to the whole object: with status apart, those that lose nothing by that. */
const allowedAtRoot: Record<string, string> = {
  description: 'Description',
  type: 'Type',
  format: 'Format',
  title: 'Title',
  maximum: 'Maximum',
  exclusiveMaximum: 'ExclusiveMaximum',
  minimum: 'Minimum',
  exclusiveMinimum: 'ExclusiveMinimum',
  maxLength: 'MaxLength',
  minLength: 'MinLength',
  pattern: 'Pattern',
  maxItems: 'MaxItems',
  minItems: 'MinItems',
  uniqueItems: 'UniqueItems',
  multipleOf: 'MultipleOf',
  required: 'Required',
  items: 'Items',
  properties: 'Properties',
  externalDocs: 'ExternalDocs',
  example: 'Example',
  'x-kubernetes-preserve-unknown-fields': 'XPreserveUnknownFields',
  'x-kubernetes-validations': 'XValidations',
}

function statusRootErrors(schema: JsonSchemaProps, field: string): FieldError[] {
  const { type } = schema
  if (type && type !== 'object') {
    const why = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    return [invalid(`${field}.type`, type, why)]
  }
  const isOdd = Object.keys(schema).some(name => !Object.hasOwn(allowedAtRoot, name) && name !== 'nullable')
  if (!isOdd) return []
  const allowed = Object.values(allowedAtRoot).join(' ')
  const why = `only [${allowed}] fields are allowed at the root of the schema if the status subresource is enabled`
  return [invalid(field, schema, why)]
}
