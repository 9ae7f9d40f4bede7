// The node agent against a real API server: pods that are given to its node, over a simulated runtime on a clock of the
// test's.

import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Client } from '../../lib/client/client.ts'
import { connect } from '../../lib/client/http-client.ts'
import { configMaps } from '../../lib/kinds/core/config-map.ts'
import { events } from '../../lib/kinds/core/event.ts'
import { namespaces } from '../../lib/kinds/core/namespace.ts'
import { type Pod, pods } from '../../lib/kinds/core/pod.ts'
import { secrets } from '../../lib/kinds/core/secret.ts'
import type { Plan } from '../../lib/kubelet/runtime/simulated.ts'
import { createCa, issue, type KeyPair } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { eventually } from '../harness/eventually.ts'
import { prepareNamespace, TestNode } from '../harness/node.ts'

let api: TestApiServer
/** Of the connections between API server and node. */
let nodeCa: KeyPair
let client: Client
let node: TestNode
let namespace: string
let count = 0

beforeAll(async () => {
  nodeCa = await createCa({ commonName: 'kubernetes' })
  const user = { commonName: 'kube-apiserver-kubelet-client', organizations: ['kubeadm:cluster-admins'] }
  const { cert, key } = await issue(nodeCa, { ...user, usages: ['client'] })
  api = await startApiServer({ config: { kubelet: { clientCert: cert, clientKey: key, ca: nodeCa.cert } } })
  const options = {
    server: api.url,
    tls: { ca: api.caCert, cert: api.admin.cert, key: api.admin.key },
  }
  client = connect(options)
}, 60_000)

afterAll(async () => {
  client?.close()
  await api?.stop()
})

beforeEach(async () => {
  namespace = `test-${++count}`
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await prepareNamespace(client, namespace, api.ca)
})

afterEach(async () => {
  await node?.remove()
})

async function start(...plans: Plan[]): Promise<void> {
  node = await TestNode.start(api, { ca: nodeCa, name: `node-${count}`, plans })
}

type Spec = Partial<NonNullable<Pod['spec']>>

async function create(name: string, spec: Spec = {}): Promise<Pod> {
  return client.create(pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      containers: [{ name: 'web', image: 'web:1' }],
      nodeName: node.name,
      terminationGracePeriodSeconds: 5,
      ...spec,
    },
  })
}

const get = (name: string) => client.get(pods, { namespace, name })
const container = async (name: string) => (await get(name)).status?.containerStatuses?.[0]

async function until(name: string, expected: object): Promise<Pod> {
  return eventually(async () => {
    const pod = await get(name)
    expect(pod.status).toMatchObject(expected)
    return pod
  })
}

const running = { phase: 'Running', containerStatuses: [{ ready: true, state: { running: {} } }] }

/** The check passes, sooner or later. */
async function settled(check: () => unknown): Promise<void> {
  await eventually(async () => {
    await check()
    return true
  })
}

async function gone(name: string): Promise<void> {
  await settled(async () => {
    await expect(get(name)).rejects.toMatchObject({ reason: 'NotFound' })
  })
}

async function told(name: string): Promise<string[]> {
  const { items } = await client.list(events, { namespace })
  return items.filter(e => e.involvedObject.name === name).map(e => `${e.type} ${e.reason} ${e.message}`)
}

function containersOf(pod: Pod) {
  return [...node.runtime.state.containers.values()]
    .map(({ status }) => status)
    .filter(status => status.pod.uid === pod.metadata.uid)
}

