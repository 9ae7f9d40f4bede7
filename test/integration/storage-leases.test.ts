// Objects with a TTL on a real etcd: one lease for many, and another when it is gone.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Etcd3 } from 'etcd3'
import { connectEtcd, etcdClient } from '../../lib/storage/etcd-kv.ts'
import type { Kv } from '../../lib/storage/kv.ts'
import { take } from '../../lib/storage/kv-contract.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const value = Buffer.from('1')

describe('leases in etcd', () => {
  let etcd: Etcd
  let kv: Kv
  let client: Etcd3

  beforeAll(async () => {
    etcd = await startEtcd()
    kv = connectEtcd(etcd.clientOptions)
    client = etcdClient(etcd.clientOptions)
  })

  afterAll(async () => {
    kv.close()
    client.close()
    await etcd.stop()
  })

  const leases = async () => {
    const { leases } = await client.leaseClient.leaseLeases()
    const all = leases.map(({ ID }) => client.leaseClient.leaseTimeToLive({ ID, keys: true }))
    return await Promise.all(all)
  }

  test('objects written together share one, which outlives their TTL by a minute', async () => {
    await Promise.all([1, 2, 3].map(i => kv.put(`/shared/${i}`, value, 0n, { ttlSeconds: 3600 })))
    expect(await leases()).toMatchObject([{ grantedTTL: '3660', keys: { length: 3 } }])
  })

  test('a lease that was revoked takes its objects, and the next object gets another', async () => {
    const { revision } = await kv.put('/revoked/a', value, 0n, { ttlSeconds: 600 })
    const lease = (await leases()).find(({ grantedTTL }) => grantedTTL === '660')
    await client.leaseClient.leaseRevoke({ ID: lease?.ID ?? '0' })
    const [event] = await take(kv.watch('/revoked/', revision, AbortSignal.timeout(10_000)), 1)
    expect(event).toMatchObject({ type: 'delete', key: '/revoked/a' })
    expect(await kv.put('/revoked/a', value, 0n, { ttlSeconds: 600 })).toMatchObject({ ok: true })
    expect((await kv.get('/revoked/a')).kv).toBeDefined()
  })

  test('an object written again without a TTL stays', async () => {
    const first = await kv.put('/kept/a', value, 0n, { ttlSeconds: 1800 })
    await kv.put('/kept/a', value, first.revision)
    const lease = (await leases()).find(({ grantedTTL }) => grantedTTL === '1860')
    await client.leaseClient.leaseRevoke({ ID: lease?.ID ?? '0' })
    expect((await kv.get('/kept/a')).kv).toBeDefined()
  })
})
