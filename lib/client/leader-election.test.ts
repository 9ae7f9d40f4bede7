import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Lease, leases } from '../kinds/coordination/lease.ts'
import { aborted } from '../util/async.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { FakeClient } from './fake-client.ts'
import { LeadershipLost, runAsLeader } from './leader-election.ts'

let server: FakeClient
let clock: FakeClock
let stop: AbortController
beforeEach(() => {
  server = new FakeClient()
  clock = new FakeClock()
  stop = new AbortController()
})
afterEach(() => stop.abort())

const leading = new Set<string>()
beforeEach(() => leading.clear())

interface Candidate {
  ended: Promise<unknown>
  stop: AbortController
}

function candidate(identity: string, client = server): Candidate {
  const own = new AbortController()
  const options = {
    client: client.as(),
    lease: { namespace: 'kube-system', name: 'x' },
    identity,
    log: silentLogger,
    clock,
  }
  const lead = async (signal: AbortSignal) => {
    leading.add(identity)
    await aborted(signal)
    leading.delete(identity)
  }
  const ended = runAsLeader(options, lead, AbortSignal.any([stop.signal, own.signal])).then(
    () => 'ended',
    error => error,
  )
  return { ended, stop: own }
}

const lease = () => server.objects.get('leases/kube-system/x') as Lease
const settle = () => new Promise(resolve => setImmediate(resolve))

test('the first leads, and renews; the second waits', async () => {
  candidate('a')
  await settle()
  candidate('b')
  await clock.advance(60_000)
  expect([...leading]).toEqual(['a'])
  expect(lease().spec).toMatchObject({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    leaseTransitions: 0,
    acquireTime: '2026-01-01T00:00:00.000000Z',
  })
  expect(Date.parse(String(lease().spec?.renewTime))).toBeGreaterThan(clock.now() - 3000)
})

test('a leader that falls silent is followed when its lease has run out by our own clock', async () => {
  const silent = {
    holderIdentity: 'dead',
    leaseDurationSeconds: 15,
    renewTime: '2030-01-01T00:00:00.000000Z',
    leaseTransitions: 4,
  }
  await server.create(
    { plural: 'leases' } as never,
    { apiVersion: '', kind: '', metadata: { namespace: 'kube-system', name: 'x' }, spec: silent } as never,
  )
  candidate('b')
  await clock.advance(14_000)
  expect(leading.size).toBe(0)
  await clock.advance(4000)
  expect([...leading]).toEqual(['b'])
  expect(lease().spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 5 })
})

test('a clean stop gives the lease back, and the next leads at once', async () => {
  const first = candidate('a')
  await settle()
  candidate('b')
  await clock.advance(4000)
  first.stop.abort()
  expect(await first.ended).toBe('ended')
  expect(lease().spec?.holderIdentity).toBe('')
  await clock.advance(3000)
  expect([...leading]).toEqual(['b'])
})

test('who cannot renew in time stops leading and says so', async () => {
  const first = candidate('a')
  await settle()
  server.down = true
  await clock.advance(8000)
  expect([...leading]).toEqual(['a'])
  await clock.advance(5000)
  expect(await first.ended).toBeInstanceOf(LeadershipLost)
  expect(leading.size).toBe(0)
})

test('a short silence of the server costs nothing', async () => {
  candidate('a')
  await settle()
  server.down = true
  await clock.advance(6000)
  server.down = false
  await clock.advance(30_000)
  expect([...leading]).toEqual(['a'])
})

test('a renewal is one write, and reads first only when somebody changed the lease', async () => {
  candidate('a')
  await settle()
  server.calls.length = 0
  await clock.advance(2000)
  expect(server.calls).toEqual(['update leases kube-system/x'])
  await server.update({ plural: 'leases' } as never, { ...lease(), metadata: { ...lease().metadata, labels: {} } })
  server.calls.length = 0
  await clock.advance(2000)
  expect(server.calls).toEqual([
    'update leases kube-system/x',
    'get leases kube-system/x',
    'update leases kube-system/x',
  ])
  server.objects.delete('leases/kube-system/x')
  await clock.advance(2000)
  expect(lease().spec?.holderIdentity).toBe('a')
  expect([...leading]).toEqual(['a'])
})

test('a leader whose lease was taken does not take it back', async () => {
  const first = candidate('a')
  await settle()
  const spec = { ...lease().spec, holderIdentity: 'b', renewTime: '2026-01-01T00:00:01.000000Z' }
  await server.update({ plural: 'leases' } as never, { ...lease(), spec })
  await clock.advance(13_000)
  expect(await first.ended).toBeInstanceOf(LeadershipLost)
  expect(lease().spec?.holderIdentity).toBe('b')
})

test('a renewal whose answer was cut off by the stop does not keep the lease from being given back', async () => {
  const { ended, stop: own } = candidate('a')
  await settle()
  // As the server has it when the last renewal was written and its answer lost.
  const stands = lease()
  await server.update(leases, { ...stands, spec: { ...stands.spec, renewTime: '2030-01-01T00:00:00.000000Z' } })
  own.abort()
  await ended
  expect(lease().spec?.holderIdentity).toBe('')
})
