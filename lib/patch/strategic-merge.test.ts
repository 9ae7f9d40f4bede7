import { describe, expect, test } from '@jest/globals'
import type { Schema } from '../schema/schema.ts'
import type { JsonObject } from './json.ts'
import { strategicMerge } from './strategic-merge.ts'

const text: Schema = { type: 'string' }
const container: Schema = {
  type: 'object',
  properties: {
    name: text,
    image: text,
    args: { type: 'array', items: text },
    env: {
      type: 'array',
      items: { type: 'object', properties: { name: text, value: text } },
      patchStrategy: ['merge'],
      patchMergeKey: 'name',
    },
  },
}
const schema: Schema = {
  name: 'V1Spec',
  type: 'object',
  properties: {
    containers: { type: 'array', items: container, patchStrategy: ['merge'], patchMergeKey: 'name' },
    finalizers: { type: 'array', items: text, patchStrategy: ['merge'] },
    args: { type: 'array', items: text },
    labels: { type: 'object', additionalProperties: text },
    strategy: { type: 'object', patchStrategy: ['retainKeys'], properties: { type: text, rollingUpdate: {} } },
    choice: { type: 'object', patchStrategy: ['replace'], properties: { a: text, b: text } },
  },
}

describe('strategic merge', () => {
  const a = { name: 'a', image: 'a:1' }
  const b = { name: 'b', image: 'b:1' }
  const cases: [what: string, original: JsonObject, patch: JsonObject, result: JsonObject][] = [
    ['a map merges', { labels: { x: '1' } }, { labels: { y: '2' } }, { labels: { x: '1', y: '2' } }],
    ['null removes', { labels: { x: '1', y: '2' } }, { labels: { x: null } }, { labels: { y: '2' } }],
    ['null for what is not there adds nothing', {}, { labels: { x: null, y: '1' } }, { labels: { y: '1' } }],
    ['a list without a strategy is replaced', { args: ['x'] }, { args: ['y'] }, { args: ['y'] }],
    [
      'elements merge by key',
      { containers: [a, b] },
      { containers: [{ name: 'b', image: 'b:2' }] },
      { containers: [a, { name: 'b', image: 'b:2' }] },
    ],
    ['a new element is added', { containers: [a] }, { containers: [b] }, { containers: [b, a] }],
    [
      'lists in elements merge too',
      { containers: [{ ...a, env: [{ name: 'X', value: '1' }] }] },
      { containers: [{ name: 'a', env: [{ name: 'Y', value: '2' }] }] },
      {
        containers: [
          {
            ...a,
            env: [
              { name: 'Y', value: '2' },
              { name: 'X', value: '1' },
            ],
          },
        ],
      },
    ],
    [
      '$patch: delete removes an element',
      { containers: [a, b] },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [b] },
    ],
    [
      '$patch: replace replaces a list',
      { containers: [a, b] },
      { containers: [{ $patch: 'replace' }, { name: 'c' }] },
      { containers: [{ name: 'c' }] },
    ],
    [
      '$patch: replace replaces a map',
      { labels: { x: '1' } },
      { labels: { $patch: 'replace', y: '2' } },
      { labels: { y: '2' } },
    ],
    ['$patch: delete empties a map', { labels: { x: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    ['primitives are added once', { finalizers: ['x'] }, { finalizers: ['x', 'y'] }, { finalizers: ['x', 'y'] }],
    [
      '$deleteFromPrimitiveList',
      { finalizers: ['x', 'y', 'z'] },
      { '$deleteFromPrimitiveList/finalizers': ['y'] },
      { finalizers: ['x', 'z'] },
    ],
    [
      '$setElementOrder orders what the patch names',
      { containers: [a, b, { name: 'c' }] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] },
      { containers: [b, a, { name: 'c' }] },
    ],
    [
      '$setElementOrder with changes, as kubectl apply sends it',
      { containers: [a, b] },
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'c' }], containers: [{ name: 'c', image: 'c:1' }] },
      { containers: [a, b, { name: 'c', image: 'c:1' }] },
    ],
    [
      '$retainKeys drops the other choices',
      { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } },
      { strategy: { type: 'Recreate', $retainKeys: ['type'] } },
      { strategy: { type: 'Recreate' } },
    ],
    ['a strategy of replace', { choice: { a: '1' } }, { choice: { b: '2' } }, { choice: { b: '2' } }],
    [
      'directives mean nothing where nothing was',
      {},
      {
        strategy: { type: 'Recreate', $retainKeys: ['type'] },
        labels: { $patch: 'replace', x: '1' },
        containers: [{ name: 'a', image: null, env: [{ name: 'X', $patch: 'delete' }] }],
      },
      { strategy: { type: 'Recreate' }, containers: [{ name: 'a', env: [] }] },
    ],
    [
      'with an order, a new element takes the place of a deleted one',
      { containers: [a, { name: 'c' }] },
      {
        '$setElementOrder/containers': [{ name: 'b' }],
        containers: [b, { name: 'c', $patch: 'delete' }],
      },
      { containers: [a, b] },
    ],
    [
      'with an order, what only the server has stays where it was',
      { containers: [a, b, { name: 'c' }] },
      { '$setElementOrder/containers': [{ name: 'c' }, { name: 'a' }] },
      { containers: [b, { name: 'c' }, a] },
    ],
  ]
  test.each(cases)('%s', (_what, original, patch, result) => {
    const before = structuredClone([original, patch])
    expect(strategicMerge(original, patch, schema)).toEqual(result)
    expect([original, patch]).toEqual(before)
  })

  test('an empty patch changes nothing, and a patch applied twice changes no more', () => {
    for (const [, original, patch] of cases) {
      expect(strategicMerge(original, {}, schema)).toEqual(original)
      const once = strategicMerge(original, patch, schema)
      expect(strategicMerge(once, patch, schema)).toEqual(once)
    }
  })

  const failures: [what: string, patch: JsonObject, text: string][] = [
    ['no merge key', { containers: [{ image: 'x' }] }, 'map: map[image:x] does not contain declared merge key: name'],
    ['an unknown directive', { $patch: 'paint' }, 'unknown patch type: paint in map: map[$patch:paint]'],
    [
      'an order that the patch itself breaks',
      { '$setElementOrder/containers': [{ name: 'a' }, { name: 'b' }], containers: [{ name: 'b' }, { name: 'a' }] },
      "The order in patch list:\n[map[name:b] map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:a] map[name:b]]\n",
    ],
    [
      'merging in a list',
      { containers: [{ name: 'a', $patch: 'merge' }] },
      'merging lists cannot yet be specified in the patch',
    ],
    ['elements of two types', { finalizers: [1] }, 'list element types are not identical: [[x] [1]]'],
    [
      'a field there is not',
      { '$setElementOrder/foo': ['x'] },
      'unable to find api field in struct Spec for the json field "foo"',
    ],
    [
      'an order that is no list',
      { '$setElementOrder/containers': 'a' },
      'expected a []interface {}, but received a string',
    ],
    [
      'keys to retain that miss one',
      { strategy: { type: 'x', $retainKeys: [] } },
      'invalid patch format of retainKeys',
    ],
  ]
  test.each(failures)('%s is refused', (_what, patch, message) => {
    expect(() =>
      strategicMerge({ containers: [a, b], strategy: { type: 'y' }, finalizers: ['x'] }, patch, schema),
    ).toThrow(message)
  })
})
