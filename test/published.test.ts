// What we publish against what Kubernetes 1.36 publishes: discovery in both forms, OpenAPI v2 and v3. See
// published/README.md; what may differ stands in published/left-out.ts.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { jsonEqual } from '../lib/util/json-equal.ts'
import { digestOf, type Facts, factsOf, type Json } from './published/facts.ts'
import { ours } from './published/ours.ts'
import { theirs } from './published/theirs.ts'

const published = theirs()
const compare = published ? test : test.skip
const why = published ? '' : ' (skipped: the published description is not beside the repository)'
const theirFacts = (): Facts => (published ? factsOf(published) : new Map())
const recorded = () => JSON.parse(readFileSync(join(import.meta.dirname, 'published/digest.json'), 'utf8')) as Json

test('every fact that we publish has the mark of the published one', async () => {
  const digest = digestOf(factsOf(await ours()))
  const marks = recorded()
  const names = new Set([...Object.keys(digest), ...Object.keys(marks)])
  expect([...names].filter(name => digest[name] !== marks[name])).toEqual([])
  expect(names.size).toBeGreaterThan(1000)
})

compare(`the marks are those of what is published${why}`, () => {
  expect(digestOf(theirFacts())).toEqual(recorded())
})

compare(`nothing differs${why}`, async () => {
  const [left, right] = [theirFacts(), factsOf(await ours())]
  const names = [...new Set([...left.keys(), ...right.keys()])]
  expect(names.flatMap(name => differences(left.get(name), right.get(name), name)).slice(0, 60)).toEqual([])
})

/** Where two facts differ, a line each. */
function differences(theirs: unknown, ours: unknown, at: string): string[] {
  if (jsonEqual(theirs, ours)) return []
  const areObjects = [theirs, ours].every(each => typeof each === 'object' && each !== null && !Array.isArray(each))
  if (!areObjects) return [`${at}: theirs ${text(theirs)}, ours ${text(ours)}`]
  const [left, right] = [theirs as Json, ours as Json]
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return names.flatMap(name => differences(left[name], right[name], `${at} ${name}`))
}

const text = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300))
