import { expect, test } from '@jest/globals'
import { FakeClock } from '../util/clock.ts'
import { WorkQueue } from './work-queue.ts'

const never = new AbortController().signal

test('a key is in the queue once, and keys come out in the order they came in', async () => {
  const queue = new WorkQueue()
  for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
  expect(queue.length).toBe(3)
  expect([await queue.take(never), await queue.take(never), await queue.take(never)]).toEqual(['a', 'b', 'c'])
})

test('a key added while it is worked on comes back only when that is done', async () => {
  const queue = new WorkQueue()
  queue.add('a')
  await queue.take(never)
  queue.add('a')
  queue.add('a')
  expect(queue.length).toBe(0)
  queue.done('a')
  expect(queue.length).toBe(1)
  await queue.take(never)
  queue.done('a')
  expect(queue.length).toBe(0)
})

test('take waits for a key, and each key wakes one taker', async () => {
  const queue = new WorkQueue()
  const taken = [queue.take(never), queue.take(never)]
  queue.add('a')
  queue.add('b')
  expect((await Promise.all(taken)).sort()).toEqual(['a', 'b'])
})

test('an aborted take rejects and does not swallow the next key', async () => {
  const queue = new WorkQueue()
  const stop = new AbortController()
  const taken = queue.take(stop.signal)
  stop.abort(new Error('stop'))
  await expect(taken).rejects.toThrow('stop')
  const next = queue.take(never)
  queue.add('a')
  expect(await next).toBe('a')
})

test('retries wait 5 ms, 10 ms, 20 ms … and at most 1000 s; forget begins anew', async () => {
  const clock = new FakeClock(0)
  const queue = new WorkQueue({ clock })
  const came: number[] = []
  for (let i = 0; i < 3; i++) {
    queue.retry('a')
    await clock.advance(5 * 2 ** i - 1)
    expect(queue.length).toBe(0)
    await clock.advance(1)
    expect(await queue.take(never)).toBe('a')
    queue.done('a')
    came.push(clock.now())
  }
  expect(came).toEqual([5, 15, 35])
  expect(queue.failures('a')).toBe(3)
  for (let i = 0; i < 30; i++) {
    queue.retry('b')
    await clock.advance(1_000_000)
    expect(await queue.take(never)).toBe('b')
    queue.done('b')
  }
  queue.forget('a')
  queue.retry('a')
  await clock.advance(5)
  expect(queue.length).toBe(1)
})

test('of two delays the earlier one counts', async () => {
  const clock = new FakeClock(0)
  const queue = new WorkQueue({ clock })
  queue.addAfter('a', 100)
  queue.addAfter('a', 10)
  queue.addAfter('a', 50)
  await clock.advance(10)
  expect(await queue.take(never)).toBe('a')
  queue.done('a')
  await clock.advance(200)
  expect(queue.length).toBe(0)
  expect(clock.sleeping).toBe(0)
})

test('metrics: depth, waiting and working times', async () => {
  const clock = new FakeClock(0)
  const told: string[] = []
  const queue = new WorkQueue({
    clock,
    metrics: {
      added: () => told.push('added'),
      depth: n => told.push(`depth ${n}`),
      waited: s => told.push(`waited ${s}`),
      worked: s => told.push(`worked ${s}`),
    },
  })
  queue.add('a')
  await clock.advance(2000)
  await queue.take(never)
  await clock.advance(500)
  queue.done('a')
  expect(told).toEqual(['added', 'depth 1', 'depth 0', 'waited 2', 'worked 0.5'])
})