describe('a pod', () => {
  test('runs: status, addresses and events', async () => {
    await start()
    await create('web')
    const pod = await until('web', running)
    expect(pod.status).toMatchObject({
      hostIP: '127.0.0.1',
      podIP: '10.244.0.2',
      podIPs: [{ ip: '10.244.0.2' }],
      qosClass: 'BestEffort',
      observedGeneration: pod.metadata.generation,
    })
    // Whoever the container runs as may leave its last words.
    const messages = join(node.directory, 'root/pods', pod.metadata.uid ?? '', 'containers/web')
    const [last = ''] = await readdir(messages)
    expect((await stat(join(messages, last))).mode & 0o777).toBe(0o666)
    const conditions = (pod.status?.conditions ?? []).map(({ type, status }) => `${type}=${status}`).sort()
    expect(conditions).toEqual(
      ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled']
        .map(type => `${type}=True`)
        .sort(),
    )
    await settled(async () => {
      expect(await told('web')).toEqual([
        'Normal Pulled Container image "web:1" already present on machine and can be accessed by the pod',
        'Normal Created Container created',
        'Normal Started Container started',
      ])
    })
  })

  test('is told of as it comes up, also after the runtime did not answer for a moment', async () => {
    await start({ container: 'slow', startDelayMs: 60_000 })
    const { list } = node.runtime
    let refusals = 0
    node.runtime.list = () => {
      refusals++
      return Promise.reject(new Error('not now'))
    }
    const { metadata } = await create('web', {
      containers: [
        { name: 'web', image: 'web:1' },
        { name: 'slow', image: 'web:1' },
      ],
    })
    await eventually(() => refusals > 0)
    const seen = refusals
    await client.patch(
      pods,
      { namespace, name: metadata.name ?? '' },
      { metadata: { labels: { a: 'b' } } },
      { type: 'merge' },
    )
    await eventually(() => refusals > seen)
    node.runtime.list = list
    await settled(async () => {
      await node.clock.advance(1000)
      const { containerStatuses = [] } = (await get('web')).status ?? {}
      expect(containerStatuses.find(({ name }) => name === 'web')?.state?.running).toBeDefined()
    })
    expect((await get('web')).status?.phase).toBe('Pending')
  })

  test('of another node is none of ours', async () => {
    await start()
    await create('other', { nodeName: 'elsewhere' })
    await create('web')
    await until('web', running)
    expect((await get('other')).status?.phase).toBe('Pending')
    expect(node.runtime.state.sandboxes.size).toBe(1)
  })

  test('that runs to its end succeeds and gives its sandbox back', async () => {
    await start({ runMs: 1000 })
    const pod = await create('job', { restartPolicy: 'Never' })
    await until('job', { phase: 'Running' })
    await node.clock.advance(1000)
    await until('job', { phase: 'Succeeded', containerStatuses: [{ state: { terminated: { reason: 'Completed' } } }] })
    await settled(async () => {
      expect([...node.runtime.state.sandboxes.values()].map(({ state }) => state)).toEqual(['not-ready'])
      expect(await readdir(join(node.directory, 'root/pods', pod.metadata.uid ?? ''))).not.toContain('volumes')
    })
    expect(containersOf(pod)).toHaveLength(1)
  })

  test('that crashes backs off, 10 s and then 20 s', async () => {
    await start({ runMs: 100, exitCode: 3 })
    const pod = await create('crash')
    const waiting = (delay: string) => ({
      waiting: {
        reason: 'CrashLoopBackOff',
        message: `back-off ${delay} restarting failed container=web pod=crash_${namespace}(${pod.metadata.uid})`,
      },
    })
    const crash = async (restartCount: number) => {
      await until('crash', { containerStatuses: [{ restartCount, state: { running: {} } }] })
      await node.clock.advance(100)
    }
    await crash(0)
    await crash(1)
    await until('crash', {
      phase: 'Running',
      containerStatuses: [{ restartCount: 1, state: waiting('10s'), lastState: { terminated: { exitCode: 3 } } }],
    })
    await node.clock.advance(10_000)
    await crash(2)
    await until('crash', { containerStatuses: [{ restartCount: 2, state: waiting('20s') }] })
    await settled(async () => {
      const message = `Back-off restarting failed container web in pod crash_${namespace}(${pod.metadata.uid})`
      expect(await told('crash')).toContain(`Warning BackOff ${message}`)
    })
  })

  test('that cannot be started is tried again at once, then backs off', async () => {
    await start({ startError: 'no such file' })
    const pod = await create('wrong')
    const terminated = { exitCode: 128, reason: 'StartError', message: 'no such file' }
    const backsOff = (restartCount: number, delay: string) => {
      const message = `back-off ${delay} restarting failed container=web pod=wrong_${namespace}(${pod.metadata.uid})`
      const waiting = { reason: 'CrashLoopBackOff', message }
      return until('wrong', { containerStatuses: [{ restartCount, state: { waiting }, lastState: { terminated } }] })
    }
    await backsOff(1, '10s')
    await node.clock.advance(10_000)
    await backsOff(2, '20s')
    await settled(async () => {
      const message = `Back-off restarting failed container web in pod wrong_${namespace}(${pod.metadata.uid})`
      expect(await told('wrong')).toEqual(
        expect.arrayContaining(['Warning Failed Error: no such file', `Warning BackOff ${message}`]),
      )
    })
  })

  test('that is active longer than its deadline is ended and Failed', async () => {
    await start()
    const pod = await create('late', { activeDeadlineSeconds: 20 })
    await until('late', running)
    await node.clock.advance(19_000)
    expect(containersOf(pod)).toMatchObject([{ state: 'running' }])
    await node.clock.advance(1_000)
    const why = { reason: 'DeadlineExceeded', message: 'Pod was active on the node longer than the specified deadline' }
    await settled(async () => {
      await node.clock.advance(1000)
      expect((await get('late')).status).toMatchObject({
        phase: 'Failed',
        ...why,
        containerStatuses: [{ state: { terminated: {} } }],
      })
    })
    expect(await told('late')).toContain(`Normal ${why.reason} ${why.message}`)
    expect(await told('late')).toContain('Normal Killing Stopping container web')
  })

  test('waits for an image that is not there, then says so', async () => {
    await start()
    await create('noimage', { containers: [{ name: 'web', image: 'nowhere:1' }] })
    const state = (reason: string) => ({ phase: 'Pending', containerStatuses: [{ state: { waiting: { reason } } }] })
    await until('noimage', state('ErrImagePull'))
    await node.clock.advance(2000)
    await until('noimage', state('ImagePullBackOff'))
    await settled(async () => {
      expect(await told('noimage')).toEqual(
        expect.arrayContaining([
          'Normal Pulling Pulling image "nowhere:1"',
          expect.stringMatching(/^Warning Failed Failed to pull image "nowhere:1": /),
          'Warning Failed Error: ErrImagePull',
          expect.stringMatching(/^Normal BackOff Back-off pulling image "nowhere:1"/),
          'Warning Failed Error: ImagePullBackOff',
        ]),
      )
    })
  })

  test('waits for a ConfigMap and starts when it comes', async () => {
    await start()
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'later', key: 'a' } } }]
    await create('web', { containers: [{ name: 'web', image: 'web:1', env }] })
    await until('web', {
      containerStatuses: [
        { state: { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "later" not found' } } },
      ],
    })
    const metadata = { name: 'later', namespace }
    await client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } })
    await until('web', running)
  })

  test('that does not fit is refused', async () => {
    await start()
    const resources = { requests: { cpu: '1000' } }
    await create('big', { containers: [{ name: 'web', image: 'web:1', resources }] })
    const { status } = await until('big', { phase: 'Failed', reason: 'OutOfcpu' })
    expect(status?.message).toMatch(
      /^Pod was rejected: Node didn't have enough resource: cpu, requested: 1000000, used: 0, capacity: \d+$/,
    )
    expect(node.runtime.state.sandboxes.size).toBe(0)
  })
})

