// Walks over values and their schemas: which fields there are, what differs, what is merged, removed, refused.

import { describe, expect, test } from '@jest/globals'
import { builtinSchema } from '../schema/builtin.ts'
import type { Schema } from '../schema/schema.ts'
import { compare } from './compare.ts'
import type { FieldSet } from './field-set.ts'
import { fieldSetOf } from './field-set-of.ts'
import type { JsonObject } from './json.ts'
import { mergeApplied } from './merge-applied.ts'
import { removeFields, withNamedFields } from './remove-fields.ts'
import { rootSchema, ShapeError } from './shape.ts'
import { shapeProblem } from './validate-applied.ts'

const text: Schema = { type: 'string' }
const object = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties,
  ...more,
})
const schema = object({
  a: text,
  count: { type: 'integer' },
  on: { type: 'boolean' },
  struct: object({ x: text, y: text }),
  whole: object({ x: text, y: text }, { mapType: 'atomic' }),
  labels: { type: 'object', additionalProperties: text },
  tags: { type: 'array', listType: 'set', items: text },
  args: { type: 'array', items: text },
  ports: {
    type: 'array',
    listType: 'map',
    listMapKeys: ['port', 'protocol'],
    items: object({ port: { type: 'integer' }, protocol: { ...text, default: 'TCP' }, name: text }),
  },
  free: { type: 'object', preserveUnknownFields: true },
  either: { intOrString: true },
})
const tcp = (port: number) => `k:{"port":${port},"protocol":"TCP"}`

describe('the fields that a configuration names', () => {
  const cases: [what: string, value: JsonObject, set: FieldSet][] = [
    ['scalars', { a: 'x', count: 1 }, { 'f:a': {}, 'f:count': {} }],
    ['null', { a: null, struct: null }, { 'f:a': {}, 'f:struct': {} }],
    ['what is in a struct, not the struct', { struct: { x: '1' } }, { 'f:struct': { 'f:x': {} } }],
    ['an empty struct', { struct: {} }, { 'f:struct': {} }],
    ['an empty list that merges', { tags: [] }, {}],
    ['an atomic struct as one', { whole: { x: '1' } }, { 'f:whole': {} }],
    ['an atomic list as one', { args: ['1'] }, { 'f:args': {} }],
    ['members of a map', { labels: { p: '1' } }, { 'f:labels': { 'f:p': {} } }],
    ['items of a set', { tags: ['t', 'u'] }, { 'f:tags': { 'v:"t"': {}, 'v:"u"': {} } }],
    [
      'elements of a list, by default keys too',
      { ports: [{ port: 80 }, { port: 53, protocol: 'UDP', name: 'dns' }] },
      {
        'f:ports': {
          [tcp(80)]: { '.': {}, 'f:port': {} },
          'k:{"port":53,"protocol":"UDP"}': { '.': {}, 'f:port': {}, 'f:protocol': {}, 'f:name': {} },
        },
      },
    ],
    [
      'all of what no schema describes; its lists are one',
      { free: { list: [{ x: 1 }], map: { x: { y: null } } } },
      { 'f:free': { 'f:list': {}, 'f:map': { '.': {}, 'f:x': { '.': {}, 'f:y': {} } } } },
    ],
  ]
  test.each(cases)('%s', (_, value, set) => {
    expect(fieldSetOf(schema, value)).toEqual(set)
  })
})

