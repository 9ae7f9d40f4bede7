import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { expired } from '../api/errors.ts'
import { type KubeObject, keyOf } from '../api/meta.ts'
import type { WatchEvent, WatchSource } from '../api/watch.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { Informer } from './informer.ts'

const pod = (name: string, resourceVersion: number, uid = name, node = ''): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name, uid, resourceVersion: String(resourceVersion), labels: { node } },
})

/** A source whose answers the test writes: each watch is a list of events, then how it ends. */
class ScriptedSource implements WatchSource<KubeObject> {
  lists: ({ items: KubeObject[]; resourceVersion: string } | Error)[] = []
  watches: { events: WatchEvent<KubeObject>[]; end: 'close' | 'stay' | Error }[] = []
  asked: string[] = []

  async list() {
    this.asked.push('list')
    const next = this.lists.shift()
    if (!next) throw new Error('the script has no further list')
    if (next instanceof Error) throw next
    return next
  }

  async *watch(from: string, signal: AbortSignal) {
    this.asked.push(`watch ${from}`)
    const next = this.watches.shift() ?? { events: [], end: 'stay' as const }
    yield* next.events
    if (next.end instanceof Error) throw next.end
    if (next.end === 'stay')
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
}

let stop: AbortController
beforeEach(() => {
  stop = new AbortController()
})
afterEach(() => stop.abort())

function start(source: ScriptedSource) {
  const clock = new FakeClock()
  const informer = new Informer({ name: 'pods', source, log: silentLogger, clock })
  const told: string[] = []
  informer.onChange((old, current) => {
    const kind = !old ? 'add' : !current ? 'delete' : 'update'
    const obj = current ?? old
    told.push(`${kind} ${obj?.metadata.name} ${obj?.metadata.uid}`)
  })
  const running = informer.run(stop.signal)
  return { informer, clock, told, running }
}

const settle = () => new Promise(resolve => setImmediate(resolve))

test('lists, then watches from the list, and keeps what it saw', async () => {
  const source = new ScriptedSource()
  source.lists = [{ items: [pod('a', 1), pod('b', 2)], resourceVersion: '5' }]
  source.watches = [
    {
      events: [
        { type: 'MODIFIED', object: pod('a', 6) },
        { type: 'DELETED', object: pod('b', 7) },
        { type: 'ADDED', object: pod('c', 8) },
      ],
      end: 'stay',
    },
  ]
  const { informer, told, running } = start(source)
  await informer.seen('8')
  expect(informer.list().map(keyOf)).toEqual(['default/a', 'default/c'])
  expect(told).toEqual(['add a a', 'add b b', 'update a a', 'delete b b', 'add c c'])
  expect(source.asked).toEqual(['list', 'watch 5'])
  stop.abort()
  await running
})

test('a closed watch is resumed from the last event or bookmark, without a list', async () => {
  const source = new ScriptedSource()
  source.lists = [{ items: [], resourceVersion: '5' }]
  source.watches = [
    { events: [{ type: 'ADDED', object: pod('a', 6) }], end: 'close' },
    { events: [{ type: 'BOOKMARK', resourceVersion: '40' }], end: 'close' },
  ]
  const { informer } = start(source)
  await informer.seen('40')
  await settle()
  expect(source.asked).toEqual(['list', 'watch 5', 'watch 6', 'watch 40'])
})

test('Expired: lists again and tells of what was deleted, changed and replaced meanwhile', async () => {
  const source = new ScriptedSource()
  source.lists = [
    { items: [pod('gone', 1), pod('same', 2), pod('changed', 3), pod('replaced', 4)], resourceVersion: '5' },
    { items: [pod('same', 2), pod('changed', 8), pod('replaced', 9, 'other')], resourceVersion: '10' },
  ]
  source.watches = [{ events: [], end: expired('too old') }]
  const { informer, told, clock } = start(source)
  await settle()
  told.length = 0
  await clock.advance(1000)
  await informer.seen('10')
  expect(told).toEqual(['delete gone gone', 'update changed changed', 'delete replaced replaced', 'add replaced other'])
  expect(source.asked).toEqual(['list', 'watch 5', 'list', 'watch 10'])
})

test('failures are retried after a growing back-off', async () => {
  const source = new ScriptedSource()
  source.lists = [new Error('down'), new Error('down'), { items: [pod('a', 1)], resourceVersion: '1' }]
  const { informer, clock } = start(source)
  await settle()
  expect(source.asked).toEqual(['list'])
  await clock.advance(300)
  expect(source.asked).toEqual(['list', 'list'])
  await clock.advance(300)
  expect(source.asked).toEqual(['list', 'list'])
  await clock.advance(300)
  expect(informer.hasSynced).toBe(true)
})

test('a watch that ends at once and empty does not spin', async () => {
  const source = new ScriptedSource()
  source.lists = [{ items: [], resourceVersion: '1' }]
  source.watches = Array.from({ length: 50 }, () => ({ events: [], end: 'close' as const }))
  const { clock } = start(source)
  await settle()
  await clock.advance(500)
  expect(source.asked.length).toBeLessThan(5)
})

test('seen waits for the version and gives up with its signal', async () => {
  const source = new ScriptedSource()
  source.lists = [{ items: [], resourceVersion: '5' }]
  const { informer } = start(source)
  await informer.seen('5')
  const late = new AbortController()
  const waiting = informer.seen('6', late.signal)
  late.abort(new Error('too long'))
  await expect(waiting).rejects.toThrow('too long')
})

test('an index follows its objects', async () => {
  const source = new ScriptedSource()
  source.lists = [{ items: [pod('a', 1, 'a', 'n1'), pod('b', 2, 'b', 'n1')], resourceVersion: '2' }]
  source.watches = [
    {
      events: [
        { type: 'MODIFIED', object: pod('a', 3, 'a', 'n2') },
        { type: 'DELETED', object: pod('b', 4, 'b', 'n1') },
      ],
      end: 'stay',
    },
  ]
  const { informer } = start(source)
  const byNode = informer.index('node', obj => [obj.metadata.labels?.node ?? ''])
  await informer.seen('4')
  expect(byNode.get('n1')).toEqual([])
  expect(byNode.get('n2').map(keyOf)).toEqual(['default/a'])
})

test('objects are frozen under tests', async () => {
  const source = new ScriptedSource()
  source.lists = [{ items: [pod('a', 1)], resourceVersion: '1' }]
  const { informer } = start(source)
  await informer.synced()
  expect(() => {
    const labels = informer.get('default/a')?.metadata.labels
    if (labels) labels.node = 'changed'
  }).toThrow(TypeError)
})
