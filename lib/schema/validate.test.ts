import { describe, expect, test } from '@jest/globals'
import type { JsonSchemaProps } from './json-schema-props.ts'
import { structuralSchema } from './structural.ts'
import { validate } from './validate.ts'

/** What is wrong with `{ v: value }`, as `type path: text`. */
function problems(schema: JsonSchemaProps, value: unknown, old?: unknown): string[] {
  const root = structuralSchema({ type: 'object', properties: { v: schema } })
  return validate(root, { v: value }, old === undefined ? undefined : { v: old }).map(problem => {
    const { type, path } = problem
    const detail = 'detail' in problem ? `${JSON.stringify(problem.value)}: ${problem.detail}` : ''
    const limit = 'max' in problem ? `max ${problem.max}` : ''
    const words = 'supported' in problem ? problem.supported.join('|') : ''
    return `${type} ${path}: ${detail}${limit}${words}`
  })
}

const array = (items: JsonSchemaProps, more: JsonSchemaProps = {}): JsonSchemaProps => ({
  type: 'array',
  items,
  ...more,
})
const object = (properties: Record<string, JsonSchemaProps>, more: JsonSchemaProps = {}): JsonSchemaProps => ({
  type: 'object',
  properties,
  ...more,
})
const text: JsonSchemaProps = { type: 'string' }
const size: JsonSchemaProps = { type: 'integer' }

describe('valid is', () => {
  test.each<[JsonSchemaProps, unknown]>([
    [size, 1],
    [size, -0],
    [{ type: 'number' }, 1],
    [{ type: 'number' }, 1.5],
    [{ type: 'integer', format: 'int32' }, 2 ** 31 - 1],
    [{ type: 'string', nullable: true }, null],
    [{ 'x-kubernetes-int-or-string': true }, 1],
    [{ 'x-kubernetes-int-or-string': true }, '25%'],
    [{ type: 'integer', minimum: 1, maximum: 3 }, 3],
    [{ type: 'number', exclusiveMaximum: true, maximum: 3 }, 2.9],
    [{ type: 'number', multipleOf: 0.1 }, 0.3],
    [{ type: 'string', maxLength: 2 }, '😀😀'],
    [{ type: 'string', pattern: 'b' }, 'abc'],
    [{ type: 'string', enum: ['a', null], nullable: true }, null],
    [
      { type: 'object', enum: [{ a: 1, b: 2 }] },
      { b: 2, a: 1 },
    ],
    [array(text, { minItems: 1, maxItems: 2 }), ['a', 'b']],
    [object({ a: text }, { required: ['a'], minProperties: 1, maxProperties: 1 }), { a: 'x' }],
    [
      { type: 'object', additionalProperties: size },
      { a: 1, constructor: 2 },
    ],
    [{ 'x-kubernetes-preserve-unknown-fields': true }, { anything: [1] }],
    [{ type: 'string', format: 'nobody-knows' }, 'x'],
    [{ ...text, anyOf: [{ pattern: '^a' }, { pattern: '^b' }] }, 'b'],
    [{ ...text, oneOf: [{ pattern: '^a' }, { pattern: 'b$' }] }, 'a'],
    [{ ...text, allOf: [{ pattern: '^a' }, { pattern: 'b$' }] }, 'ab'],
    [{ ...text, not: { pattern: '^a' } }, 'b'],
  ])('%j: %j', (schema, value) => expect(problems(schema, value)).toEqual([]))
})