describe('volumes', () => {
  test('show their objects, and follow their changes', async () => {
    await start()
    const metadata = { name: 'config', namespace }
    await client.create(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'one' } })
    await client.create(secrets, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'secret', namespace },
      data: { password: Buffer.from('hunter2').toString('base64') },
    })
    const pod = await create('web', {
      volumes: [
        { name: 'config', configMap: { name: 'config' } },
        { name: 'secret', secret: { secretName: 'secret' } },
        { name: 'scratch', emptyDir: {} },
      ],
    })
    await until('web', running)
    const dir = join(node.directory, 'root/pods', pod.metadata.uid ?? '', 'volumes')
    const read = (path: string) => readFile(join(dir, path), 'utf8')
    expect(await read('kubernetes.io~configmap/config/a')).toBe('one')
    expect(await read('kubernetes.io~secret/secret/password')).toBe('hunter2')
    const projected = join('kubernetes.io~projected', (await readdir(join(dir, 'kubernetes.io~projected')))[0] ?? '')
    expect(await read(join(projected, 'namespace'))).toBe(namespace)
    expect(await read(join(projected, 'token'))).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/)
    await client.patch(configMaps, metadata, { data: { a: 'two' } }, { type: 'merge' })
    await settled(async () => expect(await read('kubernetes.io~configmap/config/a')).toBe('two'))
  })

  test('of a type that is not served fail with an event', async () => {
    await start()
    await create('web', { volumes: [{ name: 'v', nfs: { server: 'x', path: '/' } }] })
    await settled(async () => {
      expect(await told('web')).toContain(
        'Warning FailedMount MountVolume.SetUp failed for volume "v" : a volume of type nfs is not supported on this node',
      )
    })
    expect(node.runtime.state.sandboxes.size).toBe(0)
  })
})

describe('deletion', () => {
  test('stops containers within the grace period and leaves nothing', async () => {
    await start({ ignoresStopSignal: true })
    const pod = await create('web')
    await until('web', running)
    await client.delete(pods, { namespace, name: 'web' })
    await settled(async () => {
      expect(await told('web')).toContain('Normal Killing Stopping container web')
    })
    expect((await get('web')).metadata.deletionGracePeriodSeconds).toBe(5)
    expect(containersOf(pod)[0]?.state).toBe('running')
    await settled(async () => {
      await node.clock.advance(1000)
      await expect(get('web')).rejects.toMatchObject({ reason: 'NotFound' })
    })
    expect(node.runtime.state).toMatchObject({ sandboxes: new Map(), containers: new Map() })
    expect(await readdir(join(node.directory, 'root/pods'))).toEqual([])
    expect(await readdir(join(node.directory, 'logs'))).toEqual([])
  })

  test('by force takes it away too', async () => {
    await start()
    await create('web')
    await until('web', running)
    await client.delete(pods, { namespace, name: 'web' }, { gracePeriodSeconds: 0 })
    await gone('web')
    await settled(async () => expect(node.runtime.state.sandboxes.size).toBe(0))
  })

  test('of a pod that never started', async () => {
    await start()
    await create('noimage', { containers: [{ name: 'web', image: 'nowhere:1' }] })
    await until('noimage', { containerStatuses: [{ state: { waiting: { reason: 'ErrImagePull' } } }] })
    await client.delete(pods, { namespace, name: 'noimage' })
    await gone('noimage')
    expect(node.runtime.state.sandboxes.size).toBe(0)
  })
})

