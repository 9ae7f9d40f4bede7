import { describe, expect, test } from '@jest/globals'
import { dropNulls, fillDefaults } from './default-values.ts'
import type { JsonSchemaProps } from './json-schema-props.ts'
import { structuralSchema } from './structural.ts'

const props: JsonSchemaProps = {
  type: 'object',
  properties: {
    a: { type: 'string', default: 'x' },
    free: { type: 'string', nullable: true, default: 'y' },
    plain: { type: 'string' },
    inner: { type: 'object', default: {}, properties: { b: { type: 'integer', default: 0 } } },
    list: { type: 'array', items: { type: 'object', properties: { c: { type: 'boolean', default: false } } } },
    map: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { d: { type: 'string', default: 'z' } } },
    },
  },
}

describe('defaults', () => {
  test.each([
    [{}, { a: 'x', free: 'y', inner: { b: 0 } }],
    [
      { a: null, free: null },
      { a: 'x', free: null, inner: { b: 0 } },
    ],
    [
      { a: '', inner: { b: 1 } },
      { a: '', free: 'y', inner: { b: 1 } },
    ],
    [
      { list: [{}, 1], map: { k: {} } },
      { a: 'x', free: 'y', inner: { b: 0 }, list: [{ c: false }, 1], map: { k: { d: 'z' } } },
    ],
  ])('%j', (given, filled) => {
    const value = structuredClone(given)
    fillDefaults(structuralSchema(props), value)
    expect(value).toEqual(filled)
  })

  test('are given to each object anew', () => {
    const [one, other] = [{}, {}] as [Record<string, unknown>, Record<string, unknown>]
    const schema = structuralSchema(props)
    for (const value of [one, other]) fillDefaults(schema, value)
    expect(one.inner).not.toBe(other.inner)
  })
})

test('null is absent where it is no value and has no default', () => {
  const value = { a: null, free: null, plain: null, inner: { b: null }, list: [null, { c: null }], unknown: null }
  dropNulls(structuralSchema(props), value)
  expect(value).toEqual({ a: null, free: null, inner: { b: null }, list: [null, { c: null }], unknown: null })
})
