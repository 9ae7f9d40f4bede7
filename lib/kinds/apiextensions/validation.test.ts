import { describe, expect, test } from '@jest/globals'
import type { FieldError } from '../../api/field-errors.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'
import { customResourceDefinitions } from './custom-resource-definition.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionSpec, Version } from './types.ts'
import { validateDefinition, validateDefinitionUpdate } from './validation.ts'

const object: JsonSchemaProps = { type: 'object' }
const version = (more: Partial<Version> = {}, schema: JsonSchemaProps = object): Version => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: schema },
  ...more,
})

/** As it is when it was defaulted and prepared. */
function definition(spec: Partial<CustomResourceDefinitionSpec> = {}, annotations = {}): CustomResourceDefinition {
  const group = spec.group ?? 'example.com'
  const names = spec.names ?? { plural: 'widgets', kind: 'Widget' }
  const crd: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${group}`, annotations },
    spec: { group, scope: 'Namespaced', versions: [version()], ...spec, names: { ...names } },
  }
  customResourceDefinitions.defaults?.(crd)
  customResourceDefinitions.strategy?.prepareForCreate?.(crd)
  return crd
}

const texts = (errors: FieldError[]) => errors.map(({ field, body }) => `${field}: ${body}`)
const errorsOf = (spec: Partial<CustomResourceDefinitionSpec>, annotations = {}) =>
  texts(validateDefinition(definition(spec, annotations)))
const schemaErrorsOf = (schema: JsonSchemaProps, more: Partial<Version> = {}) =>
  errorsOf({ versions: [version(more, schema)] })
/** Of a field `a` in an object. */
const fieldErrorsOf = (schema: JsonSchemaProps) =>
  schemaErrorsOf({ type: 'object', properties: { a: schema } }).map(text =>
    text.replaceAll('spec.validation.openAPIV3Schema.properties[a]', 'a'),
  )
const label = (text: string) =>
  `${text}a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`

test('a definition may be as small as this', () => expect(errorsOf({})).toEqual([]))

describe('a definition', () => {
  test.each<[string, Partial<CustomResourceDefinitionSpec>, string[]]>([
    ['needs a group', { group: '' }, ['spec.group: Required value']],
    [
      'is in a domain',
      { group: 'example' },
      ['spec.group: Invalid value: "example": should be a domain with at least one dot'],
    ],
    ['needs a scope', { scope: '' }, ['spec.scope: Required value']],
    [
      'has one of two scopes',
      { scope: 'World' },
      ['spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"'],
    ],
    [
      'needs schemas',
      { versions: [{ name: 'v1', served: true, storage: true }] },
      ['spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required'],
    ],
    [
      'has names that are labels',
      { names: { plural: 'widgets', kind: 'Widget', shortNames: ['W_'] } },
      [label('spec.names.shortNames[0]: Invalid value: "W_": ')],
    ],
    [
      'has a kind in mixed case',
      { names: { plural: 'widgets', kind: 'Wid_get', listKind: 'WidgetList', singular: 'widget' } },
      [label('spec.names.kind: Invalid value: "Wid_get": may have mixed case, but should otherwise match: ')],
    ],
    [
      'tells kind and list apart',
      { names: { plural: 'widgets', kind: 'Widget', listKind: 'Widget' } },
      ['spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same'],
    ],
    [
      'has categories that are labels',
      { names: { plural: 'widgets', kind: 'Widget', categories: ['A'] } },
      [label('spec.names.categories[0]: Invalid value: "A": ')],
    ],
    [
      'keeps no unknown fields as a whole',
      { preserveUnknownFields: true },
      [
        'spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ],
    ],
    [
      'converts in one of two ways',
      { conversion: { strategy: 'Magic' } },
      ['spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"'],
    ],
    [
      'says where its webhook is',
      { conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'] } } },
      ['spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook'],
    ],
    [
      'asks its webhook in a known version',
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { clientConfig: { url: 'https://a.b/c' }, conversionReviewVersions: ['v9'] },
        },
      },
      ['spec.conversion.conversionReviewVersions: Invalid value: ["v9"]: must include at least one of v1, v1beta1'],
    ],
    [
      'names one place of its webhook',
      { conversion: { strategy: 'Webhook', webhook: { clientConfig: {}, conversionReviewVersions: ['v1'] } } },
      ['spec.conversion.webhookClientConfig: Required value: exactly one of url or service is required'],
    ],
    [
      'says its webhook’s URL as a URL',
      {
        conversion: {
          strategy: 'Webhook',
          webhook: { clientConfig: { url: ':a' }, conversionReviewVersions: ['v1'] },
        },
      },
      [
        'spec.conversion.webhookClientConfig.url: Required value: url must be a valid URL: parse ":a": missing protocol scheme; desired format: https://host[/path]',
      ],
    ],
    [
      'leaves no part of its webhook’s path empty',
      {
        conversion: {
          strategy: 'Webhook',
          webhook: {
            clientConfig: { service: { name: 'a', namespace: 'b', path: '/a//b' } },
            conversionReviewVersions: ['v1'],
          },
        },
      },
      ['spec.conversion.webhookClientConfig.service.path: Invalid value: "/a//b": segment[1] may not be empty'],
    ],
    [
      'has no webhook without need',
      { conversion: { strategy: 'None', webhook: { clientConfig: { url: 'https://a.b' } } } },
      ['spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook'],
    ],
  ])('%s', (_, spec, expected) => expect(errorsOf(spec)).toEqual(expected))

  test('is named for what it defines', () => {
    const crd = definition()
    crd.metadata.name = 'other.example.com'
    expect(texts(validateDefinition(crd))).toEqual([
      'metadata.name: Invalid value: "other.example.com": must be spec.names.plural+"."+spec.group',
    ])
  })

  test('has exactly one version that is stored, and each name once', () => {
    const two = errorsOf({ versions: [version(), version({ name: 'v2' })] })
    expect(two.join()).toContain('must have exactly one version marked as storage version')
    const none = errorsOf({ versions: [version({ storage: false })] })
    expect(none).toContain('status.storedVersions: Invalid value: []: must have at least one stored version')
    const same = errorsOf({ versions: [version(), version({ storage: false })] })
    expect(same.join()).toContain('must contain unique version names')
    expect(errorsOf({ versions: [version({ name: 'V1' })] })).toEqual([
      label('spec.versions[0].name: Invalid value: "V1": '),
    ])
  })

  const key = 'api-approved.kubernetes.io'
  test.each([
    [
      '',
      `metadata.annotations[${key}]: Required value: protected groups must have approval annotation "${key}", see https://github.com/kubernetes/enhancements/pull/1111`,
    ],
    [
      'yes',
      `metadata.annotations[${key}]: Invalid value: "yes": protected groups must have approval annotation "${key}" with either a URL or a reason starting with "unapproved", see https://github.com/kubernetes/enhancements/pull/1111`,
    ],
    ['unapproved, experimental', undefined],
    ['https://github.com/kubernetes/kubernetes/pull/1', undefined],
  ])('below k8s.io is approved: %j', (value, expected) => {
    const annotations = value ? { [key]: value } : {}
    expect(errorsOf({ group: 'x.k8s.io' }, annotations)).toEqual(expected ? [expected] : [])
  })

  test('keeps group and plural, and once established scope and kind', () => {
    const old = definition()
    const other = definition({ scope: 'Cluster', names: { plural: 'widgets', kind: 'Gadget' } })
    expect(validateDefinitionUpdate(other, old)).toEqual([])
    old.status = { conditions: [{ type: 'Established', status: 'True' }] }
    expect(texts(validateDefinitionUpdate(other, old))).toEqual([
      'spec.scope: Invalid value: "Cluster": field is immutable',
      'spec.names.kind: Invalid value: "Gadget": field is immutable',
    ])
    expect(texts(validateDefinitionUpdate(definition({ group: 'other.com' }), old))).toEqual([
      'spec.group: Invalid value: "other.com": field is immutable',
    ])
  })
})

