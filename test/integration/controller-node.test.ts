import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Lease, leases } from '../../lib/kinds/coordination/lease.ts'
import { endpoints } from '../../lib/kinds/core/endpoints.ts'
import { type Node, nodes } from '../../lib/kinds/core/node.ts'
import { type Pod, pods } from '../../lib/kinds/core/pod.ts'
import { type Service, services } from '../../lib/kinds/core/service.ts'
import { endpointSlices } from '../../lib/kinds/discovery/endpoint-slice.ts'
import { rfc3339, rfc3339Micro } from '../../lib/util/clock.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { type ControllerCluster, startControllerCluster } from './controller-cluster.ts'

const describe = await describeWithEtcd()

describe('nodes and what runs on them', () => {
  let cluster: ControllerCluster
  const renewing = new Map<string, NodeJS.Timeout>()
  beforeAll(async () => {
    cluster = await startControllerCluster({ nodeMonitorGracePeriodMs: 2000 })
  }, 60_000)
  afterAll(async () => {
    for (const timer of renewing.values()) clearInterval(timer)
    await cluster?.stop()
  }, 60_000)

  async function addNode(name: string): Promise<void> {
    const now = rfc3339(Date.now())
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      message: 'ok',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    }
    const node = await cluster.client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name } } as Node)
    await eventually(async () => {
      const fresh = await cluster.client.get(nodes, { name })
      return cluster.client.update(nodes, { ...fresh, status: { conditions: [ready] } }, { subresource: 'status' })
    })
    const metadata = { namespace: 'kube-node-lease', name }
    const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: rfc3339Micro(Date.now()) }
    await cluster.client.create(leases, {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata,
      spec,
    } as Lease)
    const renew = () =>
      cluster.client
        .patch(leases, metadata, { spec: { renewTime: rfc3339Micro(Date.now()) } }, { type: 'merge' })
        .catch(() => {})
    renewing.set(name, setInterval(renew, 300))
    expect(node.metadata.name).toBe(name)
  }

  const runningOn = (nodeName: string, name: string, tolerations: object[] = []): Pod =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name, labels: { app: 'web' } },
      spec: { nodeName, tolerations, terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'i' }] },
    }) as Pod

  const node = (name: string) => cluster.client.get(nodes, { name })
  const condition = (of: Node, type: string) => of.status?.conditions?.find(c => c.type === type)
  const taints = (of: Node) => (of.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)

  test('each node gets a pod range of its own', async () => {
    await Promise.all(['n1', 'n2'].map(addNode))
    const ranges = await eventually(async () => {
      const found = (await Promise.all(['n1', 'n2'].map(node))).map(({ spec }) => spec?.podCIDR)
      return found.every(Boolean) && found
    })
    expect(ranges.toSorted()).toEqual(['10.244.0.0/24', '10.244.1.0/24'])
  }, 30_000)

  test('a Service finds its ready pods', async () => {
    const spec = { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] }
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { namespace: 'default', name: 'web' }, spec }
    await cluster.client.create(services, service as unknown as Service)
    await eventually(() => cluster.client.get(endpoints, { namespace: 'default', name: 'web' }))
    await cluster.client.create(pods, runningOn('n1', 'stays'))
    await eventually(async () => {
      const found = await cluster.client.get(endpoints, { namespace: 'default', name: 'web' })
      expect(found.subsets).toMatchObject([
        { addresses: [{ ip: '10.244.0.9', nodeName: 'n1', targetRef: { name: 'stays' } }], ports: [{ port: 8080 }] },
      ])
      return true
    })
    const labelSelector = 'kubernetes.io/service-name=web'
    await eventually(async () => {
      const { items } = await cluster.client.list(endpointSlices, { namespace: 'default', labelSelector })
      expect(items).toMatchObject([
        {
          endpoints: [{ addresses: ['10.244.0.9'], conditions: { ready: true }, nodeName: 'n1' }],
          ports: [{ port: 8080 }],
        },
      ])
      return true
    })
  }, 30_000)

  test('a silent node is unknown, tainted, and loses the pods that do not tolerate it', async () => {
    const tolerating = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }]
    await cluster.client.create(pods, runningOn('n2', 'patient', tolerating))
    await cluster.client.create(pods, runningOn('n2', 'leaving', [{ ...tolerating[0], tolerationSeconds: 1 }]))
    await eventually(
      async () =>
        (await cluster.client.get(pods, { namespace: 'default', name: 'patient' })).status?.phase === 'Running',
    )
    clearInterval(renewing.get('n2'))
    const silent = await eventually(async () => {
      const found = await node('n2')
      return taints(found).length === 2 && found
    })
    expect(condition(silent, 'Ready')).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    })
    expect(condition(silent, 'DiskPressure')).toMatchObject({ status: 'Unknown', reason: 'NodeStatusNeverUpdated' })
    expect(taints(silent).toSorted()).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ])
    expect(taints(await node('n1'))).toEqual([])
    await eventually(async () => {
      const { items } = await cluster.client.list(pods, { namespace: 'default' })
      return (
        items
          .map(({ metadata }) => metadata.name)
          .toSorted()
          .join() === 'patient,stays'
      )
    })
    const patient = await cluster.client.get(pods, { namespace: 'default', name: 'patient' })
    expect(patient.status?.conditions?.find(c => c.type === 'Ready')?.status).toBe('False')
  }, 40_000)
})
