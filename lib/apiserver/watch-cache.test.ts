import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../api/meta.ts'
import { encode } from '../storage/codec.ts'
import { Compacted, type KvEvent } from '../storage/kv.ts'
import { MemoryKv } from '../storage/memory-kv.ts'
import { Store } from '../storage/store.ts'
import { silentLogger } from '../util/log.ts'
import { WatchCache, type WatchCacheOptions } from './watch-cache.ts'
import type { CacheEvent } from './watch-cache-event.ts'
import type { Snapshot } from './watch-cache-tree.ts'

const prefix = '/registry/'

/** A watch that a test can break: the next batch is an error. */
class BreakableKv extends MemoryKv {
  break: ((error: Error) => void) | undefined
  questions = 0

  override async get(key: string, signal?: AbortSignal) {
    this.questions++
    return await super.get(key, signal)
  }

  override async *watch(root: string, revision: bigint, signal: AbortSignal): AsyncGenerator<KvEvent[]> {
    const broken = Promise.withResolvers<never>()
    broken.promise.catch(() => {})
    this.break = broken.reject
    const inner = super.watch(root, revision, signal)
    for (;;) {
      const next = await Promise.race([inner.next(), broken.promise])
      if (next.done) return
      yield next.value
    }
  }
}

const pod = (name: string, value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { value } },
})

const shown = (snapshot: Snapshot | undefined, from?: string) =>
  snapshot && [...snapshot.entries(from)].map(entry => `${entry.key}=${entry.object.metadata.labels?.value}`)

const lines = (events: CacheEvent[]) =>
  events.map(({ key, current, previous }) => {
    const [now, was] = [current, previous].map(entry => entry?.object.metadata.labels?.value ?? '-')
    return `${key}: ${was} > ${now}`
  })

let kv: BreakableKv
let store: Store
let cache: WatchCache
let controller: AbortController
let running: Promise<void>

async function start(options: Partial<WatchCacheOptions> = {}): Promise<void> {
  cache = new WatchCache({ kv, prefix, log: silentLogger, ...options })
  running = cache.run(controller.signal)
  await cache.ready()
}

beforeEach(() => {
  kv = new BreakableKv()
  store = new Store({ kv, prefix })
  controller = new AbortController()
})

afterEach(async () => {
  controller.abort()
  await running
})

/** Writes, and waits until the cache has it. */
async function write(name: string, value: string, directory = 'pods/default/'): Promise<bigint> {
  const key = directory + name
  const created = await store.create(key, pod(name, value))
  const entry = created.ok ? created.entry : await store.update(key, () => pod(name, value))
  const revision = entry?.revision ?? 0n
  await cache?.seen(revision)
  return revision
}

async function remove(name: string): Promise<bigint> {
  const key = `pods/default/${name}`
  const result = await store.delete(key, (await store.get(key))?.revision ?? 0n)
  const revision = result.ok ? result.revision : 0n
  await cache.seen(revision)
  return revision
}

async function nextBatches(watch: AsyncIterator<CacheEvent[]>, count: number): Promise<CacheEvent[]> {
  const events: CacheEvent[] = []
  while (events.length < count) {
    const { done, value } = await watch.next()
    if (done) break
    events.push(...value)
  }
  return events
}

