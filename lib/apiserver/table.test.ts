import { expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { includeObject, tableOf } from './table.ts'

const web: KubeObject = {
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: { name: 'web', namespace: 'default', creationTimestamp: '2026-01-01T00:00:00Z' },
}
const now = Date.parse('2026-01-01T00:05:00Z')
const def = {
  columns: [
    { name: 'Name', type: 'string', format: 'name', value: (obj: KubeObject) => obj.metadata.name ?? '' },
    { name: 'Size', type: 'integer', priority: 1, description: 'How large.', value: () => 3 },
  ],
} as unknown as ResourceDefinition
const options = { version: 'v1', include: 'Metadata', now } as const

test('a row an object, the cells its columns, the object its metadata', () => {
  expect(tableOf(def, [web], { resourceVersion: '7' }, options)).toEqual({
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: { resourceVersion: '7' },
    columnDefinitions: [
      { name: 'Name', type: 'string', format: 'name', description: '', priority: 0 },
      { name: 'Size', type: 'integer', format: '', description: 'How large.', priority: 1 },
    ],
    rows: [
      {
        cells: ['web', 3],
        object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: web.metadata },
      },
    ],
  })
})

test.each([
  ['None', null],
  ['Object', web],
] as const)('includeObject=%s', (include, object) => {
  expect(tableOf(def, [web], {}, { ...options, include }).rows[0]?.object).toEqual(object)
})

test('kinds without columns show name and age', () => {
  const table = tableOf({} as ResourceDefinition, [web], {}, options)
  expect(table.rows[0]?.cells).toEqual(['web', '5m'])
})

test('includeObject is one of three', () => {
  expect(includeObject(new URLSearchParams(''))).toBe('Metadata')
  expect(() => includeObject(new URLSearchParams('includeObject=All'))).toThrow(
    "Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must be 'Metadata', 'Object', 'None', or empty",
  )
})