describe('a kubelet that was killed', () => {
  test('finds its containers again and restarts none', async () => {
    await start()
    const pod = await create('web')
    await until('web', running)
    const [before] = containersOf(pod)
    await node.kill()
    const killed = node
    node = await TestNode.start(api, { ca: nodeCa, name: killed.name, instead: killed })
    await create('next')
    await until('next', running)
    expect(containersOf(pod)).toEqual([before])
    expect(await container('web')).toMatchObject({ restartCount: 0, ready: true })
  })

  test('keeps restart counts and sees what ended meanwhile', async () => {
    await start()
    const pod = await create('web')
    await until('web', running)
    const id = () => containersOf(pod).find(({ state }) => state === 'running')?.id ?? ''
    node.runtime.exit(id(), 1)
    await until('web', { containerStatuses: [{ restartCount: 1, state: { running: {} } }] })
    await node.kill()
    node.runtime.exit(id(), 7)
    const killed = node
    node = await TestNode.start(api, { ca: nodeCa, name: killed.name, instead: killed })
    await until('web', { containerStatuses: [{ restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } }] })
    await node.clock.advance(10_000)
    await until('web', {
      containerStatuses: [{ restartCount: 2, state: { running: {} }, lastState: { terminated: { exitCode: 7 } } }],
    })
  })

  test('takes away what was deleted meanwhile', async () => {
    await start()
    await create('web')
    await create('stays')
    await until('web', running)
    await until('stays', running)
    await node.kill()
    await client.delete(pods, { namespace, name: 'web' }, { gracePeriodSeconds: 0 })
    const killed = node
    node = await TestNode.start(api, { ca: nodeCa, name: killed.name, instead: killed })
    await settled(async () => {
      expect([...node.runtime.state.sandboxes.values()].map(({ pod }) => pod.name)).toEqual(['stays'])
      expect(await readdir(join(node.directory, 'root/pods'))).toHaveLength(1)
    })
  })
})

describe('the node', () => {
  test('registers itself and beats', async () => {
    await start()
    const ask = async (path: string) => (await api.ask('GET', path)).json
    await settled(async () => {
      const { metadata, status } = await ask(`/api/v1/nodes/${node.name}`)
      expect(metadata.labels).toMatchObject({ 'kubernetes.io/hostname': node.name, 'kubernetes.io/os': 'linux' })
      expect(status.conditions.find((c: { type: string }) => c.type === 'Ready')).toMatchObject({
        status: 'True',
        reason: 'KubeletReady',
      })
      expect(status.daemonEndpoints.kubeletEndpoint.Port).toBe(node.port)
    })
    await settled(async () => {
      const { items } = await client.list(events, { namespace: 'default' })
      const reasons = items.filter(({ involvedObject }) => involvedObject.name === node.name).map(e => e.reason)
      const sufficient = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']
      expect(reasons).toEqual(expect.arrayContaining(['Starting', ...sufficient]))
      expect(reasons).not.toContain('NodeNotReady')
    })
    const lease = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node.name}`
    const renewed = async () => (await ask(lease)).spec?.renewTime
    const first = await eventually(async () => {
      const time = await renewed()
      expect(time).toBeDefined()
      return time
    })
    await settled(async () => {
      await node.clock.advance(10_000)
      expect(await renewed()).not.toBe(first)
    })
  })
})

describe('logs', () => {
  test('are read by way of the API server', async () => {
    await start()
    const pod = await create('web')
    await until('web', running)
    const [status] = containersOf(pod)
    const line = (n: number) => `2026-01-01T00:00:0${n}.000000000Z stdout F line ${n}\n`
    await writeFile(status?.logPath ?? '', [1, 2, 3].map(line).join(''))
    const ask = (query: string) => api.ask('GET', `/api/v1/namespaces/${namespace}/pods/web/log${query}`)
    await settled(async () => expect((await ask('')).text).toBe('line 1\nline 2\nline 3\n'))
    expect((await ask('?tailLines=1&timestamps=true')).text).toBe('2026-01-01T00:00:03.000000000Z line 3\n')
    expect((await ask('?previous=true')).json).toMatchObject({
      reason: 'BadRequest',
      message: 'previous terminated container "web" in pod "web" not found',
    })
  })
})
