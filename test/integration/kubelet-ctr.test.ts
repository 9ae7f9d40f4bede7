// The node agent on a real containerd: what only real containers can show.

import { mkdtemp, open, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Client } from '../../lib/client/client.ts'
import { connect } from '../../lib/client/http-client.ts'
import { configMaps } from '../../lib/kinds/core/config-map.ts'
import { namespaces } from '../../lib/kinds/core/namespace.ts'
import { type Pod, pods } from '../../lib/kinds/core/pod.ts'
import { systemMounts } from '../../lib/kubelet/mounts.ts'
import { openCtrRuntime } from '../../lib/kubelet/runtime/ctr.ts'
import { purge } from '../../lib/kubelet/runtime/purge.ts'
import { createCa, issue, type KeyPair } from '../../lib/pki/issue.ts'
import { systemClock } from '../../lib/util/clock.ts'
import { silentLogger } from '../../lib/util/log.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { importWebImage, startContainerd, type TestContainerd } from '../harness/containerd.ts'
import { eventually } from '../harness/eventually.ts'
import { Agent, isReady, prepareNamespace } from '../harness/node.ts'

const namespace = 'test'
const nodeName = 'node-1'
const clusterName = `bk${process.pid.toString(36)}`
const image = 'binnacle.local/web:1'

let api: TestApiServer
let nodeCa: KeyPair
let client: Client
let containerd: TestContainerd
let directory: string
let agent: Agent

const runtimeOptions = () => ({
  ...{ socket: containerd.socket, stateDir: join(directory, 'state'), clusterName },
  ...{ cgroupRoot: clusterName, bridge: clusterName, podCidr: () => `10.202.${process.pid % 256}.0/24` },
})

async function startAgent(): Promise<void> {
  const runtime = await openCtrRuntime(runtimeOptions(), silentLogger)
  agent = await Agent.start(api, { name: nodeName, ca: nodeCa, runtime, clock: systemClock, directory })
}

beforeAll(async () => {
  nodeCa = await createCa({ commonName: 'kubernetes' })
  const user = { commonName: 'kube-apiserver-kubelet-client', organizations: ['kubeadm:cluster-admins'] }
  const { cert, key } = await issue(nodeCa, { ...user, usages: ['client'] })
  const kubelet = { clientCert: cert, clientKey: key, ca: nodeCa.cert }
  ;[api, containerd] = await Promise.all([startApiServer({ config: { kubelet } }), startContainerd()])
  await importWebImage(containerd)
  client = connect({ server: api.url, tls: { ca: api.caCert, cert: api.admin.cert, key: api.admin.key } })
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await prepareNamespace(client, namespace, api.ca)
  directory = await mkdtemp(join(tmpdir(), 'binnacle-node-'))
  await startAgent()
  await eventually(() => isReady(api, nodeName))
}, 120_000)

afterAll(async () => {
  await agent?.kill()
  client?.close()
  try {
    await purge(runtimeOptions())
  } finally {
    await containerd?.stop()
    await api?.stop()
    await systemMounts.removeTree(directory)
  }
}, 60_000)

type Spec = NonNullable<Pod['spec']>
const shell = (script: string) => ['sh', '-c', script]

function create(name: string, container: Partial<Spec['containers'][number]>, spec: Partial<Spec> = {}): Promise<Pod> {
  return client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: { containers: [{ name: 'main', image, ...container }], nodeName, terminationGracePeriodSeconds: 3, ...spec },
  })
}

async function until(name: string, expected: object): Promise<Pod> {
  return eventually(
    async () => {
      const pod = await client.get(pods, { namespace, name })
      expect(pod.status).toMatchObject(expected)
      return pod
    },
    { timeoutMs: 30_000 },
  )
}

async function log(name: string, query = ''): Promise<string> {
  return (await api.ask('GET', `/api/v1/namespaces/${namespace}/pods/${name}/log${query}`)).text
}

async function gone(name: string): Promise<void> {
  await eventually(async () => (await api.ask('GET', `/api/v1/namespaces/${namespace}/pods/${name}`)).status === 404)
}

/** Process ids of what runs, by container id. */
async function tasks(): Promise<Map<string, number>> {
  const lines = (await containerd.ctr.run(['tasks', 'ls'])).trim().split('\n').slice(1)
  const rows = lines.map(line => line.trim().split(/\s+/)).filter(([, , status]) => status === 'RUNNING')
  return new Map(rows.map(([id = '', pid]) => [id, Number(pid)]))
}

const idOf = ({ status }: Pod) => status?.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? ''

