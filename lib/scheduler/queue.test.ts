import { beforeEach, expect, test } from '@jest/globals'
import type { Pod } from '../kinds/core/pod.ts'
import { FakeClock } from '../util/clock.ts'
import { SchedulingQueue } from './queue.ts'

const never = new AbortController().signal
const helps = (plugin: string, event: string) => plugin === 'NodeResourcesFit' && event === 'pod-gone'
let clock: FakeClock
let queue: SchedulingQueue

beforeEach(() => {
  clock = new FakeClock()
  queue = new SchedulingQueue(clock)
})

function pod(name: string, priority = 0): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns' }, spec: { containers: [], priority } }
}

async function taken(): Promise<string | undefined> {
  const stop = new AbortController()
  const next = queue.take(stop.signal).then(
    queued => queued.key,
    () => undefined,
  )
  await clock.advance(0)
  stop.abort()
  return next
}

test('the most important first, then the oldest', async () => {
  queue.set(pod('old'), true)
  await clock.advance(5)
  queue.set(pod('young'), true)
  queue.set(pod('important', 10), true)
  expect([await taken(), await taken(), await taken(), await taken()]).toEqual([
    'ns/important',
    'ns/old',
    'ns/young',
    undefined,
  ])
})

test('a rejected pod waits for an event that helps, and for its back-off', async () => {
  queue.set(pod('a'), true)
  const queued = await queue.take(never)
  queue.failed(queued, new Set(['NodeResourcesFit']), helps)
  await clock.advance(20_000)
  expect(await taken()).toBeUndefined()
  queue.event('node-changed', helps)
  expect(await taken()).toBeUndefined()
  queue.event('pod-gone', helps)
  expect(await taken()).toBe('ns/a')
})

test('an event during the attempt is not lost', async () => {
  queue.set(pod('a'), true)
  const queued = await queue.take(never)
  queue.event('pod-gone', helps)
  queue.failed(queued, new Set(['NodeResourcesFit']), helps)
  expect(await taken()).toBeUndefined()
  await clock.advance(1000)
  expect(await taken()).toBe('ns/a')
})

test('back-off doubles from 1 s to 10 s', async () => {
  queue.set(pod('a'), true)
  for (const seconds of [1, 2, 4, 8, 10, 10]) {
    queue.failed(await queue.take(never), new Set(), helps)
    await clock.advance(seconds * 1000 - 1)
    expect(await taken()).toBeUndefined()
    await clock.advance(1)
  }
  expect(await taken()).toBe('ns/a')
})

test('after five minutes an unschedulable pod is tried anyway', async () => {
  queue.set(pod('a'), true)
  queue.failed(await queue.take(never), new Set(['NodeName']), helps)
  await clock.advance(5 * 60_000)
  expect(await taken()).toBe('ns/a')
})

test('a pod deleted while it is tried does not come back', async () => {
  queue.set(pod('a'), true)
  const queued = await queue.take(never)
  queue.remove('ns/a')
  queue.failed(queued, new Set(), helps)
  await clock.advance(60_000)
  expect(await taken()).toBeUndefined()
  expect(queue.sizes).toEqual({ active: 0, backoff: 0, unschedulable: 0 })
})

test('a changed status does not wake an unschedulable pod, a changed spec does', async () => {
  queue.set(pod('a'), true)
  queue.failed(await queue.take(never), new Set(['NodeAffinity']), helps)
  await clock.advance(2000)
  queue.set(pod('a'), false)
  expect(await taken()).toBeUndefined()
  queue.set(pod('a'), true)
  expect(await taken()).toBe('ns/a')
})

test('take waits for what comes', async () => {
  const next = queue.take(never)
  await clock.advance(0)
  queue.set(pod('late'), true)
  expect((await next).key).toBe('ns/late')
})