describe('invalid is', () => {
  const wrong = (value: unknown, type: string, shown = value) =>
    `TypeInvalid v: ${JSON.stringify(shown)}: v in body must be of type ${type}: ${JSON.stringify(shown)}`
  test.each<[JsonSchemaProps, unknown, string[]]>([
    [size, 'x', [wrong('string', 'integer')]],
    [size, 1.5, [wrong('number', 'integer')]],
    [size, true, [wrong('boolean', 'integer')]],
    [text, 1, [wrong('integer', 'string')]],
    [text, null, [wrong('null', 'string')]],
    [text, [], [wrong('array', 'string')]],
    [text, {}, [wrong('object', 'string')]],
    [{ type: 'boolean' }, 'true', [wrong('string', 'boolean')]],
    [{ 'x-kubernetes-int-or-string': true }, 1.5, [wrong('number', 'integer,string')]],
    [{ type: 'integer', format: 'int64' }, true, [wrong('', 'int64')]],
    [
      { type: 'integer', format: 'int32' },
      2 ** 31,
      ['Invalid undefined: "": Checked value must be of type integer with format int32 in v'],
    ],
    [{ type: 'string', format: 'date' }, 'x', [wrong('x', 'date')]],
    [{ type: 'integer', maximum: 3 }, 4, ['Invalid v: 4: v in body should be less than or equal to 3']],
    [{ type: 'integer', minimum: 3 }, 2, ['Invalid v: 2: v in body should be greater than or equal to 3']],
    [{ type: 'integer', maximum: 3, exclusiveMaximum: true }, 3, ['Invalid v: 3: v in body should be less than 3']],
    [
      { type: 'number', minimum: 0.5, exclusiveMinimum: true },
      0.5,
      ['Invalid v: 0.5: v in body should be greater than 0.5'],
    ],
    [
      { type: 'number', maximum: 2_500_000 },
      2_500_000.5,
      ['Invalid v: 2500000.5: v in body should be less than or equal to 2.5e+06'],
    ],
    [{ type: 'integer', multipleOf: 2 }, 3, ['Invalid v: 3: v in body should be a multiple of 2']],
    [{ type: 'string', maxLength: 1 }, 'ab', ['TooLong v: max 1']],
    [{ type: 'string', minLength: 2 }, 'a', ['Invalid v: "a": v in body should be at least 2 chars long']],
    [{ type: 'string', pattern: '^b$' }, 'a', [`Invalid v: "a": v in body should match '^b$'`]],
    [{ type: 'string', enum: ['a', 'b'] }, 'c', ['NotSupported v: a|b']],
    [{ type: 'integer', enum: [1, 2] }, 3, ['NotSupported v: 1|2']],
    [array(text), ['a', 1], ['TypeInvalid v[1]: "integer": v[1] in body must be of type string: "integer"']],
    [array(text, { minItems: 1 }), [], ['Invalid v: 0: v in body should have at least 1 items']],
    [array(text, { maxItems: 1 }), ['a', 'b'], ['TooMany v: max 1']],
    [array(text, { uniqueItems: true }), ['a', 'a'], [`Invalid v: "": v in body shouldn't contain duplicates`]],
    [object({}, { required: ['a'] }), {}, ['Required v.a: ']],
    [{ type: 'object', minProperties: 1 }, {}, ['Invalid v: 0: v in body should have at least 1 properties']],
    [{ type: 'object', maxProperties: 1 }, { a: 1, b: 2 }, ['TooMany v: max 1']],
    [
      { type: 'object', additionalProperties: size },
      { a: 'x' },
      ['TypeInvalid v.a: "string": v.a in body must be of type integer: "string"'],
    ],
    [
      { type: 'object', additionalProperties: false, 'x-kubernetes-preserve-unknown-fields': true },
      { a: 1 },
      ['Invalid v: "a": v.a in body is a forbidden property'],
    ],
    [
      { ...text, anyOf: [{ pattern: '^a' }, { pattern: '^b' }] },
      'c',
      [
        'Invalid undefined: "": "v" must validate at least one schema (anyOf)',
        `Invalid v: "c": v in body should match '^a'`,
      ],
    ],
    [
      { ...text, oneOf: [{ pattern: 'a' }, { pattern: 'b' }] },
      'ab',
      ['Invalid undefined: "": "v" must validate one and only one schema (oneOf). Found 2 valid alternatives'],
    ],
    [
      { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      {},
      ['Invalid undefined: "": "v" must validate one and only one schema (oneOf). Found none valid', 'Required v.a: '],
    ],
    [
      { ...text, allOf: [{ pattern: 'a' }] },
      'c',
      [
        `Invalid v: "c": v in body should match 'a'`,
        'Invalid undefined: "": "v" must validate all the schemas (allOf). None validated',
      ],
    ],
    [{ ...text, not: { pattern: 'a' } }, 'a', ['Invalid undefined: "": "v" must not validate the schema (not)']],
  ])('%j: %j', (schema, value, expected) => expect(problems(schema, value)).toEqual(expected))
})

describe('what was wrong before', () => {
  const small: JsonSchemaProps = { type: 'integer', maximum: 1 }
  const keyed = (items: JsonSchemaProps) =>
    array(items, { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] })

  test.each<[string, JsonSchemaProps, unknown, unknown]>([
    ['a value', small, 5, 5],
    ['a member beside one that changes', object({ a: small, b: text }), { a: 5, b: 'x' }, { a: 5, b: 'y' }],
    ['a value of a map', { type: 'object', additionalProperties: small }, { a: 5 }, { a: 5, b: 1 }],
    [
      'an item of a list-map, wherever it stands',
      keyed(object({ name: text, size: small })),
      [{ name: 'a', size: 5 }],
      [{ name: 'b' }, { name: 'a', size: 5 }],
    ],
  ])('may stay: %s', (_, schema, old, value) => expect(problems(schema, value, old)).toEqual([]))

  test.each<[string, JsonSchemaProps, unknown, unknown]>([
    ['another value', small, 5, 6],
    ['a new member', object({ a: small }), {}, { a: 5 }],
    ['an item of a list that is no map', array(small), [5], [5, 1]],
    [
      'a list-map item with another value',
      keyed(object({ name: text, size: small })),
      [{ name: 'a', size: 5 }],
      [{ name: 'a', size: 6 }],
    ],
  ])('is told of once it changes: %s', (_, schema, old, value) => expect(problems(schema, value, old)).toHaveLength(1))
})

test('the names of members come from the definition, never from JavaScript', () => {
  const schema = structuralSchema({ type: 'object', properties: { constructor: size }, required: ['toString'] })
  expect(validate(schema, JSON.parse('{"constructor":"x","__proto__":1}'))).toEqual([
    expect.objectContaining({ path: 'constructor' }),
    { type: 'Required', path: 'toString' },
  ])
})

test('there may be more problems than a call takes arguments', () => {
  const list = { type: 'array', items: { type: 'string', minLength: 5 } }
  const schema = structuralSchema({ type: 'object', properties: { list } })
  expect(validate(schema, { list: Array(200_000).fill('a') })).toHaveLength(200_000)
})
