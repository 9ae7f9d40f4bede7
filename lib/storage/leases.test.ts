import { expect, test } from '@jest/globals'
import { FakeClock } from '../util/clock.ts'
import { Leases } from './leases.ts'

function leases() {
  const clock = new FakeClock()
  const granted: number[] = []
  const failures: Error[] = []
  const grant = async (ttlSeconds: number) => {
    const failure = failures.shift()
    if (failure) throw failure
    return `${granted.push(ttlSeconds)}`
  }
  return { clock, granted, failures, leases: new Leases(grant, clock) }
}

test('objects of a minute share a lease, which outlives the last of them', async () => {
  const { clock, granted, leases: shared } = leases()
  const ids = (await Promise.all([1, 2, 3].map(() => shared.take(3600)))).map(lease => lease.id)
  await clock.advance(59_999)
  ids.push((await shared.take(3600)).id)
  expect(ids).toEqual(['1', '1', '1', '1'])
  await clock.advance(1)
  expect((await shared.take(3600)).id).toBe('2')
  expect(granted).toEqual([3660, 3660])
})

test('another TTL is another lease', async () => {
  const { granted, leases: shared } = leases()
  await Promise.all([shared.take(10), shared.take(20), shared.take(10)])
  expect(granted).toEqual([70, 80])
})

test('a lease holds no more than a thousand objects', async () => {
  const { granted, leases: shared } = leases()
  await Promise.all(Array.from({ length: 2001 }, () => shared.take(10)))
  expect(granted).toHaveLength(3)
})

test('a lease that is gone is not used again', async () => {
  const { leases: shared } = leases()
  shared.forget(await shared.take(10))
  expect((await shared.take(10)).id).toBe('2')
})

test('a failed grant fails those who waited for it, and no one after', async () => {
  const { failures, leases: shared } = leases()
  failures.push(new Error('no'))
  const attempts = await Promise.allSettled([shared.take(10), shared.take(10)])
  expect(attempts.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect((await shared.take(10)).id).toBe('1')
})
