import { expect, test } from '@jest/globals'
import type { KubeObject, OwnerReference } from '../api/meta.ts'
import { dropDuplicateOwners } from './owner-references.ts'

const owner = (uid: string, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'Pod',
  name: 'a',
  uid,
  ...more,
})

function dropped(ownerReferences: OwnerReference[]) {
  const object: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ownerReferences } }
  const warnings: string[] = []
  dropDuplicateOwners(object, warnings, 'before admission')
  return { kept: object.metadata.ownerReferences, warnings }
}

test('the first of those that say the same is kept', () => {
  const { kept, warnings } = dropped([owner('1'), owner('2'), { ...owner('1') }, owner('1', { controller: false })])
  expect(kept).toEqual([owner('1'), owner('2'), owner('1', { controller: false })])
  expect(warnings).toEqual([expect.stringContaining('duplicate UID(s) observed: 1')])
})

test('a great many are compared in time', () => {
  const many = Array.from({ length: 60_000 }, (_, i) => owner('same', { name: `${i}` }))
  expect(dropped(many)).toEqual({ kept: many, warnings: [] })
})
