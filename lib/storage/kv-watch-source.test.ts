import { expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { WatchEvent } from '../api/watch.ts'
import { encode } from './codec.ts'
import { kvWatchSource } from './kv-watch-source.ts'
import { MemoryKv } from './memory-kv.ts'

interface Thing extends KubeObject {
  spec?: { size?: number }
}

const things: ResourceDefinition<Thing> = {
  group: 'test.io',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  scope: 'Namespaced',
  schema: { type: 'object' },
  defaults(thing) {
    thing.spec ??= {}
    thing.spec.size ??= 3
  },
}

const thing = (name: string, size?: number): Thing => ({
  apiVersion: 'test.io/v1',
  kind: 'Thing',
  metadata: { name, namespace: 'default' },
  ...(size === undefined ? {} : { spec: { size } }),
})

const line = (event: WatchEvent<Thing>) =>
  event.type === 'BOOKMARK'
    ? event.type
    : `${event.type} ${event.object.metadata.name} ${event.object.spec?.size} @${event.object.metadata.resourceVersion}`

function setUp() {
  const kv = new MemoryKv()
  const controller = new AbortController()
  const source = kvWatchSource(kv, '/registry/', things)
  const put = (name: string, expected: bigint, size?: number) =>
    kv.put(`/registry/things/default/${name}`, encode(thing(name, size)), expected)
  return { kv, source, put, controller, signal: controller.signal }
}

async function take(events: AsyncIterable<WatchEvent<Thing>>, count: number): Promise<string[]> {
  const lines: string[] = []
  for await (const event of events) if (lines.push(line(event)) === count) break
  return lines
}

test('a list is of the kind alone, with resourceVersions and defaults', async () => {
  const { kv, source, put, signal } = setUp()
  await put('b', 0n, 1)
  const { revision } = await put('a', 0n)
  await kv.put('/registry/thingsets/default/x', encode(thing('x')), 0n)
  const { items, resourceVersion } = await source.list(signal)
  expect(items.map(item => [item.metadata.name, item.spec?.size])).toEqual([
    ['a', 3],
    ['b', 1],
  ])
  expect(items[0]?.metadata.resourceVersion).toBe(`${revision}`)
  expect(resourceVersion).toBe(`${(await kv.get('')).revision}`)
})

test('a watch tells additions, changes and deletions, these with the last object', async () => {
  const { kv, source, put, signal } = setUp()
  const { resourceVersion } = await source.list(signal)
  const added = await put('a', 0n, 1)
  const changed = await put('a', added.revision, 2)
  const deleted = await kv.delete('/registry/things/default/a', changed.revision)
  const again = await put('a', 0n)
  expect(await take(source.watch(resourceVersion, signal), 4)).toEqual([
    `ADDED a 1 @${added.revision}`,
    `MODIFIED a 2 @${changed.revision}`,
    `DELETED a 2 @${deleted.revision}`,
    `ADDED a 3 @${again.revision}`,
  ])
})

test('a deletion whose last value was compacted away still says who went', async () => {
  const { kv, source, signal } = setUp()
  kv.watch = async function* () {
    yield [{ type: 'delete', key: '/registry/things/default/a', revision: 9n }]
  }
  for await (const event of source.watch('5', signal)) {
    expect(event).toEqual({
      type: 'DELETED',
      object: {
        apiVersion: 'test.io/v1',
        kind: 'Thing',
        metadata: { name: 'a', namespace: 'default', resourceVersion: '9' },
      },
    })
  }
  expect.assertions(1)
})

test('a watch from before what is remembered is Expired', async () => {
  const { kv, source, put, signal } = setUp()
  const { revision } = await put('a', 0n)
  await put('b', 0n)
  await kv.compact(revision + 1n)
  await expect(take(source.watch(`${revision}`, signal), 1)).rejects.toMatchObject({ code: 410, reason: 'Expired' })
})

test('a watch ends with its signal', async () => {
  const { source, controller, signal } = setUp()
  const all = take(source.watch('1', signal), 1)
  controller.abort()
  expect(await all).toEqual([])
})
