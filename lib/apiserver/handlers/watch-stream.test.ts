import { expect, test } from '@jest/globals'
import type { CacheEntry } from '../../storage/entry.ts'
import { FakeClock } from '../../util/clock.ts'
import type { CacheEvent } from '../watch-cache-event.ts'
import { CacheWatcher } from '../watch-cache-watcher.ts'
import { type EventEncoder, type WatchStart, watchStream } from './watch-stream.ts'

const encoder: EventEncoder = {
  added: ({ key }) => (key.startsWith('skip') ? undefined : Buffer.from(`+${key} `)),
  change: ({ key }) => (key.startsWith('skip') ? undefined : Buffer.from(`~${key} `)),
  bookmark: (revision, isEnd) => Buffer.from(`${isEnd ? 'end' : 'at'}${revision} `),
}

function begin({
  allowWatchBookmarks = false,
  ...start
}: Partial<WatchStart> & { allowWatchBookmarks?: boolean } = {}) {
  const clock = new FakeClock()
  const stop = new AbortController()
  let revision = 5n
  const watcher = new CacheWatcher({
    backlog: [],
    afterRevision: 5n,
    maxBuffered: 100,
    cacheRevision: () => revision,
    onClose: () => {},
  })
  const stream = watchStream({ watcher, ...start }, encoder, {
    clock,
    signal: stop.signal,
    endsAtMs: clock.now() + 150_000,
    allowWatchBookmarks,
  })
  const iterator = stream[Symbol.asyncIterator]()
  return {
    clock,
    watcher,
    next: async () => {
      const result = await iterator.next()
      return result.done ? undefined : Buffer.concat(result.value).toString()
    },
    change: (...keys: string[]) => {
      revision++
      watcher.push(keys.map(key => ({ key, revision }) as CacheEvent))
    },
    moveOn: () => {
      revision++
    },
  }
}

const entries = (...keys: string[]) => keys.map(key => ({ key }) as CacheEntry)

test('what is there comes first, then a bookmark that says so, then changes', async () => {
  const { next, change } = begin({ entries: entries('a', 'skip', 'b'), initialEventsEnd: 5n })
  expect(await next()).toBe('+a +b end5 ')
  change('c', 'skip')
  expect(await next()).toBe('~c ')
})

test('changes that nobody selected send nothing', async () => {
  const { next, change } = begin()
  const pending = next()
  change('skip')
  change('a')
  expect(await pending).toBe('~a ')
})

test('a bookmark once a minute, only when asked for', async () => {
  const { clock, next, moveOn, change } = begin({ allowWatchBookmarks: true })
  const first = next()
  await clock.advance(0)
  moveOn()
  await clock.advance(60_000)
  expect(await first).toBe('at6 ')
  const second = next()
  change('a')
  expect(await second).toBe('~a ')
  const third = next()
  await clock.advance(60_000)
  expect(await third).toBe('at7 ')
})

test('a bookmark says no more than the client has, and tells it what it did not select', async () => {
  const { clock, next, change } = begin({ allowWatchBookmarks: true })
  const first = next()
  await clock.advance(0)
  change('a')
  expect(await first).toBe('~a ')
  await clock.advance(60_000)
  change('skip')
  expect(await next()).toBe('at6 ')
  const second = next()
  await clock.advance(60_000)
  expect(await second).toBe('at7 ')
  const last = next()
  change('b')
  expect(await last).toBe('~b ')
})

test('and one just before the end', async () => {
  const { clock, next } = begin({ allowWatchBookmarks: true })
  for (const afterMs of [60_000, 60_000, 28_000]) {
    const bookmark = next()
    let hasCome = false
    void bookmark.then(() => {
      hasCome = true
    })
    await clock.advance(0)
    await clock.advance(afterMs - 1)
    expect(hasCome).toBe(false)
    await clock.advance(1)
    expect(await bookmark).toBe('at5 ')
  }
})

test('the end of the watcher is the end of the stream', async () => {
  const { next, watcher } = begin({ allowWatchBookmarks: true })
  const last = next()
  watcher.close()
  expect(await last).toBeUndefined()
})