describe('what differs', () => {
  type Parts = { added?: FieldSet; modified?: FieldSet; removed?: FieldSet }
  const cases: [what: string, before: JsonObject, after: JsonObject, changes: Parts][] = [
    ['nothing', { a: 'x', ports: [{ port: 1 }] }, { ports: [{ port: 1 }], a: 'x' }, {}],
    ['a scalar', { a: 'x' }, { a: 'y' }, { modified: { 'f:a': {} } }],
    ['a new struct, with itself', {}, { struct: { x: '1' } }, { added: { 'f:struct': { '.': {}, 'f:x': {} } } }],
    ['a struct that goes', { struct: { x: '1' } }, {}, { removed: { 'f:struct': { '.': {}, 'f:x': {} } } }],
    ['a field in a struct', { struct: {} }, { struct: { x: '1' } }, { added: { 'f:struct': { 'f:x': {} } } }],
    ['null and empty', { struct: null }, { struct: {} }, { modified: { 'f:struct': {} } }],
    ['an atomic struct', { whole: { x: '1' } }, { whole: { x: '2' } }, { modified: { 'f:whole': {} } }],
    ['an atomic list', { args: ['1'] }, { args: ['1', '2'] }, { modified: { 'f:args': {} } }],
    [
      'a set',
      { tags: ['t', 'u'] },
      { tags: ['u', 'v'] },
      { added: { 'f:tags': { 'v:"v"': {} } }, removed: { 'f:tags': { 'v:"t"': {} } } },
    ],
    [
      'elements by their keys, in whatever order',
      { ports: [{ port: 1, name: 'a' }, { port: 2 }] },
      { ports: [{ port: 2 }, { port: 1, protocol: 'TCP', name: 'b' }] },
      {
        added: { 'f:ports': { [tcp(1)]: { 'f:protocol': {} } } },
        modified: { 'f:ports': { [tcp(1)]: { 'f:name': {} } } },
      },
    ],
    [
      'an element that is there twice is one leaf',
      { ports: [{ port: 1 }] },
      { ports: [{ port: 1 }, { port: 1, name: 'b' }] },
      { added: { 'f:ports': { [tcp(1)]: {} } }, removed: { 'f:ports': { [tcp(1)]: { '.': {}, 'f:port': {} } } } },
    ],
    [
      'another kind of value',
      { free: { x: 1 } },
      { free: { x: { y: 1 } } },
      { modified: { 'f:free': { 'f:x': {} } }, added: { 'f:free': { 'f:x': { 'f:y': {} } } } },
    ],
  ]
  test.each(cases)('%s', (_, before, after, changes) => {
    expect(compare(schema, before, after)).toEqual({ added: {}, modified: {}, removed: {}, ...changes })
  })

  test('what Go always writes was there before', () => {
    const deployment = {
      spec: { strategy: { type: 'Recreate' }, template: { spec: { containers: [{ name: 'web' }] } } },
    }
    expect(compare(rootSchema(builtinSchema('V1Deployment')), {}, deployment).added).toEqual({
      'f:spec': {
        'f:strategy': { 'f:type': {} },
        'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:name': {} } } } },
      },
    })
  })

  test('elements without a name cannot be compared', () => {
    expect(() => compare(schema, {}, { ports: [{ name: 'x' }, null] })).toThrow(ShapeError)
  })
})

describe('merging what is applied', () => {
  const cases: [what: string, live: JsonObject, applied: JsonObject, result: JsonObject][] = [
    ['sets what is named', { a: 'x', count: 1 }, { a: 'y' }, { a: 'y', count: 1 }],
    ['goes into structs', { struct: { x: '1' } }, { struct: { y: '2' } }, { struct: { x: '1', y: '2' } }],
    ['replaces atomic structs', { whole: { x: '1' } }, { whole: { y: '2' } }, { whole: { y: '2' } }],
    ['replaces atomic lists', { args: ['1'] }, { args: [] }, { args: [] }],
    ['null keeps what is in a struct', { struct: { x: '1' } }, { struct: null }, { struct: { x: '1' } }],
    ['null replaces a scalar', { a: 'x' }, { a: null }, { a: null }],
    ['adds to sets', { tags: ['t', 'u'] }, { tags: ['v', 't'] }, { tags: ['v', 't', 'u'] }],
    [
      'merges elements',
      { ports: [{ port: 1, name: 'a' }] },
      { ports: [{ port: 1, protocol: 'TCP' }] },
      { ports: [{ port: 1, name: 'a', protocol: 'TCP' }] },
    ],
    [
      'stands in the applied order, with the others where they were',
      { tags: ['a', 'b', 'c', 'd'] },
      { tags: ['d', 'x', 'b'] },
      { tags: ['a', 'c', 'd', 'x', 'b'] },
    ],
    [
      'makes one of an element that was there twice',
      { ports: [{ port: 1, name: 'a' }, { port: 1, name: 'b' }, { port: 2 }] },
      { ports: [{ port: 1 }] },
      { ports: [{ port: 1 }, { port: 2 }] },
    ],
    [
      'keeps elements that are there twice',
      {
        ports: [
          { port: 1, name: 'a' },
          { port: 1, name: 'b' },
        ],
      },
      { ports: [{ port: 2 }] },
      { ports: [{ port: 1, name: 'a' }, { port: 1, name: 'b' }, { port: 2 }] },
    ],
    [
      'keeps __proto__ plain data',
      {},
      JSON.parse('{"labels":{"__proto__":"x"}}'),
      JSON.parse('{"labels":{"__proto__":"x"}}'),
    ],
  ]
  test.each(cases)('%s', (_, live, applied, result) => {
    const before = structuredClone([live, applied])
    expect(mergeApplied(schema, live, applied)).toEqual(result)
    expect([live, applied]).toEqual(before)
  })
})

