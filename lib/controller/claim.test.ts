import { expect, test } from '@jest/globals'
import type { KubeObject, OwnerReference } from '../api/meta.ts'
import { type Claim, claimOf } from './claim.ts'

const owner = (deleted = false): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Owner',
  metadata: { name: 'o', uid: 'o', ...(deleted ? { deletionTimestamp: 'now' } : {}) },
})
const obj = (controller?: string, deleted = false): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Thing',
  metadata: {
    name: 'x',
    ...(controller ? { ownerReferences: [{ uid: controller, controller: true } as OwnerReference] } : {}),
    ...(deleted ? { deletionTimestamp: 'now' } : {}),
  },
})

test.each<[string, KubeObject, KubeObject, boolean, Claim]>([
  ['ours and matching', owner(), obj('o'), true, 'own'],
  ['ours and no longer matching', owner(), obj('o'), false, 'release'],
  ['ours, but we are going', owner(true), obj('o'), false, 'leave'],
  ["another's", owner(), obj('p'), true, 'leave'],
  ['an orphan that matches', owner(), obj(), true, 'adopt'],
  ['an orphan that does not', owner(), obj(), false, 'leave'],
  ['an orphan that is going', owner(), obj(undefined, true), true, 'leave'],
  ['an orphan, but we are going', owner(true), obj(), true, 'leave'],
])('%s', (_, by, what, matches, expected) => {
  expect(claimOf(by, what, matches)).toBe(expected)
})