describe('reading', () => {
  test('an entry is the stored object with its resourceVersion, as bytes and parsed once', async () => {
    await start()
    const revision = await write('a', '1')
    const entry = cache.get('pods/default/a')
    expect(entry?.revision).toBe(revision)
    expect(JSON.parse(`${entry?.bytes}`)).toEqual(entry?.object)
    expect(entry?.object.metadata.resourceVersion).toBe(`${revision}`)
    expect(entry?.object).toBe(entry?.object)
    expect(Object.isFrozen(entry?.object.metadata.labels)).toBe(true)
    expect(cache.get('pods/default/b')).toBeUndefined()
  })

  test('what was there before the cache is there, more than a page of it', async () => {
    for (let i = 0; i < 2300; i++) await kv.put(`${prefix}pods/default/p${i}`, encode(pod(`p${i}`, '1')), 0n)
    await start()
    expect(cache.snapshot('pods/').size()).toBe(2300)
    expect(cache.revision).toBe((await kv.get('x')).revision)
  })

  test('before the first list there is no answer, rather than an empty one', async () => {
    cache = new WatchCache({ kv, prefix, log: silentLogger })
    running = Promise.resolve()
    const attempts = [() => cache.get('a'), () => cache.snapshot(''), () => cache.watch('', 0n, controller.signal)]
    for (const attempt of attempts) expect(attempt).toThrow('storage is (re)initializing')
  })

  test('a snapshot is of one prefix, in order, and stays as it was', async () => {
    await start()
    await write('b', '1')
    const revision = await write('a', '1')
    const snapshot = cache.snapshot('pods/default/')
    await write('c', '1')
    await write('x', '1', 'podsecurity/default/')
    await write('a', '2')
    await remove('b')
    expect(snapshot.revision).toBe(revision)
    expect(shown(snapshot)).toEqual(['pods/default/a=1', 'pods/default/b=1'])
    expect(shown(snapshot, 'pods/default/a\0')).toEqual(['pods/default/b=1'])
    expect([snapshot.size(), snapshot.size('pods/default/b')]).toEqual([2, 1])
    expect(shown(cache.snapshot('pods/'))).toEqual(['pods/default/a=2', 'pods/default/c=1'])
    expect(shown(cache.snapshot('pods/default/a'))).toEqual(['pods/default/a=2'])
    expect(cache.snapshot('').size()).toBe(3)
  })

  test('an earlier revision is as it was, whether it was looked at then or not', async () => {
    await start()
    const revisions: bigint[] = []
    const then: (string[] | undefined)[] = []
    for (let i = 0; i < 60; i++) {
      const name = `p${i % 7}`
      revisions.push(i % 5 === 4 ? await remove(name) : await write(name, `${i}`))
      then.push([...cache.snapshot('pods/').entries()].map(e => `${e.key}=${e.object.metadata.labels?.value}`))
    }
    expect(revisions.map(revision => shown(cache.at(revision, 'pods/')))).toEqual(then)
  })

  test('a revision still to come, or forgotten, is not answered', async () => {
    await start({ historySize: 3 })
    const first = await write('a', '0')
    for (let i = 1; i < 5; i++) await write('a', `${i}`)
    expect(cache.at(first, 'pods/')).toBeUndefined()
    expect(cache.at(first + 1n, 'pods/')).toBeDefined()
    expect(cache.at(cache.revision + 1n, 'pods/')).toBeUndefined()
  })

  test('a value that is no object is not served, and takes nothing else away', async () => {
    await start()
    await kv.put(`${prefix}pods/default/bad`, Buffer.from('k8s\0protobuf'), 0n)
    await write('a', '1')
    expect(shown(cache.snapshot('pods/'))).toEqual(['pods/default/a=1'])
  })
})

describe('fresh', () => {
  test('waits until the cache has what was written before the question', async () => {
    await start()
    for (let i = 0; i < 20; i++) {
      const result = await store.update('pods/default/a', () => pod('a', `${i}`))
      if (!result) await store.create('pods/default/a', pod('a', `${i}`))
      await cache.fresh()
      expect(cache.get('pods/default/a')?.object.metadata.labels?.value).toBe(`${i}`)
    }
  })

  test('asks etcd once for all who wait together', async () => {
    await start()
    const before = kv.questions
    await Promise.all(Array.from({ length: 100 }, () => cache.fresh()))
    expect(kv.questions - before).toBe(2)
  })

  test('is reached although others move the revision and none of it is ours', async () => {
    await start()
    const { revision } = await kv.put('/elsewhere/a', Buffer.from('1'), 0n)
    expect(await cache.fresh()).toBeGreaterThan(revision)
    await kv.put('/elsewhere/b', Buffer.from('1'), 0n)
    await cache.fresh()
    expect(cache.snapshot('').size()).toBe(0)
  })

  test('gives up with its signal', async () => {
    await start()
    await expect(cache.seen(1000n, AbortSignal.timeout(5))).rejects.toThrow('timeout')
  })
})

