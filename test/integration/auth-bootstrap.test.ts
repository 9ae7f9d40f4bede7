// What stands in a cluster from the start, and the addresses and ports of Services, over one etcd and two API servers.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const rbac = '/apis/rbac.authorization.k8s.io/v1'
const services = '/api/v1/namespaces/default/services'

describe('what every cluster has', () => {
  let etcd: Etcd
  let first: TestApiServer
  let second: TestApiServer
  const config = { serviceClusterIpRange: '10.96.0.0/24', serviceNodePortRange: { from: 30000, to: 30063 } }
  beforeAll(async () => {
    etcd = await startEtcd()
    first = await startApiServer({ etcd, config })
    second = await startApiServer({ etcd, config })
  })
  afterAll(async () => {
    await first.stop()
    await second.stop()
    await etcd.stop()
  })

  const get = async (path: string) => (await first.ask('GET', path)).json

  test('namespaces, priority classes, roles and the service kubernetes are there', async () => {
    const names = async (path: string) => (await get(path)).items.map((item: Named) => item.metadata.name)
    expect(await names('/api/v1/namespaces')).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    expect(await names('/apis/scheduling.k8s.io/v1/priorityclasses')).toEqual([
      'system-cluster-critical',
      'system-node-critical',
    ])
    expect(await names(`${rbac}/clusterroles`)).toEqual(
      expect.arrayContaining(['admin', 'cluster-admin', 'system:node', 'system:controller:deployment-controller']),
    )
    expect(await names(`${rbac}/clusterrolebindings`)).toContain('kubeadm:cluster-admins')
    expect((await get(`${services}/kubernetes`)).spec).toMatchObject({ clusterIP: '10.96.0.1', type: 'ClusterIP' })
    const slice = await get('/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes')
    expect(slice.endpoints[0].addresses).toEqual(['127.0.0.1'])
    expect((await get('/apis/networking.k8s.io/v1/ipaddresses/10.96.0.1')).spec.parentRef).toMatchObject({
      resource: 'services',
      namespace: 'default',
      name: 'kubernetes',
    })
  })

  test('admin, edit and view are the sums of their parts', async () => {
    const [admin, edit, view] = await Promise.all(
      ['admin', 'edit', 'view'].map(async name => (await get(`${rbac}/clusterroles/${name}`)).rules as unknown[]),
    )
    expect(view?.length).toBeGreaterThan(5)
    expect(edit).toEqual(expect.arrayContaining(view ?? []))
    expect(admin).toEqual(expect.arrayContaining(edit ?? []))
  })

  test('a server that starts on what is there writes nothing, and puts back a rule that was taken away', async () => {
    const path = `${rbac}/clusterroles/system:basic-user`
    const [role, view] = [await get(path), await get(`${rbac}/clusterroles/view`)]
    await first.ask('PUT', path, { body: { ...role, rules: role.rules.slice(0, 1) } })
    const third = await startApiServer({ etcd, config })
    await third.stop()
    await eventually(async () => (await get(path)).rules.length === 2)
    expect((await get(`${rbac}/clusterroles/view`)).metadata.resourceVersion).toBe(view.metadata.resourceVersion)
  })

  test('addresses are unique over servers, may be chosen once, and come back', async () => {
    const spec = { ports: [{ port: 80 }] }
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        [first, second][i % 2]?.ask('POST', services, { body: { metadata: { name: `s-${i}` }, spec } }),
      ),
    )
    const addresses = answers.map(answer => answer?.json.spec.clusterIP)
    expect(new Set(addresses).size).toBe(30)
    // The lowest sixteen are for those who choose.
    expect(addresses.every(address => Number(address.split('.')[3]) > 16)).toBe(true)
    const choose = (name: string, clusterIP: string) =>
      first.ask('POST', services, { body: { metadata: { name }, spec: { ...spec, clusterIP } } })
    expect((await choose('taken', addresses[0])).json).toMatchObject({
      code: 422,
      message: `Service "taken" is invalid: spec.clusterIPs: Invalid value: ["${addresses[0]}"]: failed to allocate IP ${addresses[0]}: provided IP is already allocated`,
    })
    expect((await choose('outside', '10.97.0.1')).json.message).toContain(
      'the provided IP (10.97.0.1) is not in the valid range. The range of valid IPs is 10.96.0.0/24',
    )
    expect((await first.ask('DELETE', `${services}/s-0`)).status).toBe(200)
    expect((await choose('taken', addresses[0])).status).toBe(201)
  })

  test('what was reserved for a service that is refused is given back', async () => {
    const body = { metadata: { name: 'twice' }, spec: { clusterIP: '10.96.0.7', ports: [{ port: 80 }] } }
    expect((await first.ask('POST', services, { body })).status).toBe(201)
    const again = { ...body, spec: { ...body.spec, clusterIP: '10.96.0.8' } }
    expect((await first.ask('POST', services, { body: again })).status).toBe(409)
    expect((await first.ask('GET', '/apis/networking.k8s.io/v1/ipaddresses/10.96.0.8')).status).toBe(404)
    const dry = { ...body, metadata: { name: 'dry' }, spec: { ...body.spec, clusterIP: '10.96.0.9' } }
    expect((await first.ask('POST', `${services}?dryRun=All`, { body: dry })).status).toBe(201)
    expect((await first.ask('GET', '/apis/networking.k8s.io/v1/ipaddresses/10.96.0.9')).status).toBe(404)
  })

  test('node ports are unique, may be chosen once, and go with the type that needs them', async () => {
    const nodePort = (name: string, port?: number) =>
      first.ask('POST', services, {
        body: {
          metadata: { name },
          spec: { type: 'NodePort', ports: [{ port: 80, ...(port ? { nodePort: port } : {}) }] },
        },
      })
    const chosen = await nodePort('chosen', 30005)
    expect(chosen.json.spec.ports[0].nodePort).toBe(30005)
    expect((await nodePort('second', 30005)).json).toMatchObject({
      code: 422,
      message:
        'Service "second" is invalid: spec.ports[0].nodePort: Invalid value: 30005: provided port is already allocated',
    })
    expect((await nodePort('far', 80)).json.message).toContain(
      'provided port is not in the valid range. The range of valid ports is 30000-30063',
    )
    const given = await Promise.all(Array.from({ length: 10 }, (_, i) => nodePort(`n-${i}`)))
    const ports = given.map(answer => answer.json.spec.ports[0].nodePort)
    expect(new Set(ports).size).toBe(10)
    const plain = { ...chosen.json, spec: { ...chosen.json.spec, type: 'ClusterIP', ports: [{ port: 80 }] } }
    const changed = await first.ask('PUT', `${services}/chosen`, { body: plain })
    expect(changed.json.spec.ports[0].nodePort).toBeUndefined()
    expect(changed.json.spec.clusterIP).toBe(chosen.json.spec.clusterIP)
    expect((await nodePort('second', 30005)).status).toBe(201)
  })
})

interface Named {
  metadata: { name: string }
}
