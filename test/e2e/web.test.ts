// The first thing anybody does: apply the example, look at it, change it, break it, remove it.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { deployments } from '../../lib/kinds/apps/deployment.ts'
import { type Pod, pods } from '../../lib/kinds/core/pod.ts'
import { deploymentOf, repository, TestCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start()
}, 180_000)
afterAll(() => cluster?.remove(), 60_000)

const web = join(repository, 'deploy/examples/web.yaml')
const patient = { timeoutMs: 60_000 }

async function webPods(): Promise<Pod[]> {
  const { items } = await cluster.client.list(pods, { namespace: 'default', labelSelector: 'app=web' })
  return items.filter(pod => !pod.metadata.deletionTimestamp)
}

const isReady = (pod: Pod) => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True')

/** Exactly this many pods, all Ready, and as many tasks. */
function settled(count: number): Promise<Pod[]> {
  return eventually(async () => {
    const [all, tasks] = await Promise.all([webPods(), cluster.tasks()])
    return all.length === count && all.every(isReady) && tasks.size === count ? all : undefined
  }, patient)
}

test('apply: three pods run, each with an address that answers', async () => {
  expect(await cluster.kubectl('apply', '-f', web)).toMatch(/deployment.apps\/web created/)
  expect(await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')).toMatch(
    'deployment "web" successfully rolled out',
  )
  const running = await settled(3)
  const answers = await Promise.all(running.map(async pod => (await fetch(`http://${pod.status?.podIP}:8080/`)).text()))
  for (const [i, pod] of running.entries()) expect(answers[i]).toContain(pod.metadata.name)
  expect(await cluster.kubectl('get', 'deployment', 'web', '--no-headers')).toMatch(/^web +3\/3 +3 +3 /)
  expect(await cluster.kubectl('get', 'pods', '-o', 'wide', '--no-headers')).toMatch(/web-\S+ +1\/1 +Running +0 /)
}, 120_000)

test('applying again changes nothing', async () => {
  const before = await webPods()
  expect(await cluster.kubectl('apply', '-f', web)).toMatch(/deployment.apps\/web unchanged/)
  expect((await webPods()).map(pod => pod.metadata.uid).sort()).toEqual(before.map(pod => pod.metadata.uid).sort())
})

test('the image has the tools a shell user reaches for', async () => {
  const [pod] = await settled(3)
  const [id] =
    [...(await cluster.tasks())].find(([task]) => pod?.status?.containerStatuses?.[0]?.containerID?.endsWith(task)) ??
    []
  const script = 'touch /tmp/x && cat /tmp/x && sleep 0 && wget -q -O - http://127.0.0.1:8080/ && which nslookup'
  const output = await cluster.ctr('task', 'exec', '--exec-id', 'tools', id ?? '', 'sh', '-c', script)
  expect(output).toContain(pod?.metadata.name)
  expect(output).toContain('nslookup')
})

test('scale up and down', async () => {
  await cluster.kubectl('scale', 'deployment/web', '--replicas=5')
  await settled(5)
  await cluster.kubectl('scale', 'deployment/web', '--replicas=1')
  await settled(1)
  await cluster.kubectl('scale', 'deployment/web', '--replicas=3')
  await settled(3)
}, 120_000)

test('a killed process is started again, counted once', async () => {
  const [victim] = await settled(3)
  const id = victim?.status?.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? ''
  process.kill((await cluster.tasks()).get(id) ?? 0, 'SIGKILL')
  const restarted = await eventually(async () => {
    const pod = await cluster.client.get(pods, { namespace: 'default', name: victim?.metadata.name ?? '' })
    const [status] = pod.status?.containerStatuses ?? []
    return status?.restartCount === 1 && status.ready ? pod : undefined
  }, patient)
  const [status] = restarted.status?.containerStatuses ?? []
  expect(status?.lastState?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' })
  expect(status?.containerID).not.toContain(id)
  expect(restarted.metadata.uid).toBe(victim?.metadata.uid)
}, 90_000)

test('a deleted pod is replaced', async () => {
  const [victim] = await settled(3)
  const name = victim?.metadata.name ?? ''
  expect(await cluster.kubectl('delete', 'pod', name)).toContain(`pod "${name}" deleted`)
  expect((await settled(3)).map(pod => pod.metadata.name)).not.toContain(name)
}, 90_000)

test('logs -f follows what a container prints', async () => {
  const [pod] = await settled(3)
  const follow = spawn('kubectl', ['--kubeconfig', cluster.kubeconfigPath, 'logs', '-f', pod?.metadata.name ?? ''])
  let seen = ''
  follow.stdout.on('data', chunk => {
    seen += chunk
  })
  try {
    await fetch(`http://${pod?.status?.podIP}:8080/followed-by-a-test`)
    await eventually(() => seen.includes('/followed-by-a-test'))
  } finally {
    follow.kill()
  }
  expect(await cluster.kubectl('logs', pod?.metadata.name ?? '', '--tail=1', '--timestamps')).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z /,
  )
}, 60_000)

