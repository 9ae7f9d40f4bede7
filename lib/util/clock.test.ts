import { expect, test } from '@jest/globals'
import { FakeClock, rfc3339, rfc3339Micro, systemClock } from './clock.ts'

test('FakeClock wakes sleepers in order as time is advanced', async () => {
  const clock = new FakeClock(0)
  const woken: number[] = []
  for (const ms of [30, 10, 20]) clock.sleep(ms).then(() => woken.push(ms))
  await clock.advance(20)
  expect(woken).toEqual([10, 20])
  await clock.advance(10)
  expect(woken).toEqual([10, 20, 30])
})

test('an aborted sleep rejects with the reason and is forgotten', async () => {
  const clock = new FakeClock(0)
  const controller = new AbortController()
  const sleep = clock.sleep(10, controller.signal)
  controller.abort(new Error('enough'))
  await expect(sleep).rejects.toThrow('enough')
  expect(clock.sleeping).toBe(0)
})

test('times are written as metav1 writes them', () => {
  expect(rfc3339(1234)).toBe('1970-01-01T00:00:01Z')
  expect(rfc3339Micro(1234)).toBe('1970-01-01T00:00:01.234000Z')
})

test('the system clock sleeps longer than a timer of Node can', async () => {
  const stop = new AbortController()
  let woken = false
  const long = systemClock.sleep(2 ** 31 + 1000, stop.signal).then(
    () => {
      woken = true
    },
    () => {},
  )
  await systemClock.sleep(20)
  stop.abort()
  await long
  expect(woken).toBe(false)
})