describe('watching', () => {
  test('from now on tells each change under the prefix, with what was before', async () => {
    await start()
    await write('a', '1')
    const watch = cache.watch('pods/default/', cache.revision, controller.signal)
    await write('a', '2')
    await write('b', '1')
    await write('x', '1', 'nodes/')
    await write('y', '1', 'pods/other/')
    await remove('a')
    expect(lines(await nextBatches(watch, 3))).toEqual([
      'pods/default/a: 1 > 2',
      'pods/default/b: - > 1',
      'pods/default/a: 2 > -',
    ])
  })

  test('of one key tells of that key alone', async () => {
    await start()
    const watch = cache.watch('pods/default/web-1', cache.revision, controller.signal)
    for (const name of ['web', 'web-10', 'web-1']) await write(name, '1')
    expect(lines(await nextBatches(watch, 1))).toEqual(['pods/default/web-1: - > 1'])
  })

  test('from the past begins with what is remembered, and goes on without a gap', async () => {
    await start()
    const from = await write('a', '0')
    for (let i = 1; i < 50; i++) await write('a', `${i}`)
    const watch = cache.watch('pods/', from, controller.signal)
    for (let i = 50; i < 60; i++) await write('a', `${i}`)
    const events = await nextBatches(watch, 59)
    expect(lines(events)).toEqual(Array.from({ length: 59 }, (_, i) => `pods/default/a: ${i} > ${i + 1}`))
  })

  test('from a forgotten revision is refused with Expired', async () => {
    await start({ historySize: 3 })
    const first = await write('a', '0')
    for (let i = 1; i < 5; i++) await write('a', `${i}`)
    expect(() => cache.watch('pods/', first, controller.signal)).toThrow(`too old resource version: ${first} (`)
    expect(lines(await nextBatches(cache.watch('pods/', first + 1n, controller.signal), 3))).toHaveLength(3)
  })

  test('from a revision still to come tells only what is after it', async () => {
    await start()
    const from = cache.revision + 2n
    const watch = cache.watch('pods/', from, controller.signal)
    for (let i = 0; i < 4; i++) await write(`p${i}`, '1')
    expect((await nextBatches(watch, 2)).map(event => event.revision)).toEqual([from + 1n, from + 2n])
  })

  test('history is bounded by bytes too', async () => {
    await start({ historyBytes: 100_000 })
    const first = await write('a', 'x'.repeat(1000))
    for (let i = 0; i < 100; i++) await write('a', `${i}`.padEnd(1000))
    expect(() => cache.watch('pods/', first, controller.signal)).toThrow('too old')
    expect(() => cache.watch('pods/', cache.revision - 20n, controller.signal)).not.toThrow()
  })

  test('too slowly ends the stream behind what was buffered, and others go on', async () => {
    await start()
    const from = cache.revision
    const slow = cache.watch('pods/', from, controller.signal, { maxBuffered: 10 })
    const other = cache.watch('pods/', from, controller.signal)
    for (let i = 0; i < 20; i++) await write('a', `${i}`)
    expect(await nextBatches(slow, 20)).toHaveLength(11)
    expect(await slow.next()).toEqual({ done: true, value: undefined })
    expect(await nextBatches(other, 20)).toHaveLength(20)
  })

  test('ends with its signal, and with the cache', async () => {
    await start()
    const own = new AbortController()
    const [first, second] = [own, controller].map(({ signal }) => cache.watch('pods/', cache.revision, signal))
    const ends = [first?.next(), second?.next()]
    own.abort()
    expect(await ends[0]).toMatchObject({ done: true })
    controller.abort()
    expect(await ends[1]).toMatchObject({ done: true })
  })

  test('may say in a bookmark no more than what the consumer is done with', async () => {
    await start()
    const watch = cache.watch('pods/', cache.revision, controller.signal)
    const from = cache.revision
    const first = watch.next()
    const elsewhere = await write('n', '1', 'nodes/')
    expect(watch.revision).toBe(elsewhere)
    const revision = await write('a', '1')
    await first
    await write('m', '1', 'nodes/')
    expect(watch.revision).toBe(from)
    const second = watch.next()
    expect(watch.revision).toBe(cache.revision)
    expect(cache.revision).toBeGreaterThan(revision)
    await watch.return()
    expect(await second).toMatchObject({ done: true })
  })

  test('shows a deletion as the last object at the revision of its deletion', async () => {
    await start()
    await write('a', '1')
    const watch = cache.watch('pods/', cache.revision, controller.signal)
    const changed = await write('a', '2')
    const revision = await remove('a')
    const events = await nextBatches(watch, 2)
    const shownAs = (event: CacheEvent | undefined, type: 'MODIFIED' | 'DELETED') => {
      const line = `${event?.encoded(type)}`
      expect(line.endsWith('}\n')).toBe(true)
      const { object, ...rest } = JSON.parse(line)
      return { ...rest, value: object.metadata.labels.value, resourceVersion: object.metadata.resourceVersion }
    }
    const [change, deletion] = events
    expect(shownAs(change, 'MODIFIED')).toEqual({ type: 'MODIFIED', value: '2', resourceVersion: `${changed}` })
    // As one who no longer matches is told.
    expect(shownAs(change, 'DELETED')).toEqual({ type: 'DELETED', value: '1', resourceVersion: `${changed}` })
    expect(shownAs(deletion, 'DELETED')).toEqual({ type: 'DELETED', value: '2', resourceVersion: `${revision}` })
    expect(deletion?.entry('DELETED').object.metadata.resourceVersion).toBe(`${revision}`)
  })

  test('encodes an event once for all', async () => {
    await start()
    const watches = [1, 2].map(() => cache.watch('pods/', cache.revision, controller.signal))
    await write('a', '1')
    const [one, two] = await Promise.all(watches.map(async watch => (await nextBatches(watch, 1))[0]))
    expect(one?.encoded('ADDED')).toBe(two?.encoded('ADDED'))
  })
})