test('get -w shows changes as they come', async () => {
  const watch = spawn('kubectl', [
    '--kubeconfig',
    cluster.kubeconfigPath,
    'get',
    'deployment',
    'web',
    '-w',
    '--no-headers',
  ])
  let seen = ''
  watch.stdout.on('data', chunk => {
    seen += chunk
  })
  try {
    await eventually(() => /3\/3/.test(seen))
    await cluster.kubectl('scale', 'deployment/web', '--replicas=4')
    await eventually(() => /4\/4/.test(seen), patient)
  } finally {
    watch.kill()
  }
  await cluster.kubectl('scale', 'deployment/web', '--replicas=3')
  await settled(3)
}, 90_000)

test('describe tells what happened', async () => {
  const [pod] = await settled(3)
  const described = await cluster.kubectl('describe', 'pod', pod?.metadata.name ?? '')
  for (const reason of ['Scheduled', 'Pulled', 'Created', 'Started']) expect(described).toContain(reason)
  expect(described).toMatch(/Node: +\S+\/10\.95\./)
  expect(described).toMatch(/QoS Class: +\w+/)
  expect(await cluster.kubectl('describe', 'deployment', 'web')).toContain('ScalingReplicaSet')
  expect(await cluster.kubectl('describe', 'node')).toMatch(/KubeletReady/)
}, 60_000)

test('a rollout, and back', async () => {
  await cluster.kubectl('set', 'env', 'deployment/web', 'GREETING=changed')
  await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
  const changed = await settled(3)
  expect(changed.every(pod => pod.spec?.containers[0]?.env?.some(({ value }) => value === 'changed'))).toBe(true)
  expect(await cluster.kubectl('rollout', 'undo', 'deployment/web')).toContain('deployment.apps/web rolled back')
  await cluster.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s')
  const back = await settled(3)
  expect(back.some(pod => pod.spec?.containers[0]?.env?.some(({ value }) => value === 'changed'))).toBe(false)
  expect(await cluster.kubectl('rollout', 'history', 'deployment/web')).toMatch(/^2 .*\n3 /m)
}, 120_000)

test('a deployment that cannot start says why', async () => {
  await cluster.apply(deploymentOf('broken', 'binnacle.local/no-such-image:1'))
  await eventually(async () => /ErrImagePull|ImagePullBackOff/.test(await cluster.kubectl('get', 'pods')), patient)
  await cluster.kubectl('delete', 'deployment', 'broken')
  await cluster.kubectl(
    'run',
    'big',
    '--image=binnacle.local/web:1',
    '--restart=Never',
    '--overrides',
    JSON.stringify({
      spec: { containers: [{ name: 'big', image: 'binnacle.local/web:1', resources: { requests: { cpu: '1000' } } }] },
    }),
  )
  await eventually(
    async () =>
      (await cluster.kubectl('describe', 'pod', 'big')).includes('0/1 nodes are available: 1 Insufficient cpu.'),
    patient,
  )
  await cluster.kubectl('delete', 'pod', 'big')
}, 120_000)

test('delete: no pods, no tasks, no mounts, no network namespaces', async () => {
  await cluster.kubectl('delete', '-f', web)
  await eventually(async () => {
    const { items } = await cluster.client.list(pods, { namespace: 'default' })
    return items.length === 0 && (await cluster.tasks()).size === 0
  }, patient)
  const { items } = await cluster.client.list(deployments, { namespace: 'default' })
  expect(items).toEqual([])
  await eventually(async () => (await cluster.leftovers()).filter(each => each.startsWith('mount ')).length === 0)
  expect((await cluster.ctr('container', 'ls', '-q')).trim()).toBe('')
  expect((await cluster.ctr('snapshot', 'ls')).split('\n').filter(line => /Active/.test(line))).toEqual([])
}, 90_000)
