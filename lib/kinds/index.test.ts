import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { type ResourceDefinition, storageKey } from '../api/resource.ts'
import { builtinKinds } from './index.ts'

const nameOf = ({ group, version, plural }: ResourceDefinition) => `${group}/${version}/${plural}`

test('every file that defines a kind is listed', () => {
  const exported = globSync('**/*.ts', { cwd: import.meta.dirname }).flatMap(file => {
    const text = readFileSync(join(import.meta.dirname, file), 'utf8')
    return [...text.matchAll(/^export const (\w+): ResourceDefinition</gm)].map(match => match[1])
  })
  const index = readFileSync(join(import.meta.dirname, 'index.ts'), 'utf8')
  const listed = [...index.matchAll(/^ {2}(\w+),$/gm)].map(match => match[1])
  expect(listed.toSorted()).toEqual(exported.toSorted())
  expect(listed).toHaveLength(builtinKinds.length)
})

test('no two kinds share a path or a place in storage', () => {
  const paths = builtinKinds.map(nameOf)
  expect(new Set(paths).size).toBe(paths.length)
  const isStored = ({ verbs }: ResourceDefinition) => verbs?.includes('create') !== true || verbs.length > 1
  // A version that is stored in another one has its place.
  const stored = builtinKinds.filter(def => isStored(def) && !def.conversion)
  const keys = stored.map(def => storageKey(def))
  expect(new Set(keys).size).toBe(keys.length)
})

test.each([
  ['Service', 'services/specs/ns/x'],
  ['Endpoints', 'services/endpoints/ns/x'],
  ['Node', 'minions/x'],
  ['ReplicationController', 'controllers/ns/x'],
  ['Ingress', 'ingress/ns/x'],
  ['Lease', 'leases/ns/x'],
  ['Deployment', 'deployments/ns/x'],
])('%s is stored where upstream stores it: %s', (kind, key) => {
  const def = builtinKinds.find(other => other.kind === kind)
  expect(def && storageKey(def, { namespace: 'ns', name: 'x' })).toBe(key)
})

test('every schema is found and has the metadata of its kind', () => {
  for (const def of builtinKinds)
    expect([def.kind, Object.keys(def.schema.properties ?? {})]).toEqual([
      def.kind,
      expect.arrayContaining(['metadata']),
    ])
})

interface ApiResource {
  name: string
  singularName: string
  namespaced: boolean
  kind: string
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
}

const published = join(import.meta.dirname, '../../../shared/kubernetes-1.36/discovery')
const isThere = existsSync(published)
const compare = isThere ? test : test.skip
const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

describe(`discovery${isThere ? '' : ' (skipped: the published discovery answers are not beside the repository)'}`, () => {
  compare.each(builtinKinds.map(def => [nameOf(def), def] as const))('%s is as published', (_, def) => {
    const file = def.group ? `apis__${def.group}__${def.version}.json` : `api__${def.version}.json`
    const { resources } = JSON.parse(readFileSync(join(published, file), 'utf8')) as { resources: ApiResource[] }
    const expected = resources.find(({ name }) => name === def.plural)
    expect({
      name: def.plural,
      singularName: def.singular ?? def.kind.toLowerCase(),
      namespaced: def.scope === 'Namespaced',
      kind: def.kind,
      verbs: def.verbs ?? allVerbs,
      shortNames: def.shortNames ?? [],
      categories: def.categories ?? [],
    }).toEqual({
      name: expected?.name,
      singularName: expected?.singularName,
      namespaced: expected?.namespaced,
      kind: expected?.kind,
      verbs: expected?.verbs.toSorted(),
      shortNames: expected?.shortNames ?? [],
      categories: expected?.categories ?? [],
    })
  })

  compare.each(
    builtinKinds.flatMap(def =>
      Object.entries(def.subresources ?? {}).map(([name, sub]) => [nameOf(def), name, def, sub] as const),
    ),
  )('%s/%s has the published verbs', (_, name, def, sub) => {
    const file = def.group ? `apis__${def.group}__${def.version}.json` : `api__${def.version}.json`
    const { resources } = JSON.parse(readFileSync(join(published, file), 'utf8')) as { resources: ApiResource[] }
    const expected = resources.find(resource => resource.name === `${def.plural}/${name}`)
    expect(sub.verbs.toSorted()).toEqual(expected?.verbs.toSorted())
    expect(sub.kind?.kind ?? def.kind).toBe(expected?.kind)
  })
})
