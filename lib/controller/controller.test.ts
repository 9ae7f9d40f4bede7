import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type KubeObject, keyOf, toKey } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { WatchEvent, WatchSource } from '../api/watch.ts'
import { FakeClient } from '../client/fake-client.ts'
import { Informer } from '../client/informer.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { type Controller, runController } from './controller.ts'
import { TrackedClient } from './tracked-client.ts'
import { watch } from './watch.ts'

const things = {
  group: '',
  version: 'v1',
  kind: 'Thing',
  plural: 'things',
  scope: 'Namespaced',
  schema: {},
} as ResourceDefinition
const thing = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { namespace: 'a', name } })

/** Shows what a FakeClient holds, as late as the test likes. */
class LateSource implements WatchSource<KubeObject> {
  #queue: WatchEvent<KubeObject>[] = []
  #wake = () => {}

  async list() {
    return { items: [], resourceVersion: '0' }
  }

  async *watch(_from: string, signal: AbortSignal) {
    signal.addEventListener('abort', () => this.#wake())
    while (!signal.aborted) {
      yield* this.#queue.splice(0)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  show(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject): void {
    this.#queue.push({ type, object })
    this.#wake()
  }
}

let stop: AbortController
let server: FakeClient
let source: LateSource
let clock: FakeClock
let informer: Informer<KubeObject>

beforeEach(() => {
  stop = new AbortController()
  server = new FakeClient()
  source = new LateSource()
  clock = new FakeClock()
  informer = new Informer({ name: 'things', source, log: silentLogger, clock })
  informer.run(stop.signal)
})
afterEach(() => stop.abort())

const settle = async () => {
  for (let i = 0; i < 5; i++) await new Promise(resolve => setImmediate(resolve))
}

function start(reconcile: (key: string, client: TrackedClient) => Promise<{ requeueAfterMs: number } | undefined>) {
  const client = new TrackedClient(server.as(), silentLogger)
  const controller: Controller = {
    name: 'test',
    workers: 2,
    keys: ['first'],
    watches: [watch(informer)],
    reconcile: key => reconcile(key, client),
  }
  return runController(controller, { client, log: silentLogger, clock }, stop.signal)
}

test('changes become keys, and failures come back later', async () => {
  const seen: string[] = []
  let failing = 2
  start(async key => {
    seen.push(key)
    if (key === 'a/x' && failing-- > 0) throw new Error('not yet')
    return undefined
  })
  await settle()
  source.show('ADDED', { ...thing('x'), metadata: { ...thing('x').metadata, resourceVersion: '1' } })
  await settle()
  expect(seen).toEqual(['first', 'a/x'])
  await clock.advance(5)
  await clock.advance(9)
  expect(seen).toEqual(['first', 'a/x', 'a/x'])
  await clock.advance(1)
  await settle()
  expect(seen).toEqual(['first', 'a/x', 'a/x', 'a/x'])
})

test('a key comes back when it is asked to', async () => {
  const seen: number[] = []
  start(async () => {
    seen.push(clock.now())
    return { requeueAfterMs: 100 }
  })
  await settle()
  const began = seen[0] ?? 0
  await clock.advance(100)
  await settle()
  await clock.advance(100)
  await settle()
  expect(seen.map(at => at - began)).toEqual([0, 100, 200])
})

test('no key is looked at before the writes made so far have come back', async () => {
  const sizes: number[] = []
  start(async (_key, client) => {
    sizes.push(informer.size)
    if (informer.size < 3) await client.create(things, thing(`t${informer.size}`))
    return { requeueAfterMs: 1 }
  })
  await settle()
  for (let i = 0; i < 3; i++) {
    // However often the key is due, it waits for the watch.
    await clock.advance(1000)
    await settle()
    expect(server.objects.size).toBe(i + 1)
    source.show('ADDED', server.objects.get(`things/a/t${i}`) as KubeObject)
    await settle()
  }
  expect([...new Set(sizes)]).toEqual([0, 1, 2, 3])
  expect(server.objects.size).toBe(3)
})

test('a deletion too must have come back', async () => {
  const x = await server.create(things, { ...thing('x'), metadata: { ...thing('x').metadata, uid: 'u' } })
  let calls = 0
  source.show('ADDED', x)
  await settle()
  start(async (_key, client) => {
    calls++
    if (server.objects.size > 0) {
      await client.delete(things, { namespace: 'a', name: 'x' }, { preconditions: { uid: 'u' } })
    }
    return { requeueAfterMs: 1 }
  })
  await settle()
  const before = calls
  await clock.advance(1000)
  await settle()
  expect(calls).toBe(before)
  source.show('DELETED', { ...x, metadata: { ...x.metadata, resourceVersion: '9' } })
  await settle()
  await clock.advance(10)
  await settle()
  expect(calls).toBeGreaterThan(before)
  expect(toKey('a', 'x')).toBe(keyOf(x))
})
