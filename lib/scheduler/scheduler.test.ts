import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { conflict, notFound } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import type { WatchEvent, WatchSource } from '../api/watch.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/events.ts'
import { Informer } from '../client/informer.ts'
import type { Node } from '../kinds/core/node.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { fits, type WeightedPlugin } from './framework.ts'
import { defaultPlugins } from './plugins/index.ts'
import { Scheduler } from './scheduler.ts'

/** What happens to a kind is what the test says. */
class Source<T extends KubeObject> implements WatchSource<T> {
  readonly #items: T[]
  #waiting: WatchEvent<T>[] = []
  #more = Promise.withResolvers<void>()

  constructor(...items: T[]) {
    this.#items = items
  }

  tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    this.#waiting.push({ type, object })
    this.#more.resolve()
  }

  async list() {
    return { items: this.#items, resourceVersion: '1' }
  }

  async *watch(_from: string, signal: AbortSignal) {
    signal.addEventListener('abort', () => this.#more.resolve())
    while (!signal.aborted) {
      yield* this.#waiting.splice(0)
      await this.#more.promise
      this.#more = Promise.withResolvers()
    }
  }
}

interface Bind {
  uid: string | undefined
  node: string
  answer: PromiseWithResolvers<KubeObject>
}

const node: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'n1', resourceVersion: '1' },
  status: { allocatable: { cpu: '1', memory: '1Gi', pods: '10' } },
}

let version: number
let stop: AbortController
let clock: FakeClock
let podSource: Source<Pod>
let binds: Bind[]
let attempts: string[]
let ended: Promise<void>

function pod(name: string, uid: string, cpu = '1'): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'ns', uid, resourceVersion: String(++version) },
    spec: { schedulerName: 'default-scheduler', containers: [{ name: 'c', resources: { requests: { cpu } } }] },
  }
}

const on = (bound: Pod): Pod => ({
  ...bound,
  metadata: { ...bound.metadata, resourceVersion: String(++version) },
  spec: { containers: [], ...bound.spec, nodeName: 'n1' },
})

const turn = () => clock.advance(0)

function start(plugins: readonly WeightedPlugin[] = defaultPlugins): void {
  const informer = <T extends KubeObject>(name: string, source: WatchSource<T>) =>
    new Informer({ name, source, log: silentLogger, clock })
  const podInformer = informer('pods', podSource)
  const nodeInformer = informer('nodes', new Source(node))
  const client = {
    createSubresource: (
      _: unknown,
      __: unknown,
      ___: unknown,
      body: { metadata: { uid?: string }; target: Node['metadata'] },
    ) => {
      const answer = Promise.withResolvers<KubeObject>()
      binds.push({ uid: body.metadata.uid, node: body.target.name ?? '', answer })
      return answer.promise
    },
    patch: async () => node,
  }
  const scheduler = new Scheduler({
    ...{ name: 'default-scheduler', plugins, pods: podInformer, nodes: nodeInformer, clock, log: silentLogger },
    client: client as unknown as Client,
    recorder: { event: () => {} } as unknown as EventRecorder,
    metrics: { attempt: result => attempts.push(result), pending: () => {} },
  })
  ended = Promise.all([podInformer, nodeInformer, scheduler].map(part => part.run(stop.signal))).then(() => {})
}

beforeEach(() => {
  version = 1
  stop = new AbortController()
  clock = new FakeClock()
  podSource = new Source()
  binds = []
  attempts = []
})

afterEach(async () => {
  stop.abort()
  for (const { answer } of binds) answer.resolve(node)
  await ended
})

test('a pod counts on its node before its binding is answered', async () => {
  start()
  podSource.tell('ADDED', pod('a', 'a'))
  podSource.tell('ADDED', pod('b', 'b'))
  await turn()
  expect(binds).toMatchObject([{ uid: 'a', node: 'n1' }])
})

test('a binding whose answer was lost is seen all the same, and the pod is not bound twice', async () => {
  start()
  const a = pod('a', 'a')
  podSource.tell('ADDED', a)
  await turn()
  podSource.tell('MODIFIED', on(a))
  await turn()
  binds[0]?.answer.reject(new Error('the connection was cut'))
  await clock.advance(60_000)
  podSource.tell('ADDED', pod('b', 'b'))
  await turn()
  expect(binds).toHaveLength(1)
})

test('a binding that failed gives the room back, and is tried again', async () => {
  start()
  podSource.tell('ADDED', pod('a', 'a'))
  await turn()
  binds[0]?.answer.reject(new Error('not now'))
  await turn()
  await clock.advance(1000)
  expect(binds.map(({ uid }) => uid)).toEqual(['a', 'a'])
})

test.each([
  ['has failed', (answer: Bind['answer']) => answer.reject(notFound(pods, 'a'))],
  ['had a conflict', (answer: Bind['answer']) => answer.reject(conflict(pods, 'a', 'another uid'))],
  ['was done', (answer: Bind['answer']) => answer.resolve(node)],
])('what becomes of a binding of a pod that is gone does not touch another of its name: it %s', async (_, end) => {
  start()
  const first = pod('a', 'first')
  podSource.tell('ADDED', first)
  await turn()
  podSource.tell('DELETED', first)
  podSource.tell('ADDED', pod('a', 'second'))
  await turn()
  expect(binds.map(({ uid }) => uid)).toEqual(['first', 'second'])
  if (binds[0]) end(binds[0].answer)
  // The second takes the whole node.
  podSource.tell('ADDED', pod('b', 'b'))
  await clock.advance(60_000)
  expect(binds.map(({ uid }) => uid)).toEqual(['first', 'second'])
  // And it is still the queue's to try again.
  binds[1]?.answer.reject(new Error('not now'))
  await turn()
  await clock.advance(1000)
  expect(binds[2]).toMatchObject({ uid: 'second' })
})

test.each([
  ['is deleted', () => podSource.tell('DELETED', pod('a', 'a'))],
  ['is refused', () => binds[0]?.answer.reject(notFound(pods, 'a'))],
])('a pod that waits for the room of one whose binding is under way is tried when that one %s', async (_, end) => {
  start()
  podSource.tell('ADDED', pod('a', 'a'))
  podSource.tell('ADDED', pod('b', 'b'))
  await turn()
  end()
  await turn()
  await clock.advance(1000)
  expect(binds.map(({ uid }) => uid)).toEqual(['a', 'b'])
})

test('a pod that no plugin can judge does not keep the others waiting', async () => {
  const picky: WeightedPlugin = {
    weight: 1,
    plugin: {
      name: 'Picky',
      requeueOn: [],
      filter: ({ metadata }) => {
        if (metadata.name === 'odd') throw new Error('a pod like this was not foreseen')
        return fits
      },
    },
  }
  start([picky])
  podSource.tell('ADDED', pod('odd', 'odd'))
  podSource.tell('ADDED', pod('a', 'a'))
  await turn()
  expect(binds.map(({ uid }) => uid)).toEqual(['a'])
})

test("what changes in another pod's status is no reason to try again, room it gives back is", async () => {
  const full = on(pod('full', 'full'))
  podSource = new Source(full)
  start()
  podSource.tell('ADDED', pod('b', 'b'))
  await clock.advance(2000)
  expect(attempts).toEqual(['unschedulable'])
  podSource.tell('MODIFIED', { ...on(full), status: { phase: 'Running' } })
  await clock.advance(20_000)
  expect(attempts).toEqual(['unschedulable'])
  podSource.tell('MODIFIED', on(pod('full', 'full', '0')))
  await clock.advance(20_000)
  expect(attempts).toEqual(['unschedulable', 'scheduled'])
})
