import { expect, test } from '@jest/globals'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { COMPACT_KEY, type CompactorState, compactOnce, runCompactor } from './compactor.ts'
import { Compacted } from './kv.ts'
import { MemoryKv } from './memory-kv.ts'

const fresh: CompactorState = { expected: 0n, revision: 0n }
const write = async (kv: MemoryKv) => (await kv.put(`k${Math.random()}`, Buffer.from('1'), 0n)).revision

test('a round forgets what was new in the round before', async () => {
  const kv = new MemoryKv()
  const first = await write(kv)
  let state = await compactOnce(kv, fresh)
  expect((await kv.list('k', { revision: first })).kvs).toHaveLength(1)
  await write(kv)
  const { revision } = state
  state = await compactOnce(kv, state)
  await expect(kv.list('k', { revision: first })).rejects.toThrow(Compacted)
  expect((await kv.list('k', { revision })).kvs).toHaveLength(1)
  expect(`${(await kv.get(COMPACT_KEY)).kv?.value}`).toBe(`${revision}`)
})

test('of several servers one compacts in a round, and another takes over when it is gone', async () => {
  const kv = new MemoryKv()
  const compactions: bigint[] = []
  const compact = kv.compact.bind(kv)
  kv.compact = revision => {
    compactions.push(revision)
    return compact(revision)
  }
  let states = [fresh, fresh, fresh]
  for (let round = 1; round <= 4; round++) {
    await write(kv)
    states = await Promise.all(states.map(state => compactOnce(kv, state)))
    expect(compactions).toHaveLength(round - 1)
  }
  states.shift()
  for (let round = 0; round < 2; round++) {
    await write(kv)
    states = await Promise.all(states.map(state => compactOnce(kv, state)))
  }
  expect(compactions.length).toBeGreaterThanOrEqual(4)
  expect(compactions).toEqual(compactions.toSorted((a, b) => (a < b ? -1 : 1)))
})

test('that somebody compacted further is no failure', async () => {
  const kv = new MemoryKv()
  const state = await compactOnce(kv, fresh)
  await kv.compact(await write(kv))
  await expect(compactOnce(kv, state)).resolves.toMatchObject({})
})

test('it goes on every five minutes, also after a failure, until it is told to stop', async () => {
  const clock = new FakeClock()
  const kv = new MemoryKv()
  const controller = new AbortController()
  const put = kv.put.bind(kv)
  const rounds: string[] = []
  kv.put = (key, ...rest) => {
    if (key !== COMPACT_KEY) return put(key, ...rest)
    if (rounds.push(key) === 2) return Promise.reject(new Error('etcd is away'))
    return put(key, ...rest)
  }
  const running = runCompactor({ kv, log: silentLogger, clock }, controller.signal)
  const first = await write(kv)
  for (const expected of [1, 2, 3]) {
    await expect(kv.list('k', { revision: first })).resolves.toMatchObject({ count: 1 })
    await clock.advance(5 * 60_000)
    expect(rounds).toHaveLength(expected)
  }
  await expect(kv.list('k', { revision: first })).rejects.toThrow(Compacted)
  controller.abort()
  await expect(running).rejects.toThrow()
})
