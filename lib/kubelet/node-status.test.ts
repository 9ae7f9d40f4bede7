import { describe, expect, test } from '@jest/globals'
import { testContainer, testPod } from '../../test/harness/kubelet.ts'
import { StatusError } from '../api/errors.ts'
import type { Client } from '../client/client.ts'
import type { Informer } from '../client/informer.ts'
import type { Node } from '../kinds/core/node.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { NodeLease } from './node-lease.ts'
import { NodeRegistration } from './node-registration.ts'
import { isSameNodeStatus, type NodeInput, newNode, nodeStatus } from './node-status.ts'
import { rejectionOf, requestsOf } from './pod-fit.ts'
import { oomScoreAdj } from './qos.ts'

const gi = 1024 ** 3

function input(more: Partial<NodeInput> = {}): NodeInput {
  return {
    name: 'node-1',
    ips: ['192.0.2.1'],
    labels: { zone: 'a' },
    taints: [],
    machine: {
      cpus: 4,
      memoryBytes: 8 * gi,
      diskBytes: 100 * gi,
      machineId: 'm',
      systemUuid: 's',
      bootId: 'b',
      kernelVersion: '6.1',
      osImage: 'Debian',
      architecture: 'amd64',
    },
    maxPods: 110,
    port: 10250,
    runtimeVersion: 'containerd://1.6.20',
    images: [
      { id: 'i1', tags: ['small:1'], digests: ['small@sha256:x'], sizeBytes: 1, user: '' },
      { id: 'i2', tags: ['large:1'], digests: [], sizeBytes: 2, user: '' },
    ],
    notReadyReason: undefined,
    ...more,
  }
}

const nowMs = Date.UTC(2026, 0, 1)

