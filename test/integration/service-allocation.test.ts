// Addresses and ports of services over restarts and over several API servers: none is given to two, none is lost.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type StartApiServerOptions, startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const services = '/api/v1/namespaces/default/services'
const ranges = '/apis/networking.k8s.io/v1/servicecidrs'
const addresses = '/apis/networking.k8s.io/v1/ipaddresses'

interface Service {
  metadata: { name: string }
  spec: { clusterIP: string; ports: { nodePort: number }[] }
}

describe('addresses and ports of services', () => {
  let etcd: Etcd
  const running = new Set<TestApiServer>()
  beforeAll(async () => {
    etcd = await startEtcd()
  }, 60_000)
  afterAll(async () => {
    await Promise.all([...running].map(api => api.stop()))
    await etcd?.stop()
  }, 60_000)

  async function start(prefix: string, config: StartApiServerOptions['config'] = {}): Promise<TestApiServer> {
    const api = await startApiServer({ etcd, prefix: `/${prefix}/`, config })
    running.add(api)
    return api
  }
  async function stop(api: TestApiServer): Promise<void> {
    running.delete(api)
    await api.stop()
  }

  async function create(api: TestApiServer, name: string, spec: object = {}): Promise<Service> {
    const answer = await api.ask('POST', services, {
      body: { metadata: { name }, spec: { type: 'NodePort', ports: [{ port: 80 }], ...spec } },
    })
    expect([name, answer.status]).toEqual([name, 201])
    return answer.json
  }
  const names = async (api: TestApiServer): Promise<string[]> =>
    (await api.ask('GET', addresses)).json.items.map((item: { metadata: { name: string } }) => item.metadata.name)

  test('two servers fill one small range together, and a third one later knows what is taken', async () => {
    // Fourteen usable addresses, of which default/kubernetes has one.
    const config = { serviceClusterIpRange: '10.99.0.0/28', serviceNodePortRange: { from: 30000, to: 30031 } }
    const [one, two] = [await start('full', config), await start('full', config)]
    const made = await Promise.all(Array.from({ length: 13 }, (_, i) => create(i % 2 ? one : two, `web-${i}`)))
    const given = made.map(({ spec }) => spec.clusterIP)
    expect(new Set([...given, '10.99.0.1']).size).toBe(14)
    expect(new Set(made.map(({ spec }) => spec.ports[0]?.nodePort)).size).toBe(13)
    await Promise.all([stop(one), stop(two)])

    const later = await start('full', config)
    const full = await later.ask('POST', services, {
      body: { metadata: { name: 'more' }, spec: { ports: [{ port: 80 }] } },
    })
    expect([full.status, full.json.message]).toEqual([
      500,
      'Internal error occurred: failed to allocate a serviceIP: range is full',
    ])
    const taken = made[3] as Service
    const again = await later.ask('POST', services, {
      body: {
        metadata: { name: 'more' },
        spec: { type: 'NodePort', ports: [{ port: 80, nodePort: taken.spec.ports[0]?.nodePort }] },
      },
    })
    expect(again.status).toBe(500)
    expect((await later.ask('DELETE', `${services}/${taken.metadata.name}`)).status).toBe(200)
    const more = await eventually(() =>
      create(later, 'more', { ports: [{ port: 80, nodePort: taken.spec.ports[0]?.nodePort }] }),
    )
    expect(more.spec.clusterIP).toBe(taken.spec.clusterIP)
    expect(await names(later)).toHaveLength(14)
  }, 60_000)

  test('the cluster has a range of its own, and others are used when they are ready', async () => {
    const api = await start('ranges', { serviceClusterIpRange: '10.98.0.0/30' })
    const own = (await api.ask('GET', `${ranges}/kubernetes`)).json
    expect(own.spec).toEqual({ cidrs: ['10.98.0.0/30'] })
    expect(own.status.conditions).toMatchObject([{ type: 'Ready', status: 'True' }])
    expect((await create(api, 'last')).spec.clusterIP).toBe('10.98.0.2')

    const body = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name: 'more' } }
    expect((await api.ask('POST', ranges, { body: { ...body, spec: { cidrs: ['10.97.0.0/24'] } } })).status).toBe(201)
    const refused = await api.ask('POST', services, {
      body: { metadata: { name: 'wish' }, spec: { ports: [{ port: 80 }], clusterIP: '10.97.0.10' } },
    })
    expect(refused.json.message).toContain('The range of valid IPs is 10.98.0.0/30')
    const ready = { type: 'Ready', status: 'True', reason: '', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }
    const marked = await api.ask('PATCH', `${ranges}/more/status`, {
      body: { status: { conditions: [ready] } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect(marked.status).toBe(200)
    expect((await eventually(() => create(api, 'wish', { clusterIP: '10.97.0.10' }))).spec.clusterIP).toBe('10.97.0.10')
    expect((await create(api, 'another')).spec.clusterIP).toMatch(/^10\.97\.0\./)
  }, 60_000)

  test('a service whose name is generated owns its address under that name', async () => {
    const api = await start('generated')
    const { json } = await api.ask('POST', services, {
      body: { metadata: { generateName: 'web-' }, spec: { ports: [{ port: 80 }] } },
    })
    const { name } = json.metadata
    expect(name).toMatch(/^web-.{5}$/)
    const address = `${addresses}/${json.spec.clusterIP}`
    expect((await api.ask('GET', address)).json.spec.parentRef).toEqual({
      group: '',
      resource: 'services',
      namespace: 'default',
      name,
    })
    await api.ask('DELETE', `${services}/${name}`)
    await eventually(async () => (await api.ask('GET', address)).status === 404)
  }, 60_000)
})
