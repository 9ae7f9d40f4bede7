import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { controllerOf } from '../../lib/api/meta.ts'
import { type Deployment, deployments } from '../../lib/kinds/apps/deployment.ts'
import { type ReplicaSet, replicaSets } from '../../lib/kinds/apps/replica-set.ts'
import { events } from '../../lib/kinds/core/event.ts'
import { pods } from '../../lib/kinds/core/pod.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { type ControllerCluster, deployment, startControllerCluster } from './controller-cluster.ts'

const describe = await describeWithEtcd()

describe('the deployment and replicaset controllers', () => {
  let cluster: ControllerCluster
  beforeAll(async () => {
    cluster = await startControllerCluster()
  }, 60_000)
  afterAll(() => cluster?.stop(), 60_000)

  const get = (name: string) => cluster.client.get(deployments, { namespace: 'default', name })
  const setsOf = async (name: string): Promise<ReplicaSet[]> => {
    const { items } = await cluster.client.list(replicaSets, { namespace: 'default', labelSelector: `app=${name}` })
    return items.toSorted((a, b) => revision(a) - revision(b))
  }
  const podsOf = async (name: string) =>
    (await cluster.client.list(pods, { namespace: 'default', labelSelector: `app=${name}` })).items
  const revision = (obj: ReplicaSet | Deployment) =>
    Number(obj.metadata.annotations?.['deployment.kubernetes.io/revision'])
  const complete = (name: string, replicas: number) =>
    eventually(async () => {
      const d = await get(name)
      const { status = {} } = d
      const counts = [status.replicas, status.updatedReplicas, status.readyReplicas, status.availableReplicas]
      return counts.every(n => (n ?? 0) === replicas) && status.observedGeneration === d.metadata.generation && d
    })
  const patch = (name: string, spec: object) =>
    cluster.client.patch(deployments, { namespace: 'default', name }, { spec }, { type: 'strategic' })
  const image = (text: string) => ({ template: { spec: { containers: [{ name: 'c', image: text }] } } })
  const messages = async (name: string) => {
    const { items } = await cluster.client.list(events, {
      namespace: 'default',
      fieldSelector: `involvedObject.kind=Deployment,involvedObject.name=${name}`,
    })
    return items.map(event => `${event.reason} ${event.message}`)
  }

  test('a new Deployment gets a ReplicaSet and its pods, and says how it is', async () => {
    await cluster.client.create(deployments, deployment('web', 3, 'one') as Deployment)
    const d = await complete('web', 3)
    const [rs] = await setsOf('web')
    const hash = rs?.metadata.labels?.['pod-template-hash']
    expect(rs?.metadata.name).toBe(`web-${hash}`)
    expect(rs && controllerOf(rs)).toMatchObject({ kind: 'Deployment', name: 'web', uid: d.metadata.uid })
    expect(revision(d)).toBe(1)
    for (const pod of await podsOf('web')) {
      expect(pod.metadata.name).toMatch(new RegExp(`^web-${hash}-[a-z0-9]{5}$`))
      expect(pod.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
      expect(controllerOf(pod)?.uid).toBe(rs?.metadata.uid)
    }
    await eventually(async () => {
      const { status } = await get('web')
      expect(status?.conditions).toMatchObject([
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "web-${hash}" has successfully progressed.`,
        },
      ])
      return true
    })
    await eventually(async () => {
      const told = await messages('web')
      return told.includes(`ScalingReplicaSet Scaled up replica set web-${hash} from 0 to 3`)
    })
    const { items } = await cluster.client.list(events, { namespace: 'default' })
    const made = items.filter(
      event => event.reason === 'SuccessfulCreate' && event.involvedObject.name === `web-${hash}`,
    )
    expect(made.map(event => event.source)).toContainEqual({ component: 'replicaset-controller' })
  }, 60_000)

  test('a rollout goes through maxSurge and maxUnavailable, and undo reuses the old ReplicaSet', async () => {
    await cluster.client.create(deployments, deployment('roll', 4, 'one') as Deployment)
    await complete('roll', 4)
    const seen: number[] = []
    const watching = new AbortController()
    const follow = (async () => {
      const source = cluster.client.source(replicaSets, { namespace: 'default', labelSelector: 'app=roll' })
      const { items, resourceVersion } = await source.list(watching.signal)
      const sizes = new Map(items.map(rs => [rs.metadata.name, rs.spec?.replicas ?? 0]))
      for await (const event of source.watch(resourceVersion, watching.signal)) {
        if (event.type === 'BOOKMARK') continue
        sizes.set(event.object.metadata.name, event.object.spec?.replicas ?? 0)
        seen.push([...sizes.values()].reduce((a, b) => a + b))
      }
    })().catch(() => {})
    await patch('roll', image('two'))
    await complete('roll', 4)
    watching.abort()
    await follow
    expect(Math.max(...seen)).toBe(5)
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(3)
    const [first, second] = await setsOf('roll')
    expect([first?.spec?.replicas, second?.spec?.replicas]).toEqual([0, 4])
    expect(revision(await get('roll'))).toBe(2)

    await patch('roll', image('one'))
    await complete('roll', 4)
    const after = await eventually(async () => {
      const sets = await setsOf('roll')
      return sets.at(-1)?.metadata.name === first?.metadata.name && sets
    })
    expect(after.length).toBe(2)
    expect(after.at(-1)?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
      'deployment.kubernetes.io/revision-history': '1',
    })
  }, 60_000)

  test('scaling, pausing and a deleted pod', async () => {
    await cluster.client.create(deployments, deployment('scale', 1, 'one') as Deployment)
    await complete('scale', 1)
    await patch('scale', { replicas: 5 })
    await complete('scale', 5)
    await patch('scale', { replicas: 2 })
    await complete('scale', 2)
    const [victim] = await podsOf('scale')
    const uid = victim?.metadata.uid
    await cluster.client.delete(pods, { namespace: 'default', name: victim?.metadata.name ?? '' })
    await eventually(async () => {
      const now = await podsOf('scale')
      return now.length === 2 && now.every(pod => pod.metadata.uid !== uid)
    })
    await patch('scale', { paused: true, ...image('two') })
    await eventually(async () => {
      const { status } = await get('scale')
      return status?.conditions?.some(c => c.reason === 'DeploymentPaused' && c.message === 'Deployment is paused')
    })
    expect(await setsOf('scale')).toHaveLength(1)
    await patch('scale', { paused: null })
    await eventually(async () => (await setsOf('scale')).length === 2)
    await complete('scale', 2)
  }, 60_000)

  test('Recreate: no new pod before the last old one has ended', async () => {
    const recreated = deployment('recreate', 2, 'one') as Deployment
    await cluster.client.create(deployments, {
      ...recreated,
      spec: { ...recreated.spec, strategy: { type: 'Recreate' } },
    } as Deployment)
    await complete('recreate', 2)
    const old = new Set((await podsOf('recreate')).map(pod => pod.metadata.uid))
    const overlaps: string[] = []
    const watching = new AbortController()
    const follow = (async () => {
      const source = cluster.client.source(pods, { namespace: 'default', labelSelector: 'app=recreate' })
      const { items, resourceVersion } = await source.list(watching.signal)
      const there = new Set(items.map(pod => pod.metadata.uid))
      for await (const event of source.watch(resourceVersion, watching.signal)) {
        if (event.type === 'BOOKMARK') continue
        const { uid, name = '' } = event.object.metadata
        if (event.type === 'DELETED') there.delete(uid)
        else there.add(uid)
        if (!old.has(uid) && [...there].some(other => old.has(other))) overlaps.push(name)
      }
    })().catch(() => {})
    await patch('recreate', image('two'))
    await complete('recreate', 2)
    watching.abort()
    await follow
    expect(overlaps).toEqual([])
    expect((await podsOf('recreate')).some(pod => old.has(pod.metadata.uid))).toBe(false)
  }, 60_000)

  test('a ReplicaSet adopts an orphan that matches and releases a pod that no longer does', async () => {
    await cluster.client.create(deployments, deployment('adopt', 1, 'one') as Deployment)
    await complete('adopt', 1)
    const [pod] = await podsOf('adopt')
    const { name = '', uid } = pod?.metadata ?? {}
    const at = { namespace: 'default', name }
    await cluster.client.patch(pods, at, { metadata: { labels: { app: 'quarantine' } } }, { type: 'merge' })
    await eventually(async () => {
      const released = await cluster.client.get(pods, at)
      return released.metadata.uid === uid && !controllerOf(released)
    })
    await eventually(async () => (await podsOf('adopt')).some(other => other.metadata.uid !== uid))
    await complete('adopt', 1)
    await cluster.client.patch(pods, at, { metadata: { labels: { app: 'adopt' } } }, { type: 'merge' })
    // Two where one is wanted: one of them goes.
    await eventually(async () => {
      const now = await podsOf('adopt')
      return now.length === 1 && now.every(controllerOf)
    })
  }, 60_000)
})