describe('removing fields', () => {
  const cases: [what: string, value: JsonObject, fields: FieldSet, result: JsonObject][] = [
    ['a scalar', { a: 'x', count: 1 }, { 'f:a': {} }, { count: 1 }],
    ['the last of a struct', { struct: { x: '1' } }, { 'f:struct': { 'f:x': {} } }, { struct: null }],
    ['one of a struct', { struct: { x: '1', y: '2' } }, { 'f:struct': { 'f:x': {} } }, { struct: { y: '2' } }],
    ['an item', { tags: ['t', 'u'] }, { 'f:tags': { 'v:"t"': {} } }, { tags: ['u'] }],
    ['an element', { ports: [{ port: 1 }, { port: 2 }] }, { 'f:ports': { [tcp(1)]: {} } }, { ports: [{ port: 2 }] }],
    [
      'a field of an element',
      { ports: [{ port: 1, name: 'x' }] },
      { 'f:ports': { [tcp(1)]: { 'f:name': {} } } },
      { ports: [{ port: 1 }] },
    ],
    ['what is not there', { a: 'x' }, { 'f:b': {} }, { a: 'x' }],
  ]
  test.each(cases)('%s', (_, value, fields, result) => {
    expect(removeFields(schema, value, fields)).toEqual(result)
  })

  test('goes on to the structs that hold nothing else', () => {
    expect(withNamedFields(schema, { 'f:struct': { 'f:x': {} }, 'f:ports': { [tcp(1)]: { 'f:name': {} } } })).toEqual({
      'f:struct': { '.': {}, 'f:x': {} },
      'f:ports': { '.': {}, [tcp(1)]: { 'f:name': {} } },
    })
  })
})

describe('what an applied configuration may not be', () => {
  const cases: [what: string, value: JsonObject, problem: string | undefined][] = [
    ['right', { a: 'x', count: 1, on: true, either: 1, struct: null, free: { any: [1] } }, undefined],
    ['unknown', { struct: { z: 1 } }, '.struct.z: field not declared in schema'],
    ['no text', { a: 1 }, '.a: expected string, got &value.valueUnstructured{Value:1}'],
    [
      'no text but a map',
      { a: { b: 'c' } },
      '.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"b":"c"}}',
    ],
    ['no number', { count: 'x' }, '.count: expected numeric (int or float), got string'],
    ['no truth', { on: 'x' }, '.on: expected boolean, got &{x}'],
    ['no map', { struct: 'x' }, '.struct: expected map, got &{x}'],
    ['no list', { args: { x: 1 } }, '.args: expected list, got &{map[x:1]}'],
    ['no scalar', { either: { x: 1 } }, '.either: expected any scalar, got &{map[x:1]}'],
    ['in an atomic list', { args: ['x', 1] }, '.args[1]: expected string, got &value.valueUnstructured{Value:1}'],
    ['twice in a set', { tags: ['t', 't'] }, '.tags: duplicate entries for key [="t"]'],
    [
      'a map in a set',
      { tags: [{}] },
      ".tags: element 0: associative list without keys has an element that's a map type",
    ],
    [
      'null in a set',
      { tags: [null] },
      ".tags: element 0: associative list without keys has an element that's an explicit null",
    ],
    ['null in a list', { ports: [null] }, '.ports: element 0: associative list with keys may not have a null element'],
    ['no map in a list', { ports: [1] }, '.ports: element 0: associative list with keys may not have non-map elements'],
    [
      'several',
      { a: 1, ports: [{ port: 1, name: 2 }] },
      'errors:\n  .a: expected string, got &value.valueUnstructured{Value:1}\n  .ports[port=1,protocol="TCP"].name: expected string, got &value.valueUnstructured{Value:2}',
    ],
  ]
  test.each(cases)('%s', (_, value, problem) => {
    expect(shapeProblem(schema, value, false)).toBe(problem)
  })

  test('nothing that names an element', () => {
    const keyed = object({
      list: { type: 'array', listType: 'map', listMapKeys: ['a', 'b'], items: object({ a: text, b: text, c: text }) },
    })
    expect(shapeProblem(keyed, { list: [{ c: 'x' }] }, false)).toBe(
      '.list: element 0: associative list with keys has an element that omits all key fields ["a" "b"] (and doesn\'t have default values for any key fields)',
    )
    expect(fieldSetOf(keyed, { list: [{ b: 'x' }] })).toEqual({ 'f:list': { 'k:{"b":"x"}': { '.': {}, 'f:b': {} } } })
  })

  test('nor what no schema declares, except in objects within objects, and below what keeps all', () => {
    const nested = object({
      pod: object({ metadata: object({ name: text }), spec: object({ x: text }) }, { embeddedResource: true }),
      kept: object(
        {
          pod: object({}, { embeddedResource: true }),
          inner: object({ x: text }),
          list: { type: 'array', items: object({ x: text }) },
        },
        { preserveUnknownFields: true },
      ),
    })
    const value = {
      pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { x: '1' } },
      kept: { any: 1, inner: { any: 1 }, list: [{ any: 1 }] },
    }
    expect(shapeProblem(nested, value, false)).toBeUndefined()
    expect(shapeProblem(nested, { pod: { metadata: { labels: {}, nme: 'p' }, other: 1 } }, false)).toBe(
      'errors:\n  .pod.metadata.nme: field not declared in schema\n  .pod.other: field not declared in schema',
    )
    expect(shapeProblem(nested, { kept: { pod: { any: 1, metadata: { nme: 'p' } } } }, false)).toBe(
      '.kept.pod.metadata.nme: field not declared in schema',
    )
  })

  test('but the live object may have elements twice', () => {
    expect(shapeProblem(schema, { tags: ['t', 't'] }, true)).toBeUndefined()
  })
})
