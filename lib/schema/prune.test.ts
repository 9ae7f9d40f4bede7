import { expect, test } from '@jest/globals'
import { prune } from './prune.ts'
import type { Schema } from './schema.ts'

const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        list: { type: 'array', items: { type: 'object', properties: { a: {} } } },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { b: {} } } },
        free: { type: 'object', preserveUnknownFields: true, properties: { c: { type: 'object', properties: {} } } },
        pod: { type: 'object', embeddedResource: true, properties: {} },
      },
    },
  },
}

test('what the schema does not have goes, and is told', () => {
  const value = {
    apiVersion: 'example.com/v1',
    kind: 'Foo',
    metadata: { name: 'x', labels: { a: 'b' } },
    spec: {
      name: { wrong: 'type' },
      list: [{ a: 1, z: 1 }],
      map: { k: { b: 1, z: 1 } },
      free: { anything: [1], c: { z: 1 } },
      pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, z: 1 },
    },
    z: 1,
  }
  const unknown: string[] = []
  prune(schema, value, { onUnknown: path => unknown.push(path) })
  expect(value).toEqual({
    apiVersion: 'example.com/v1',
    kind: 'Foo',
    metadata: { name: 'x', labels: { a: 'b' } },
    spec: {
      name: {},
      list: [{ a: 1 }],
      map: { k: { b: 1 } },
      free: { anything: [1], c: {} },
      pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    },
  })
  expect(unknown).toEqual(['spec.name.wrong', 'spec.list[0].z', 'spec.map.k.z', 'spec.free.c.z', 'spec.pod.z', 'z'])
})
