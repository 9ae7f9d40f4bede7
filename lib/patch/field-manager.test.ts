import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import { builtinSchema } from '../schema/builtin.ts'
import type { Schema } from '../schema/schema.ts'
import { applyConflict, ConflictsError } from './conflicts.ts'
import { applyConfiguration, trackUpdate } from './field-manager.ts'
import type { FieldSet } from './field-set.ts'
import type { JsonObject } from './json.ts'
import {
  capped,
  type Manager,
  type Managers,
  managersAfterScale,
  managersOfScale,
  readManagers,
} from './managed-fields.ts'
import type { Write } from './ownership.ts'
import { rootSchema } from './shape.ts'

const schema = rootSchema(builtinSchema('V1ConfigMap'))
const now = '2026-01-02T03:04:05Z'

const writeBy = (name: string, subresource = ''): Write => ({
  versions: { apiVersion: 'v1', schema, convert: object => ({ object, schema }) },
  by: { name, subresource },
  ignored: {},
  now,
})

type Map = KubeObject & { data?: Record<string, string> }

const map = (data: Record<string, string>, metadata: object = {}): Map => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'm', uid: 'u', ...metadata },
  data,
})

const entry = (manager: string, fieldsV1: FieldSet, more = {}) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
  ...more,
})

const dataOf = (...keys: string[]): FieldSet => ({ 'f:data': Object.fromEntries(keys.map(key => [`f:${key}`, {}])) })
const owners = (object: KubeObject) =>
  (object.metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`)

describe('an update', () => {
  const updated = (live: Map, next: Map, by = 'me') => {
    trackUpdate(writeBy(by), live, next)
    return next.metadata.managedFields
  }

  test('owns all of a new object but what names it', () => {
    const next = map({ a: '1' }, { labels: { l: 'x' }, generation: 1, uid: undefined })
    trackUpdate(writeBy('me'), { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} }, next)
    expect(next.metadata.managedFields).toEqual([
      entry(
        'me',
        { 'f:data': { '.': {}, 'f:a': {} }, 'f:metadata': { 'f:labels': { '.': {}, 'f:l': {} } } },
        { time: now },
      ),
    ])
  })

  test('takes what it changes, loses what goes, and joins what it had', () => {
    const managedFields = [entry('me', dataOf('a')), entry('you', dataOf('b', 'c', 'd'))]
    expect(
      updated(map({ a: '1', b: '1', c: '1', d: '1' }, { managedFields }), map({ a: '1', b: '2', d: '1' })),
    ).toEqual([entry('you', dataOf('d')), entry('me', dataOf('a', 'b'), { time: now })])
  })

  test('that changes nothing leaves the very list', () => {
    const live = map({ a: '1' }, { managedFields: [entry('you', dataOf('a'))] })
    expect(updated(live, map({ a: '1' }))).toBe(live.metadata.managedFields)
    expect(updated(live, structuredClone(live))).toBe(live.metadata.managedFields)
  })

  test('does not begin to track what is not tracked', () => {
    expect(updated(map({ a: '1' }), map({ a: '2' }))).toBeUndefined()
    expect(
      updated(map({}, { managedFields: [entry('you', dataOf('a'))] }), map({ a: '2' }, { managedFields: [{}] })),
    ).toBeUndefined()
  })

  test('through a subresource cannot rewrite the list', () => {
    const live = map({ a: '1' }, { managedFields: [entry('you', dataOf('a'))] })
    const next = map({ a: '1' }, { managedFields: [entry('forged', dataOf('a'))] })
    trackUpdate(writeBy('me', 'status'), live, next)
    expect(owners(next)).toEqual(['you Update'])
  })

  test('does not fail for a list that cannot be read, nor for elements without names', () => {
    const live = map({ a: '1' }, { managedFields: [entry('you', dataOf('a'))] })
    expect(updated(live, map({ a: '2' }, { managedFields: [{ operation: 'Eat' }] }))).toEqual([
      entry('me', dataOf('a'), { time: now }),
    ])
    const odd = map({ a: '2' }, { ownerReferences: [{ name: 'x' }] })
    expect(updated(live, odd as Map)).toBe(live.metadata.managedFields)
  })
})

describe('the list of managers', () => {
  test('has at most ten that updated: of the oldest of each version one is made', () => {
    const managers: Managers = new Map(
      Array.from({ length: 13 }, (_, i): [string, Manager] => [
        `${i}`,
        {
          name: `m${i}`,
          operation: i === 12 ? 'Apply' : 'Update',
          apiVersion: i === 1 ? 'v0' : 'v1',
          subresource: '',
          time: `2026-01-01T00:00:${String(i).padStart(2, '0')}Z`,
          fields: dataOf(`k${i}`),
        },
      ]),
    )
    const after = [...capped(managers).values()]
    expect(after).toHaveLength(11)
    const ancient = after.find(({ name }) => name === 'ancient-changes')
    expect(ancient).toMatchObject({ apiVersion: 'v1', time: '2026-01-01T00:00:03Z', fields: dataOf('k0', 'k2', 'k3') })
    expect(after.map(({ name }) => name)).toContain('m1')
  })

  test('shows a Scale the owners of the replicas, and learns from it', () => {
    const path = ['f:spec', 'f:replicas']
    const replicas: FieldSet = { 'f:spec': { 'f:replicas': {} } }
    const managers = readManagers([
      { ...entry('a', { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }), apiVersion: 'apps/v1' },
      { ...entry('b', { 'f:spec': { 'f:paused': {} } }), apiVersion: 'apps/v1' },
    ])
    const ofScale = managersOfScale(managers, path)
    expect([...ofScale.values()]).toMatchObject([{ name: 'a', apiVersion: 'autoscaling/v1', fields: replicas }])
    const place = { path, apiVersion: 'apps/v1' }
    expect([...managersAfterScale(managers, ofScale, place).values()]).toEqual([...managers.values()])
    const [id, scaled] = ['c', { ...[...ofScale.values()][0], name: 'c', subresource: 'scale' } as Manager]
    const after = [...managersAfterScale(managers, new Map([[id, scaled]]), place).values()]
    expect(after.map(({ name, fields, apiVersion }) => [name, fields, apiVersion])).toEqual([
      ['a', { 'f:spec': { 'f:paused': {} } }, 'apps/v1'],
      ['b', { 'f:spec': { 'f:paused': {} } }, 'apps/v1'],
      ['c', replicas, 'apps/v1'],
    ])
  })
})

describe('an apply', () => {
  const kind = { group: '', version: 'v1', kind: 'ConfigMap' }
  const config = (data: JsonObject, metadata: JsonObject = {}): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'm', ...metadata },
    data,
  })
  const applied = (live: Map, by: string, what: JsonObject, force = false) => {
    const { object, isLive } = applyConfiguration({ write: writeBy(by), kind, config: what, force }, live)
    return { object: object as unknown as Map, isLive }
  }
  const refusal = (live: Map, by: string, what: JsonObject) => {
    try {
      applied(live, by, what)
    } catch (error) {
      if (error instanceof ConflictsError) return applyConflict(error).message
      throw error
    }
    return undefined
  }
  const lastApplied = (what: JsonObject) => ({
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(what),
  })

  test('leaves an object alone that is what it says, and only counts itself among its owners', () => {
    const live = map({ a: '1' }, { managedFields: [entry('you', dataOf('a'))] })
    const { object, isLive } = applied(live, 'me', config({ a: '1' }))
    expect(isLive).toBe(true)
    expect(object.metadata.managedFields).toEqual([
      entry('me', dataOf('a'), { operation: 'Apply' }),
      entry('you', dataOf('a')),
    ])
  })

  test('tells conflicts by manager, and how each came by its fields', () => {
    const managedFields = [
      entry('you', dataOf('b'), { subresource: 'status' }),
      entry('he', dataOf('a', 'c'), { operation: 'Apply' }),
    ]
    const live = map({ a: '1', b: '1', c: '1' }, { managedFields })
    expect(refusal(live, 'me', config({ a: '2', b: '2', c: '2' }))).toBe(
      'Apply failed with 3 conflicts: conflicts with "he":\n- .data.a\n- .data.c\nconflicts with "you" with subresource "status" using v1:\n- .data.b',
    )
  })

  test('forgets owners in versions that are served no more', () => {
    const live = map({ a: '1' }, { managedFields: [entry('you', dataOf('a'), { apiVersion: 'v0' })] })
    const write: Write = writeBy('me')
    const convert: Write['versions']['convert'] = (object, _, to) => (to === 'v0' ? undefined : { object, schema })
    const versions = { ...write.versions, convert }
    const what = config({ a: '2' })
    const { object } = applyConfiguration({ write: { ...write, versions }, kind, config: what, force: false }, live)
    expect(owners(object as unknown as Map)).toEqual(['me Apply'])
  })

  test('compares in the version in which each manager wrote', () => {
    const older: Schema = rootSchema({
      type: 'object',
      properties: { old: { type: 'object', additionalProperties: { type: 'string' } } },
    })
    const write: Write = writeBy('me')
    const versions: Write['versions'] = {
      ...write.versions,
      convert: (object, from, to) => {
        if (from === to) return { object, schema: to === 'v0' ? older : schema }
        const { data, old, ...rest } = object
        const value = data ?? old
        if (to === 'v0') return { object: { ...rest, ...(value ? { old: value } : {}) }, schema: older }
        return { object: { ...rest, ...(value ? { data: value } : {}) }, schema }
      },
    }
    const managedFields = [entry('you', { 'f:old': { 'f:a': {} } }, { apiVersion: 'v0' })]
    const live = map({ a: '1', b: '1' }, { managedFields })
    const attempt = (data: JsonObject) =>
      applyConfiguration({ write: { ...write, versions }, kind, config: config(data), force: false }, live)
    expect(() => attempt({ a: '2' })).toThrow(ConflictsError)
    expect(owners(attempt({ b: '2' }).object as unknown as Map)).toEqual(['me Apply', 'you Update'])
  })

  describe('by kubectl, after client-side apply', () => {
    const before = config({ a: '1', b: '1' })
    const managedFields = [entry('kubectl-client-side-apply', dataOf('a', 'b'))]
    const live = (data: Record<string, string>) => map(data, { annotations: lastApplied(before), managedFields })

    test('has no conflicts with what that left', () => {
      const { object } = applied(live({ a: '1', b: '1' }), 'kubectl', config({ a: '2', b: '1' }))
      expect(object.data).toEqual({ a: '2', b: '1' })
      expect(object.metadata.annotations).toEqual({
        'kubectl.kubernetes.io/last-applied-configuration':
          '{"apiVersion":"v1","data":{"a":"2","b":"1"},"kind":"ConfigMap","metadata":{"name":"m"}}\n',
      })
    })

    test('has them with what others changed since', () => {
      expect(refusal(live({ a: '5', b: '1' }), 'kubectl', config({ a: '2', b: '2' }))).toBe(
        'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.a',
      )
    })

    test('but nobody else comes over so', () => {
      expect(refusal(live({ a: '1', b: '1' }), 'helm', config({ a: '2', b: '1' }))).toContain('.data.a')
    })

    test('the annotation goes when it becomes too large', () => {
      const { object } = applied(live({ a: '1', b: '1' }), 'kubectl', config({ c: 'x'.repeat(300_000) }))
      expect(object.metadata.annotations).toEqual({})
    })
  })
})
