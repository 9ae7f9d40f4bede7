import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import { decode, encode, metadataStart, replaceResourceVersion, withResourceVersion } from './codec.ts'
import { toEntry } from './entry.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'default', resourceVersion: '7' },
  spec: { nodeName: 'n' },
}

test('what is encoded is decoded again, with the revision it has by then', () => {
  const stored = encode(pod)
  expect(`${stored}`).not.toContain('resourceVersion')
  expect(decode(stored, 9n)).toEqual({ ...pod, metadata: { ...pod.metadata, resourceVersion: '9' } })
  expect(pod.metadata.resourceVersion).toBe('7')
})

test('a resourceVersion in a template inside stays', () => {
  const obj: KubeObject & { spec: object } = { ...pod, spec: { template: { metadata: { resourceVersion: '1' } } } }
  expect(decode(encode(obj), 9n)).toMatchObject({ spec: { template: { metadata: { resourceVersion: '1' } } } })
})

describe('splicing resourceVersion into stored JSON', () => {
  const cases: [what: string, json: string][] = [
    ['as we write it', JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: {} })],
    ['with empty metadata', '{"apiVersion":"v1","kind":"Pod","metadata":{}}'],
    ['with empty metadata and spaces', '{"apiVersion":"v1","kind":"Pod","metadata": {\n } }'],
    ['with metadata last', '{"spec":{"a":[1,{"b":"}"}]},"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"}}'],
    ['with metadata deeper first', '{"data":{"metadata":{"name":"x"}},"list":["metadata"],"metadata":{"name":"a"}}'],
    ['indented', JSON.stringify({ apiVersion: 'v1', n: -1.5e3, t: true, x: null, metadata: { name: 'a' } }, null, 2)],
    ['with quotes in strings', JSON.stringify({ a: '\\', b: '"', c: '\\"metadata":{', metadata: { name: 'a\\"' } })],
    ['with wide characters', JSON.stringify({ kind: 'Ünï\u{1f600}', métadata: {}, metadata: { name: 'ü' } })],
    ['with the name as a value', '{"kind":"metadata","metadata":{"name":"a"}}'],
  ]

  test.each(cases)('%s', (_, json) => {
    const stored = Buffer.from(json)
    const entry = toEntry('pods/default/a', { value: stored, modRevision: 12345n })
    const expected = JSON.parse(json)
    expected.metadata.resourceVersion = '12345'
    expect(JSON.parse(`${entry.bytes}`)).toEqual(expected)
    expected.metadata.resourceVersion = '9'
    expect(JSON.parse(`${entry.at(9n).bytes}`)).toEqual(expected)
    expect(entry.stands(stored)).toBe(true)
    expect(entry.at(9n).stands(stored)).toBe(true)
  })

  test.each([
    ['as we write it', '{"kind":"Pod","metadata":{"name":"a","labels":{"a":"1","b/c":""}}}', { a: '1', 'b/c': '' }],
    [
      'indented, with more behind',
      '{"metadata": {\n "labels" : { "a" : "1" } , "x": {"labels":{}} }, "b": 1}',
      { a: '1' },
    ],
    ['escaped', '{"metadata":{"annotations":{"labels":"{"},"labels":{"b\\/c":"\\u0061"}}}', { 'b/c': 'a' }],
    ['none', '{"metadata":{"annotations":{"labels":"x"}},"labels":{"a":"1"}}', {}],
    ['null', '{"metadata":{"labels":null}}', {}],
  ])('labels are read without the rest: %s', (_, json, expected) => {
    const entry = toEntry('pods/default/a', { value: Buffer.from(json), modRevision: 7n })
    expect(entry.labels).toEqual(expected)
    expect(entry.object.metadata.labels ?? {}).toEqual(expected)
  })

  test('an entry keeps no more memory alive than its own', () => {
    const entry = toEntry('k', { value: encode(pod), modRevision: 1n })
    for (const { bytes } of [entry, entry.at(2n)]) expect(bytes.buffer.byteLength).toBe(bytes.length)
  })

  test('an entry does not stand for another value', () => {
    const entry = toEntry('k', { value: encode(pod), modRevision: 1n })
    expect(entry.stands(encode({ ...pod, spec: {} } as KubeObject))).toBe(false)
  })

  test('a revision is replaced by a longer one', () => {
    const stored = encode(pod)
    const start = metadataStart(stored)
    const bytes = replaceResourceVersion(withResourceVersion(stored, start, 1n), start, 1n, 1_000_000n)
    expect(JSON.parse(`${bytes}`)).toEqual({ ...pod, metadata: { ...pod.metadata, resourceVersion: '1000000' } })
  })

  test.each([
    ['nothing', ''],
    ['protobuf', 'k8s\0\n'],
    ['a number', '1'],
    ['a list', '[{"metadata":{}}]'],
    ['no metadata', '{"kind":"Pod"}'],
    ['an empty object', '{}'],
    ['metadata that is a string', '{"metadata":"x"}'],
    ['a string without end', '{"kind":"Pod'],
    ['a value without end', '{"spec":{"a":1'],
    ['a member without value', '{"kind"}'],
  ])('%s is refused', (_, json) => {
    expect(() => toEntry('k', { value: Buffer.from(json), modRevision: 1n })).toThrow('not a Kubernetes object in JSON')
  })
})
