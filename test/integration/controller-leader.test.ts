import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Client } from '../../lib/client/client.ts'
import { connect } from '../../lib/client/http-client.ts'
import { Informer } from '../../lib/client/informer.ts'
import { runAsLeader } from '../../lib/client/leader-election.ts'
import { leases } from '../../lib/kinds/coordination/lease.ts'
import { type ConfigMap, configMaps } from '../../lib/kinds/core/config-map.ts'
import { aborted } from '../../lib/util/async.ts'
import { silentLogger } from '../../lib/util/log.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()

describe('the client on a real API server', () => {
  let api: TestApiServer
  let client: Client
  beforeAll(async () => {
    api = await startApiServer()
    client = connect({ server: api.url, tls: { ca: api.caCert, ...api.admin } })
  }, 60_000)
  afterAll(async () => {
    client?.close()
    await api?.stop()
  }, 60_000)

  test('one leads; when it stops cleanly, or dies, another follows', async () => {
    const lease = { namespace: 'kube-system', name: 'test' }
    const leading: string[] = []
    const candidate = (identity: string, own: Client) => {
      const stop = new AbortController()
      const lead = async (signal: AbortSignal) => {
        leading.push(identity)
        await aborted(signal)
      }
      const timings = { leaseDurationMs: 1000, renewDeadlineMs: 700, retryPeriodMs: 100 }
      const ended = runAsLeader({ client: own, lease, identity, log: silentLogger, ...timings }, lead, stop.signal)
      return {
        stop,
        ended: ended.then(
          () => 'ended',
          error => error.name,
        ),
      }
    }
    const a = candidate('a', client)
    await eventually(() => leading.length === 1)
    const dying = connect({ server: api.url, tls: { ca: api.caCert, ...api.admin } })
    const b = candidate('b', dying)
    a.stop.abort()
    expect(await a.ended).toBe('ended')
    await eventually(() => leading.length === 2)
    const c = candidate('c', client)
    // As when the process is killed: it says nothing more.
    dying.close()
    expect(await b.ended).toBe('LeadershipLost')
    await eventually(() => leading.length === 3)
    expect(leading).toEqual(['a', 'b', 'c'])
    expect((await client.get(leases, lease)).spec).toMatchObject({ holderIdentity: 'c', leaseTransitions: 2 })
    c.stop.abort()
    await c.ended
  }, 60_000)

  test('an informer over HTTP sees everything, in pages and then as it happens', async () => {
    const map = (name: string): ConfigMap => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default', name, labels: { test: 'informer' } },
    })
    const names = Array.from({ length: 600 }, (_, i) => `m${i}`)
    await Promise.all(names.map(name => client.create(configMaps, map(name))))
    const source = client.source(configMaps, { labelSelector: 'test=informer' })
    const informer = new Informer<ConfigMap>({ name: 'configmaps', source, log: silentLogger })
    const stop = new AbortController()
    const running = informer.run(stop.signal)
    await informer.synced()
    expect(informer.size).toBe(600)
    const created = await client.create(configMaps, map('late'))
    await informer.seen(created.metadata.resourceVersion ?? '')
    expect(informer.get('default/late')?.metadata.uid).toBe(created.metadata.uid)
    await client.deleteCollection(configMaps, { namespace: 'default', labelSelector: 'test=informer' })
    await eventually(() => informer.size === 0)
    stop.abort()
    await running
  }, 60_000)

  test('what the server refuses is a StatusError with its words', async () => {
    await expect(client.get(configMaps, { namespace: 'default', name: 'absent' })).rejects.toMatchObject({
      code: 404,
      reason: 'NotFound',
      message: 'configmaps "absent" not found',
    })
  })
})