describe('a version', () => {
  const at = 'spec.versions[0]'
  test.each<[string, Partial<Version>, string[]]>([
    [
      'warns only when deprecated',
      { deprecationWarning: 'x' },
      [`${at}.deprecationWarning: Invalid value: "x": can only be set for deprecated versions`],
    ],
    [
      'warns in words',
      { deprecated: true, deprecationWarning: '' },
      [`${at}.deprecationWarning: Invalid value: "": must not be an empty string`],
    ],
    [
      'warns in print',
      { deprecated: true, deprecationWarning: 'a\nb' },
      [
        `${at}.deprecationWarning: Invalid value: "a\\nb": must only contain printable UTF-8 characters; non-printable character found at index 1`,
      ],
    ],
    [
      'scales along paths',
      { subresources: { scale: { specReplicasPath: '', statusReplicasPath: 'x' } } },
      [
        'spec.subresources.scale.specReplicasPath: Required value',
        'spec.subresources.scale.statusReplicasPath: Invalid value: "x": must be a simple json path starting with .',
      ],
    ],
    [
      'scales in spec and status',
      { subresources: { scale: { specReplicasPath: '.a.b', statusReplicasPath: '.spec.a', labelSelectorPath: '.x' } } },
      [
        'spec.subresources.scale.specReplicasPath: Invalid value: ".a.b": should be a json path under .spec',
        'spec.subresources.scale.statusReplicasPath: Invalid value: ".spec.a": should be a json path under .status',
        'spec.subresources.scale.labelSelectorPath: Invalid value: ".x": should be a json path under either .spec or .status',
      ],
    ],
    [
      'prints columns of known types',
      { additionalPrinterColumns: [{ name: '', type: 'text', jsonPath: 'x', format: 'y' }] },
      [
        'spec.additionalPrinterColumns[0].name: Required value',
        'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
        'spec.additionalPrinterColumns[0].format: Invalid value: "y": must be one of byte,date,date-time,double,float,int32,int64,password',
        'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "x": must be a simple json path starting with .',
      ],
    ],
  ])('%s', (_, more, expected) => expect(errorsOf({ versions: [version(more)] })).toEqual(expected))

  test('selects by fields of its schema', () => {
    const schema: JsonSchemaProps = {
      type: 'object',
      properties: { spec: { type: 'object', properties: { a: { type: 'string' }, o: { type: 'object' } } } },
    }
    const paths = ['.spec.a', '.spec.a', '.spec.b', '.spec.o', 'spec.a', '']
    const errors = schemaErrorsOf(schema, { selectableFields: paths.map(jsonPath => ({ jsonPath })) })
    expect(errors).toEqual([
      'spec.selectableFields[1].jsonPath: Duplicate value: ".spec.a"',
      'spec.selectableFields[2].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
      'spec.selectableFields[3].jsonPath: Invalid value: ".spec.o": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      'spec.selectableFields[4].jsonPath: Invalid value: "spec.a": is an invalid path: expected [ or . but got: spec',
      'spec.selectableFields[5].jsonPath: Required value',
    ])
  })

  test('is named in errors only where it differs from the others', () => {
    const bad: JsonSchemaProps = { type: 'object', properties: { a: {} } }
    const text = 'openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields'
    const both = [version({}, bad), version({ name: 'v2', storage: false }, bad)]
    expect(errorsOf({ versions: both })).toEqual([`spec.validation.${text}`])
    expect(errorsOf({ versions: [version(), version({ name: 'v2', storage: false }, bad)] })).toEqual([
      `spec.versions[1].schema.${text}`,
    ])
  })

  test('with status apart says nothing at the root that would be lost', () => {
    const errors = schemaErrorsOf({ ...object, maxProperties: 3 }, { subresources: { status: {} } })
    expect(errors).toHaveLength(1)
    expect(errors[0]).toMatch(
      /^spec\.validation\.openAPIV3Schema: Invalid value: \{.*\}: only \[Description Type .* XValidations\] fields are allowed at the root of the schema if the status subresource is enabled$/,
    )
  })
})

describe('the root of a schema', () => {
  const at = 'spec.validation.openAPIV3Schema'
  test.each<[JsonSchemaProps, string[]]>([
    [{}, [`${at}.type: Required value: must not be empty at the root`]],
    [
      { ...object, oneOf: [{ properties: { b: {} } }] },
      [`${at}.properties[b]: Required value: because it is defined in ${at}.oneOf[0].properties[b]`],
    ],
    [{ type: 'string' }, [`${at}.type: Invalid value: "string": must be object at the root`]],
    [{ ...object, nullable: true }, [`${at}.nullable: Forbidden: nullable cannot be true at the root`]],
    [
      { ...object, additionalProperties: { type: 'string' } },
      [`${at}.additionalProperties: Forbidden: must not be used at the root`],
    ],
    [
      { ...object, properties: { kind: { type: 'integer' } } },
      [`${at}.properties[kind].type: Invalid value: "integer": must be string`],
    ],
    [
      {
        ...object,
        properties: { metadata: { type: 'object', properties: { name: { type: 'string', pattern: 'a' } } } },
      },
      [],
    ],
    [
      { ...object, properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
      [
        `${at}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
      ],
    ],
    [
      { ...object, properties: { apiVersion: { type: 'string', default: 'x' } } },
      [`${at}.properties[apiVersion].default: Forbidden: must not be set in top-level apiVersion`],
    ],
  ])('%j', (schema, expected) => expect(schemaErrorsOf(schema)).toEqual(expected))
})

describe('a field of a schema', () => {
  const items: JsonSchemaProps = {
    type: 'object',
    properties: { k: { type: 'string' }, o: { type: 'object' } },
    required: ['k'],
  }
  const map = (more: JsonSchemaProps = {}, keys = ['k']): JsonSchemaProps => ({
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    items,
    ...more,
  })
  test.each<[JsonSchemaProps, string[]]>([
    // Structure.
    [{}, ['a.type: Required value: must not be empty for specified object fields']],
    [{ type: 'array', items: {} }, ['a.items.type: Required value: must not be empty for specified array items']],
    [{ type: 'array' }, ['a.items: Required value: must be specified']],
    [
      { type: 'thing' },
      [
        'a.type: Unsupported value: "thing": supported values: "array", "boolean", "integer", "number", "object", "string"',
      ],
    ],
    [{ type: 'string', anyOf: [{ type: 'string' }] }, ['a.anyOf[0].type: Forbidden: must be empty to be structural']],
    [
      { type: 'string', not: { description: 'x', default: 1 } },
      [
        'a.not.default: Forbidden: must be undefined to be structural',
        'a.not.description: Forbidden: must be empty to be structural',
      ],
    ],
    [{ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }, []],
    [
      { 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true },
      [
        'a.x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true',
      ],
    ],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, []],
    [
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': false },
      ['a.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined'],
    ],
    [
      { type: 'object', 'x-kubernetes-embedded-resource': true },
      [
        'a.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ],
    ],
    [
      { type: 'string', pattern: '(' },
      [
        'a.pattern: Invalid value: "(": must be a valid regular expression, but isn\'t: error parsing regexp: missing closing ): `(`',
      ],
    ],
    // Constructs that are not supported.
    [{ type: 'string', $ref: '#/x' }, ['a.$ref: Forbidden: $ref is not supported']],
    [
      { type: 'object', patternProperties: { x: { type: 'string' } } },
      ['a.patternProperties: Forbidden: patternProperties is not supported'],
    ],
    [
      { type: 'array', items: { type: 'string' }, uniqueItems: true },
      ['a.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic'],
    ],
    [
      { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: false },
      ['a.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive'],
    ],
    [
      { type: 'array', items: [{ type: 'string' }] },
      ['a.items: Forbidden: items must be a schema object and not an array'],
    ],
    // Defaults.
    [
      { type: 'string', default: 1 },
      ['a.default: Invalid value: "integer":  in body must be of type string: "integer"'],
    ],
    [
      { type: 'object', properties: { b: { type: 'string' } }, default: { b: 'x', c: 1 } },
      ['a.default: Invalid value: {"b":"x","c":1}: must not have unknown fields'],
    ],
    [{ type: 'string', enum: ['x'], default: 'y' }, ['a.default: Unsupported value: "y": supported values: "x"']],
    // Lists and maps.
    [
      { type: 'string', 'x-kubernetes-list-type': 'set' },
      ['a.type: Invalid value: "string": must be array if x-kubernetes-list-type is specified'],
    ],
    [
      { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'bag' },
      ['a.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"'],
    ],
    [
      { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'set' },
      [
        'a.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set',
      ],
    ],
    [
      { type: 'array', items: { type: 'string', nullable: true }, 'x-kubernetes-list-type': 'set' },
      ['a.items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is set'],
    ],
    [map(), []],
    [map({}, []), ['a.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map']],
    [
      map({}, ['x']),
      ['a.x-kubernetes-list-map-keys: Invalid value: ["x"]: entries must all be names of item properties'],
    ],
    [
      map({ items: { ...items, required: [] } }),
      [
        'a.items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
      ],
    ],
    [
      map({ items: { type: 'string' } }),
      ['a.items.type: Invalid value: "string": must be object if parent array\'s x-kubernetes-list-type is map'],
    ],
    [
      { type: 'array', items, 'x-kubernetes-list-map-keys': ['k'] },
      ['a.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty'],
    ],
    [
      { type: 'object', 'x-kubernetes-map-type': 'odd' },
      ['a.x-kubernetes-map-type: Unsupported value: "odd": supported values: "atomic", "granular"'],
    ],
    [
      { type: 'string', 'x-kubernetes-map-type': 'atomic' },
      ['a.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified'],
    ],
    // Rules.
    [{ type: 'string', 'x-kubernetes-validations': [{ rule: 'self.size() > 1' }] }, []],
    [
      { type: 'string', 'x-kubernetes-validations': [{ rule: ' ' }] },
      ['a.x-kubernetes-validations[0].rule: Required value: rule is not specified'],
    ],
    [
      { type: 'string', 'x-kubernetes-validations': [{ rule: 'true', reason: 'Because' }] },
      [
        'a.x-kubernetes-validations[0].reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
      ],
    ],
  ])('%j', (schema, expected) => expect(fieldErrorsOf(schema)).toEqual(expected))
})