describe('recovering', () => {
  test('a broken watch goes on where it was', async () => {
    await start()
    const watch = cache.watch('pods/', cache.revision, controller.signal)
    await write('a', '1')
    kv.break?.(new Error('broken'))
    await write('a', '2')
    expect(lines(await nextBatches(watch, 2))).toEqual(['pods/default/a: - > 1', 'pods/default/a: 1 > 2'])
  })

  test('missing history is listed again: watchers end, and the past is forgotten', async () => {
    await start()
    const old = await write('a', '1')
    const watch = cache.watch('pods/', cache.revision, controller.signal)
    const end = watch.next()
    kv.break?.(new Compacted(0n))
    expect(await end).toMatchObject({ done: true })
    await kv.put(`${prefix}pods/default/b`, encode(pod('b', '1')), 0n)
    await cache.fresh()
    expect(shown(cache.snapshot('pods/'))).toEqual(['pods/default/a=1', 'pods/default/b=1'])
    expect(() => cache.watch('pods/', old - 1n, controller.signal)).toThrow('too old')
  })
})

test('a thousand snapshots between writes stay exact', async () => {
  await start()
  const taken: [Snapshot, number][] = []
  for (let i = 0; i < 1000; i++) {
    await write(`p${i % 300}`, `${i}`)
    taken.push([cache.snapshot('pods/'), i])
  }
  for (const [snapshot, i] of taken) {
    expect(snapshot.size()).toBe(Math.min(i + 1, 300))
    const newest = [...snapshot.entries()].reduce((max, entry) => (entry.revision > max ? entry.revision : max), 0n)
    expect(newest).toBe(snapshot.revision)
  }
})
