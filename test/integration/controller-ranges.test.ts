// Ranges of addresses, of nodes and of services, over a restart of everything but etcd.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { findCondition } from '../../lib/api/conditions.ts'
import { type Node, nodes } from '../../lib/kinds/core/node.ts'
import { type Service, services } from '../../lib/kinds/core/service.ts'
import { type ServiceCIDR, serviceCidrs } from '../../lib/kinds/networking/service-cidr.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { type ControllerCluster, startControllerCluster } from './controller-cluster.ts'

const describe = await describeWithEtcd()

/** Until the check no longer throws. */
function soon(check: () => Promise<void>, timeoutMs = 15_000): Promise<true> {
  return eventually(
    async () => {
      await check()
      return true
    },
    { timeoutMs },
  )
}

describe('ranges of addresses', () => {
  let etcd: Etcd
  let cluster: ControllerCluster
  // A range of sixteen parts.
  const options = { clusterCidr: '10.244.0.0/20', nodeCidrMaskSize: 24 }
  beforeAll(async () => {
    etcd = await startEtcd()
    cluster = await startControllerCluster(options, etcd)
  }, 60_000)
  afterAll(async () => {
    await cluster?.stop()
    await etcd?.stop()
  }, 60_000)

  async function addNodes(names: string[]): Promise<void> {
    const add = (name: string) =>
      cluster.client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name } } as Node)
    await Promise.all(names.map(add))
  }
  const ranges = async (): Promise<Map<string, string>> => {
    const { items } = await cluster.client.list(nodes)
    return new Map(items.map(({ metadata, spec }) => [metadata.name ?? '', spec?.podCIDR ?? '']))
  }
  const allGiven = (count: number) =>
    eventually(async () => {
      const given = await ranges()
      expect([...given.values()].filter(range => range !== '')).toHaveLength(count)
      return given
    })

  test('no part of the range of pods is given to two nodes', async () => {
    await addNodes(Array.from({ length: 10 }, (_, i) => `early-${i}`))
    const before = await allGiven(10)
    await cluster.stop()
    cluster = await startControllerCluster(options, etcd)
    await addNodes(Array.from({ length: 6 }, (_, i) => `late-${i}`))
    const after = await allGiven(16)
    expect(new Set(after.values()).size).toBe(16)
    for (const [name, range] of before) expect([name, after.get(name)]).toEqual([name, range])

    await addNodes(['one-too-many'])
    await cluster.client.delete(nodes, { name: 'early-3' })
    await soon(async () => expect((await ranges()).get('one-too-many')).toBe(before.get('early-3')))
  })

  const ready = async (name: string) =>
    findCondition((await cluster.client.get(serviceCidrs, { name })).status?.conditions, 'Ready')

  test('a range of services is ready, and goes only when no service has an address of it', async () => {
    await soon(async () => expect(await ready('kubernetes')).toMatchObject({ status: 'True' }))
    const range = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'ServiceCIDR',
      metadata: { name: 'more' },
      spec: { cidrs: ['10.50.0.0/24'] },
    }
    await cluster.client.create(serviceCidrs, range as ServiceCIDR)
    await soon(async () =>
      expect(await ready('more')).toMatchObject({ status: 'True', message: 'Kubernetes Service CIDR is ready' }),
    )
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'default', name: 'web' },
      spec: { clusterIP: '10.50.0.9', ports: [{ port: 80 }] },
    }
    await eventually(() => cluster.client.create(services, service as Service))

    await cluster.client.delete(serviceCidrs, { name: 'more' })
    await soon(async () =>
      expect(await ready('more')).toMatchObject({
        status: 'False',
        reason: 'Terminating',
        message:
          'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
      }),
    )
    await cluster.client.delete(services, { namespace: 'default', name: 'web' })
    await soon(async () => {
      const { items } = await cluster.client.list(serviceCidrs)
      expect(items.map(({ metadata }) => metadata.name)).toEqual(['kubernetes'])
    }, 30_000)
  })
})