describe('the Node', () => {
  test('as it registers', () => {
    const node = newNode(input({ taints: [{ key: 'k', effect: 'NoSchedule' }] }), nowMs)
    expect(node.metadata.labels).toEqual({
      'kubernetes.io/hostname': 'node-1',
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/os': 'linux',
      'beta.kubernetes.io/arch': 'amd64',
      zone: 'a',
    })
    expect(node.spec).toEqual({ taints: [{ key: 'k', effect: 'NoSchedule' }] })
    expect(node.status).toMatchObject({
      capacity: { cpu: '4', memory: '8388608Ki', pods: '110' },
      allocatable: { cpu: '4', memory: '8286208Ki', 'ephemeral-storage': String(90 * gi) },
      addresses: [
        { type: 'InternalIP', address: '192.0.2.1' },
        { type: 'Hostname', address: 'node-1' },
      ],
      nodeInfo: { kubeletVersion: 'v1.36.0+binnacle', containerRuntimeVersion: 'containerd://1.6.20' },
      images: [{ names: ['large:1'] }, { names: ['small@sha256:x', 'small:1'] }],
    })
  })

  test.each<[string, string | undefined, object]>([
    ['ready', undefined, { status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
    ['not ready', 'why', { status: 'False', reason: 'KubeletNotReady', message: 'why' }],
  ])('%s', (_, notReadyReason, expected) => {
    const { conditions } = nodeStatus(input({ notReadyReason }), undefined, nowMs)
    expect(conditions?.map(({ type }) => type)).toEqual(['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'])
    expect(conditions?.[3]).toMatchObject(expected)
  })

  test('a condition keeps its time while its status stays; heartbeats alone are no change', () => {
    const first = nodeStatus(input(), undefined, nowMs)
    const second = nodeStatus(input(), first, nowMs + 60_000)
    expect(second.conditions?.[3]).toMatchObject({
      lastTransitionTime: '2026-01-01T00:00:00Z',
      lastHeartbeatTime: '2026-01-01T00:01:00Z',
    })
    expect(isSameNodeStatus(first, second)).toBe(true)
    expect(isSameNodeStatus(first, nodeStatus(input({ notReadyReason: 'x' }), first, nowMs))).toBe(false)
    expect(isSameNodeStatus(first, nodeStatus(input({ images: [] }), first, nowMs))).toBe(false)
  })
})

/** An API server with room for one object, and an informer of it. */
class Store {
  object: Node | undefined
  writes: string[] = []
  changed: (old: Node | undefined, current: Node | undefined) => void = () => {}
  synced = async () => {}
  onChange = (listener: Store['changed']) => {
    this.changed = listener
  }
  /** The client's and the informer's. */
  get = (key: unknown) => {
    if (typeof key === 'string') return this.object
    return this.object ? Promise.resolve(this.object) : Promise.reject(new StatusError(404, 'NotFound', 'nothing'))
  }
  create = async (_: unknown, object: Node) => {
    this.writes.push('create')
    this.object = object
    return object
  }
  update = async (_: unknown, object: Node) => {
    this.writes.push('update')
    this.object = object
    return object
  }
  patch = async (_: unknown, __: unknown, body: Partial<Node>) => {
    this.writes.push('patch')
    const addresses = body.status?.addresses?.filter(address => !('$patch' in address)) ?? []
    this.object = { ...(this.object as Node), status: { ...body.status, addresses } }
    return this.object
  }
}

async function registration(state: { input: NodeInput }, there?: Node) {
  const store = new Store()
  store.object = there
  const clock = new FakeClock()
  const told: string[] = []
  const cidrs: string[][] = []
  const stop = new AbortController()
  const running = new NodeRegistration({
    client: store as unknown as Client,
    nodes: store as unknown as Informer<Node>,
    clock,
    log: silentLogger,
    events: { event: (_about, _type, reason, message) => told.push(`${reason} ${message}`) },
    inspect: async () => state.input,
    usePodCidrs: async found => {
      cidrs.push(found)
    },
  }).run(stop.signal)
  await clock.advance(0)
  return { store, clock, told, cidrs, stop: () => stop.abort(), running }
}

const isNow = (word: string) => `${word} Node node-1 status is now: ${word}`
const sufficient = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'].map(isNow)

describe('registration', () => {
  test.each<[before: string | undefined, now: string | undefined, word: string | undefined]>([
    [undefined, undefined, undefined],
    ['gone', undefined, 'NodeReady'],
    [undefined, 'gone', 'NodeNotReady'],
    ['gone', 'gone', undefined],
  ])('of a node that the API knows (%j, now %j) tells %s', async (before, now, word) => {
    const there = newNode(input({ notReadyReason: before }), nowMs)
    const { told, stop, running } = await registration({ input: input({ notReadyReason: now }) }, there)
    expect(told).toEqual([...sufficient, ...(word ? [isNow(word)] : [])])
    stop()
    await running
  })

  test('writes once, then only what changed, and after five minutes', async () => {
    const state = { input: input() }
    const { store, clock, told, stop, running } = await registration(state)
    await clock.advance(60_000)
    expect(store.writes).toEqual(['create'])
    state.input = input({ images: [] })
    await clock.advance(20_000)
    expect(store.writes).toEqual(['create', 'patch'])
    await clock.advance(300_000)
    expect(store.writes).toEqual(['create', 'patch', 'patch'])
    expect(told).toEqual(sufficient)
    stop()
    await running
  })

  test('hands the pod range on, and looks often until it is ready', async () => {
    const state = { input: input({ notReadyReason: 'no network' }) }
    const { store, clock, cidrs, told, stop, running } = await registration(state)
    await clock.advance(1000)
    const node = newNode(state.input, nowMs)
    store.object = { ...node, spec: { podCIDR: '10.0.0.0/24', podCIDRs: ['10.0.0.0/24'] } }
    state.input = input()
    store.changed(node, store.object)
    await clock.advance(0)
    await clock.advance(0)
    expect(cidrs).toEqual([['10.0.0.0/24']])
    expect(told).toEqual([...sufficient, isNow('NodeReady')])
    stop()
    await running
  })

  test('a node that somebody deletes stays deleted', async () => {
    const { store, clock, stop, running } = await registration({ input: input() })
    const deleted = store.object
    store.object = undefined
    store.changed(deleted, undefined)
    await clock.advance(60_000)
    expect(store.writes).toEqual(['create'])
    stop()
    await running
  })
})

test('the lease is renewed every ten seconds', async () => {
  const store = new Store()
  const clock = new FakeClock()
  const stop = new AbortController()
  const node = Promise.resolve({ metadata: { name: 'node-1', uid: 'n' } } as Node)
  const running = new NodeLease({ client: store as unknown as Client, clock, log: silentLogger, node }).run(stop.signal)
  await clock.advance(0)
  await clock.advance(25_000)
  expect(store.writes).toEqual(['create', 'update', 'update'])
  expect(store.object).toMatchObject({
    metadata: { namespace: 'kube-node-lease', ownerReferences: [{ kind: 'Node', name: 'node-1', uid: 'n' }] },
    spec: { holderIdentity: 'node-1', leaseDurationSeconds: 40, renewTime: '2026-01-01T00:00:20.000000Z' },
  })
  stop.abort()
  await running
})

describe('whether a pod fits', () => {
  const allocatable = { cpu: '2', memory: '1Gi', pods: '2' }
  const pod = (cpu: string, uid = 'u1') =>
    testPod({ containers: [testContainer('web', { resources: { requests: { cpu } } })] }, { metadata: { uid } })

  test('together with those that are here', () => {
    expect(rejectionOf(pod('1'), [pod('1', 'u2')], allocatable)).toBeUndefined()
    expect(rejectionOf(pod('1500m'), [pod('1', 'u2')], allocatable)).toEqual({
      reason: 'OutOfcpu',
      message: "Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
    })
  })

  test('those that have ended do not count', () => {
    const done = { ...pod('2', 'u2'), status: { phase: 'Succeeded' } }
    expect(rejectionOf(pod('2'), [done], allocatable)).toBeUndefined()
  })

  test('so many pods and no more', () => {
    expect(rejectionOf(pod('0'), [pod('0', 'u2'), pod('0', 'u3')], allocatable)?.reason).toBe('OutOfpods')
  })

  test('a resource that the node does not have', () => {
    const wants = testPod({ containers: [testContainer('web', { resources: { limits: { 'example.com/gpu': '1' } } })] })
    expect(rejectionOf(wants, [], allocatable)?.reason).toBe('OutOfexample.com/gpu')
  })

  test('what a pod asks for: containers and sidecars together, or the largest init container beside its sidecars', () => {
    const cpu = (name: string, amount: string, more = {}) =>
      testContainer(name, { resources: { requests: { cpu: amount } }, ...more })
    const spec = {
      initContainers: [cpu('s', '100m', { restartPolicy: 'Always' }), cpu('i', '1')],
      containers: [cpu('a', '200m'), cpu('b', '300m')],
      overhead: { cpu: '50m' },
    }
    expect(requestsOf(testPod(spec))).toEqual({ cpu: 1150n })
  })
})

test.each([
  ['16Gi', 3],
  ['4Gi', 500],
  ['1', 999],
])('a burstable container that asks for %s of 8Gi: %i', (memory, score) => {
  const container = testContainer('web', { resources: { requests: { memory } } })
  expect(oomScoreAdj(testPod({ containers: [container] }), container, 8 * gi)).toBe(score)
})
