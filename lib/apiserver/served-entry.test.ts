import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { toStored } from '../api/stored.ts'
import { toEntry } from '../storage/entry.ts'
import { eventAs, servedAs, viewAs } from './served-entry.ts'
import { CacheEvent } from './watch-cache-event.ts'

type Thing = KubeObject & { size?: number; spec?: { size?: number } }

const common = { kind: 'Thing', plural: 'things', scope: 'Namespaced', schema: { type: 'object' } } as const
const stored: ResourceDefinition = { ...common, group: 'example.com', version: 'v2' }
/** v1 has its size outside of spec. */
const older: ResourceDefinition = {
  ...common,
  group: 'example.com',
  version: 'v1',
  storage: { version: 'v2' },
  conversion: {
    fromStored: ({ spec, ...rest }: Thing) => ({ ...rest, ...(spec ? { size: spec.size } : {}) }),
    toStored: ({ size, ...rest }: Thing) => ({ ...rest, spec: { size } }),
  } as NonNullable<ResourceDefinition['conversion']>,
}
const renamed: ResourceDefinition = { ...common, group: 'other.com', version: 'v2', storage: { group: 'example.com' } }

const entry = (revision: bigint, size = 3, apiVersion = 'example.com/v2') => {
  const value = { apiVersion, kind: 'Thing', metadata: { name: 'a' }, spec: { size } }
  return toEntry('things/default/a', { value: Buffer.from(JSON.stringify(value)), modRevision: revision })
}

describe('an entry as a definition serves it', () => {
  test('is the entry itself where what is stored is what is served', () => {
    const one = entry(7n)
    expect(servedAs(stored, one)).toBe(one)
    const event = new CacheEvent(7n, one.key, one, undefined)
    expect(eventAs(stored, event)).toBe(event)
    const view = { revision: 7n, entries: () => [one], size: () => 1 }
    expect(viewAs(stored, view)).toBe(view)
  })

  test('is converted once for all, at its revision', () => {
    const one = entry(7n)
    const converted = servedAs(older, one)
    expect(JSON.parse(converted.bytes.toString())).toEqual({
      apiVersion: 'example.com/v1',
      kind: 'Thing',
      metadata: { name: 'a', resourceVersion: '7' },
      size: 3,
    })
    expect(servedAs(older, one)).toBe(converted)
    expect(converted.key).toBe(one.key)
    expect(converted.at(9n).object.metadata.resourceVersion).toBe('9')
  })

  test('is only named anew where there is no conversion', () => {
    expect(servedAs(renamed, entry(7n)).object.apiVersion).toBe('other.com/v2')
  })

  test('is the entry itself when the conversion finds nothing to do', () => {
    const same: ResourceDefinition = {
      ...stored,
      conversion: { fromStored: object => object, toStored: object => object },
    }
    const one = entry(7n)
    expect(servedAs(same, one)).toBe(one)
    expect(servedAs(same, entry(7n, 3, 'example.com/v1')).object.apiVersion).toBe('example.com/v2')
  })

  test('keeps a change one value for all watchers', () => {
    const event = new CacheEvent(8n, 'things/default/a', entry(8n, 4), entry(7n))
    const shown = eventAs(older, event)
    expect(eventAs(older, event)).toBe(shown)
    expect(shown.encoded('MODIFIED')).toBe(eventAs(older, event).encoded('MODIFIED'))
    expect(JSON.parse(shown.encoded('MODIFIED').toString()).object.size).toBe(4)
    expect(JSON.parse(shown.encoded('DELETED').toString()).object).toMatchObject({
      apiVersion: 'example.com/v1',
      size: 3,
      metadata: { resourceVersion: '8' },
    })
  })

  test('is stored in the version of the storage', () => {
    const object = servedAs(older, entry(7n)).object
    expect(toStored(older, object)).toMatchObject({ apiVersion: 'example.com/v2', spec: { size: 3 } })
    expect(toStored(stored, object)).toBe(object)
  })
})
