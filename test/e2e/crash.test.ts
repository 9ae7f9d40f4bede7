// kill -9 each process in turn while a rollout is under way: it completes, nothing acknowledged is lost, and containers
// that had no reason to change keep their processes.

import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { deployments } from '../../lib/kinds/apps/deployment.ts'
import { configMaps } from '../../lib/kinds/core/config-map.ts'
import { deploymentOf, repository, TestCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start()
  await cluster.kubectl('apply', '-f', join(repository, 'deploy/examples/web.yaml'))
  await cluster.apply(deploymentOf('bystander'))
  await rolledOut('bystander', 1)
  await rolledOut('web', 3)
}, 240_000)
afterAll(() => cluster?.remove(), 60_000)

const patient = { timeoutMs: 90_000 }

async function rolledOut(name: string, replicas: number): Promise<void> {
  await eventually(async () => {
    const { metadata, status } = await cluster.client.get(deployments, { namespace: 'default', name })
    return (
      status?.observedGeneration === metadata.generation &&
      status?.updatedReplicas === replicas &&
      status?.readyReplicas === replicas &&
      status?.replicas === replicas
    )
  }, patient)
}

/** Writes for as long as `during` takes; answers the names that were acknowledged. */
async function writesWhile(prefix: string, during: () => Promise<void>): Promise<string[]> {
  const acknowledged: string[] = []
  let on = true
  const writing = (async () => {
    for (let i = 0; on; i++) {
      const name = `${prefix}-${i}`
      try {
        await cluster.client.create(configMaps, {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { namespace: 'default', name },
          data: { i: String(i) },
        })
        acknowledged.push(name)
      } catch {
        // Not acknowledged: it may be there or not.
        await new Promise(resolve => setTimeout(resolve, 50))
      }
    }
  })()
  try {
    await during()
  } finally {
    on = false
    await writing
  }
  return acknowledged
}

async function bystander(): Promise<[string, number] | undefined> {
  const pod = (
    await cluster.kubectl(
      'get',
      'pods',
      '-l',
      'app=bystander',
      '-o',
      'jsonpath={.items[*].status.containerStatuses[0].containerID}',
    )
  ).replace('containerd://', '')
  return [...(await cluster.tasks())].find(([id]) => id === pod)
}

const components = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd', 'etcd']

test.each(components)(
  '%s is killed during a rollout',
  async name => {
    const before = await bystander()
    expect(before).toBeDefined()
    const acknowledged = await writesWhile(`w-${name}`, async () => {
      await cluster.kubectl('set', 'env', 'deployment/web', `KILLED=${name}`)
      const victim = (await cluster.processes()).find(record => record.name === name)
      process.kill(victim?.pid ?? 0, 'SIGKILL')
      await rolledOut('web', 3)
      await eventually(async () => {
        const now = (await cluster.processes()).find(record => record.name === name)
        return now !== undefined && now.pid !== victim?.pid
      }, patient)
    })
    const { items } = await cluster.client.list(configMaps, { namespace: 'default' })
    const present = new Set(items.map(({ metadata }) => metadata.name))
    expect(acknowledged.length).toBeGreaterThan(0)
    expect(acknowledged.filter(each => !present.has(each))).toEqual([])
    expect(await bystander()).toEqual(before)
    await eventually(async () => (await cluster.tasks()).size === 4, patient)
  },
  240_000,
)