test('a pod serves, is probed and sees what it was given', async () => {
  await client.create(configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config', namespace },
    data: { colour: 'red' },
  })
  const script = [
    'echo "$COLOUR $POD_IP $(cat /config/colour) $(cat /config/single) $(cat /data/made)"',
    'cat /etc/hosts /etc/resolv.conf',
    'echo $(head -c 3 /var/run/secrets/kubernetes.io/serviceaccount/token)',
    'sleep 1000',
  ].join('; ')
  await create(
    'full',
    {
      command: shell(script),
      env: [
        { name: 'COLOUR', valueFrom: { configMapKeyRef: { name: 'config', key: 'colour' } } },
        { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
      volumeMounts: [
        { name: 'config', mountPath: '/config' },
        { name: 'config', mountPath: '/config/single', subPath: 'colour' },
        { name: 'data', mountPath: '/data' },
      ],
    },
    {
      hostname: 'host',
      initContainers: [
        {
          ...{ name: 'init', image, command: shell('echo first > /data/made') },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [
        { name: 'config', configMap: { name: 'config' } },
        { name: 'data', emptyDir: { medium: 'Memory' } },
      ],
    },
  )
  const { status } = await until('full', { phase: 'Running', initContainerStatuses: [{ ready: true }] })
  await eventually(async () => {
    const text = await log('full')
    expect(text).toContain(`red ${status?.podIP} red red first\n`)
    expect(text).toContain(`${status?.podIP}\thost\n`)
    expect(text).toContain('nameserver 10.96.0.10\n')
    expect(text).toMatch(/eyJ$/m)
    return true
  })
}, 60_000)

test('readiness follows the answer of the container', async () => {
  await create('web', { readinessProbe: { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 1 } })
  await until('web', { containerStatuses: [{ ready: true, restartCount: 0 }] })
}, 60_000)

test('a killed process is replaced; its log can be read', async () => {
  await create('killed', { command: shell('echo I am here; sleep 1000') })
  const pod = await until('killed', { phase: 'Running' })
  const before = (await tasks()).get(idOf(pod)) ?? Number.NaN
  await eventually(async () => (await log('killed')) === 'I am here\n')
  process.kill(before, 'SIGKILL')
  const after = await until('killed', {
    containerStatuses: [{ restartCount: 1, state: { running: {} }, lastState: { terminated: { exitCode: 137 } } }],
  })
  expect((await tasks()).get(idOf(after))).not.toBe(before)
  expect(await log('killed', '?previous=true')).toBe('I am here\n')
}, 60_000)

test('a container that fails its liveness probe is restarted, with its last words kept', async () => {
  await create('sick', {
    command: shell('trap "echo farewell > /dev/termination-log; exit 5" TERM; while true; do sleep 0.1; done'),
    livenessProbe: { exec: { command: ['false'] }, periodSeconds: 1, failureThreshold: 1 },
  })
  await until('sick', {
    containerStatuses: [{ restartCount: 1, lastState: { terminated: { exitCode: 5, message: 'farewell\n' } } }],
  })
  await client.delete(pods, { namespace, name: 'sick' })
  await gone('sick')
}, 60_000)

test('a kubelet that comes back finds its containers running', async () => {
  const before = await tasks()
  expect(before.size).toBeGreaterThan(1)
  await agent.kill()
  await startAgent()
  await create('later', { command: shell('exit 0') }, { restartPolicy: 'Never' })
  await until('later', { phase: 'Succeeded' })
  expect(await tasks()).toEqual(before)
}, 60_000)

test('a deleted pod runs its preStop hook, is asked to end, and leaves nothing', async () => {
  await create('ends', {
    command: shell('trap "echo asked; exit 0" TERM; while true; do sleep 0.1; done'),
    lifecycle: { preStop: { exec: { command: shell('echo hook > /proc/1/fd/1') } } },
  })
  const pod = await until('ends', { phase: 'Running' })
  // Held open: the log's name goes with the pod, perhaps before the next look at it.
  const logFile = await open(join(directory, 'logs', `${namespace}_ends_${pod.metadata.uid}`, 'main', '0.log'))
  await client.delete(pods, { namespace, name: 'ends' })
  await gone('ends')
  const { buffer } = await logFile.read({ buffer: Buffer.alloc(4096), position: 0 })
  await logFile.close()
  expect(buffer.toString()).toMatch(/hook[\s\S]*asked/)
  await client.deleteCollection(pods, { namespace })
  for (const name of ['full', 'web', 'killed', 'later']) await gone(name)
  expect(await tasks()).toEqual(new Map())
  expect(await readdir(join(directory, 'root/pods'))).toEqual([])
  expect(await readdir(join(directory, 'logs'))).toEqual([])
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n')
  expect(mounts.filter(line => line.includes(directory))).toEqual([])
}, 60_000)
