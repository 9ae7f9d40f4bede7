// Who may read and write what, once etcd asks who it is.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { enableEtcdAuth } from '../../lib/storage/etcd-auth.ts'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import type { Kv } from '../../lib/storage/kv.ts'
import { take } from '../../lib/storage/kv-contract.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()
const value = Buffer.from('{}')

describe('etcd with users', () => {
  let etcd: Etcd
  const clients = new Map<string, Kv>()
  const signal = AbortSignal.timeout(60_000)

  const as = (user: string): Kv => {
    const kv = clients.get(user)
    if (!kv) throw new Error(`no client ${user}`)
    return kv
  }

  beforeAll(async () => {
    etcd = await startEtcd({ tls: true })
    await enableEtcdAuth(etcd.clientOptions, '/registry/')
    for (const user of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'nobody']) {
      clients.set(user, connectEtcd(await etcd.clientOptionsFor(user)))
    }
    for (const key of ['pods/default/a', 'secrets/default/s', 'services/specs/default/kubernetes']) {
      await as('kube-apiserver').put(`/registry/${key}`, value, 0n)
    }
  })

  afterAll(async () => {
    for (const kv of clients.values()) kv.close()
    await etcd.stop()
  })

  test('enabling it again changes nothing and takes no request away', async () => {
    const reads = Promise.all(Array.from({ length: 50 }, () => as('kube-apiserver').get('/registry/pods/default/a')))
    await enableEtcdAuth(etcd.clientOptions, '/registry/')
    expect((await reads).every(({ kv }) => kv)).toBe(true)
  })

  test('the API server reads, writes, watches and compacts', async () => {
    const kv = as('kube-apiserver')
    const written = await kv.put('/registry/secrets/default/t', value, 0n, { ttlSeconds: 3600 })
    expect(written.ok).toBe(true)
    expect(await take(kv.watch('/registry/', written.revision - 1n, signal), 1)).toHaveLength(1)
    expect((await kv.put('compact_rev_key', Buffer.from('0'), 0n)).ok).toBe(true)
    await kv.compact(written.revision)
    expect((await kv.delete('/registry/secrets/default/t', written.revision)).ok).toBe(true)
  })

  test('the API server has no business outside its prefix', async () => {
    await expect(as('kube-apiserver').put('/elsewhere', value, 0n)).rejects.toThrow('permission denied')
    await expect(as('kube-apiserver').list('/')).rejects.toThrow('permission denied')
  })

  test.each(['kube-controller-manager', 'kube-scheduler'])('%s reads kinds, and Secrets not', async user => {
    const kv = as(user)
    const { kvs, revision } = await kv.list('/registry/pods/')
    expect(kvs).toHaveLength(1)
    expect((await kv.list('/registry/services/specs/')).kvs).toHaveLength(1)
    const events = take(kv.watch('/registry/pods/', revision, signal), 1)
    await as('kube-apiserver').put(`/registry/pods/default/${user}`, value, 0n)
    expect(await events).toHaveLength(1)
    const pod = await kv.get(`/registry/pods/default/${user}`)
    await as('kube-apiserver').delete(`/registry/pods/default/${user}`, pod.kv?.modRevision ?? 0n)

    await expect(kv.list('/registry/secrets/')).rejects.toThrow('permission denied')
    await expect(kv.get('/registry/secrets/default/s')).rejects.toThrow('permission denied')
    await expect(kv.list('/registry/')).rejects.toThrow('permission denied')
    await expect(take(kv.watch('/registry/secrets/', 1n, signal), 1)).rejects.toThrow('permission denied')
    await expect(take(kv.watch('/registry/', 1n, signal), 1)).rejects.toThrow('permission denied')
  })

  test.each(['kube-controller-manager', 'kube-scheduler'])('%s writes nothing', async user => {
    await expect(as(user).put('/registry/pods/default/b', value, 0n)).rejects.toThrow('permission denied')
    await expect(as(user).delete('/registry/pods/default/a', 0n)).rejects.toThrow('permission denied')
  })

  test('a certificate without a user gets nothing', async () => {
    await expect(as('nobody').get('/registry/pods/default/a')).rejects.toThrow()
  })

  test('without a certificate there is no connection', async () => {
    const { ca, endpoints } = etcd.clientOptions
    const kv = connectEtcd({ endpoints, ...(ca ? { ca } : {}) })
    await expect(kv.get('/registry/pods/default/a')).rejects.toThrow('not available')
    kv.close()
  })
})
