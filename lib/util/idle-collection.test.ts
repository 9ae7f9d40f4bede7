import { expect, test } from '@jest/globals'
import { FakeClock } from './clock.ts'
import { collectWhenIdle } from './idle-collection.ts'

test('collects once when the work is over, and not while it goes on', async () => {
  const clock = new FakeClock()
  const stop = new AbortController()
  let activeMs = 0
  let collections = 0
  const load = () => ({ active: activeMs, utilization: activeMs / 10_000 })
  const collect = () => void collections++
  const running = collectWhenIdle({ clock, load, collect }, stop.signal).catch(() => undefined)
  const seen: number[] = []
  for (const next of [100, 8000, 9000, 100, 100, 100, 400, 400, 400, 100]) {
    activeMs = next
    await clock.advance(10_000)
    seen.push(collections)
  }
  expect(seen).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2, 2])
  stop.abort()
  await running
})
