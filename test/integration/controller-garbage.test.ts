import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { KubeObject, OwnerReference } from '../../lib/api/meta.ts'
import { type Deployment, deployments } from '../../lib/kinds/apps/deployment.ts'
import { replicaSets } from '../../lib/kinds/apps/replica-set.ts'
import { type ConfigMap, configMaps } from '../../lib/kinds/core/config-map.ts'
import { namespaces } from '../../lib/kinds/core/namespace.ts'
import { pods } from '../../lib/kinds/core/pod.ts'
import { secrets } from '../../lib/kinds/core/secret.ts'
import { type ServiceAccount, serviceAccounts } from '../../lib/kinds/core/service-account.ts'
import { definition, definitionsPath, establish, version } from '../harness/custom-kinds.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { type ControllerCluster, deployment, startControllerCluster } from './controller-cluster.ts'

const describe = await describeWithEtcd()

describe('what goes when its owner or namespace goes', () => {
  let cluster: ControllerCluster
  beforeAll(async () => {
    cluster = await startControllerCluster()
  }, 60_000)
  afterAll(() => cluster?.stop(), 60_000)

  const map = (name: string, owners: OwnerReference[] = [], more: object = {}): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'default', name, ownerReferences: owners, ...more },
  })
  const ownedBy = (owner: KubeObject, blockOwnerDeletion = true): OwnerReference => ({
    apiVersion: 'v1',
    kind: owner.kind,
    name: owner.metadata.name ?? '',
    uid: owner.metadata.uid ?? '',
    blockOwnerDeletion,
  })
  const at = (name: string) => ({ namespace: 'default', name })
  const gone = (name: string) =>
    eventually(() =>
      cluster.client.get(configMaps, at(name)).then(
        () => false,
        error => error.reason === 'NotFound',
      ),
    )
  const create = (obj: ConfigMap) => cluster.client.create(configMaps, obj)

  test('background: what was owned goes after its owner, with all it owns', async () => {
    const owner = await create(map('b-owner'))
    const child = await create(map('b-child', [ownedBy(owner)]))
    await create(map('b-grandchild', [ownedBy(child)]))
    const other = await create(map('b-other'))
    await create(map('b-shared', [ownedBy(owner), ownedBy(other)]))
    await cluster.client.delete(configMaps, at('b-owner'), { propagationPolicy: 'Background' })
    await Promise.all(['b-child', 'b-grandchild'].map(gone))
    await eventually(async () => {
      const { metadata } = await cluster.client.get(configMaps, at('b-shared'))
      return metadata.ownerReferences?.length === 1 && metadata.ownerReferences[0]?.uid === other.metadata.uid
    })
  }, 30_000)

  test('foreground: the owner waits for those that block it', async () => {
    const owner = await create(map('f-owner'))
    await create(map('f-child', [ownedBy(owner)], { finalizers: ['example.com/wait'] }))
    await create(map('f-loose', [ownedBy(owner, false)]))
    await cluster.client.delete(configMaps, at('f-owner'), { propagationPolicy: 'Foreground' })
    await gone('f-loose')
    const child = await eventually(async () => {
      const found = await cluster.client.get(configMaps, at('f-child'))
      return found.metadata.deletionTimestamp !== undefined && found
    })
    const waiting = await cluster.client.get(configMaps, at('f-owner'))
    expect(waiting.metadata.finalizers).toEqual(['foregroundDeletion'])
    await cluster.client.update(configMaps, { ...child, metadata: { ...child.metadata, finalizers: [] } })
    await Promise.all(['f-child', 'f-owner'].map(gone))
  }, 30_000)

  test('orphan: what was owned stays, without an owner', async () => {
    const owner = await create(map('o-owner'))
    await create(map('o-child', [ownedBy(owner)]))
    await cluster.client.delete(configMaps, at('o-owner'), { propagationPolicy: 'Orphan' })
    await gone('o-owner')
    const child = await cluster.client.get(configMaps, at('o-child'))
    expect(child.metadata.ownerReferences ?? []).toEqual([])
    expect(child.metadata.deletionTimestamp).toBeUndefined()
  }, 30_000)

  test('an owner that never was', async () => {
    const never = { ...map('never'), metadata: { name: 'never', uid: '00000000-0000-4000-8000-000000000000' } }
    await create(map('n-child', [ownedBy(never)]))
    await gone('n-child')
  }, 30_000)

  test('a Secret is collected too, though etcd does not show it', async () => {
    const owner = await create(map('s-owner'))
    const secret = { ...map('s-child', [ownedBy(owner)]), kind: 'Secret' }
    await cluster.client.create(secrets, secret)
    await cluster.client.delete(configMaps, at('s-owner'), { propagationPolicy: 'Background' })
    await eventually(async () => (await cluster.client.list(secrets, { namespace: 'default' })).items.length === 0)
  }, 30_000)

  test('a deleted Deployment takes its ReplicaSets and pods along', async () => {
    await cluster.client.create(deployments, deployment('gone', 2, 'one') as Deployment)
    const selected = { namespace: 'default', labelSelector: 'app=gone' }
    await eventually(async () => (await cluster.client.list(pods, selected)).items.length === 2)
    await cluster.client.delete(
      deployments,
      { namespace: 'default', name: 'gone' },
      { propagationPolicy: 'Background' },
    )
    await eventually(async () => {
      const left = await Promise.all([cluster.client.list(replicaSets, selected), cluster.client.list(pods, selected)])
      return left.every(({ items }) => items.length === 0)
    })
  }, 30_000)

  describe('of kinds that users bring', () => {
    const spec = { spec: { type: 'object' } }
    const kindOf = (plural: string, kind: string) =>
      ({ group: 'example.com', version: 'v1', kind, plural, scope: 'Namespaced', schema: {} }) as const
    const nests = kindOf('nests', 'Nest')
    const eggs = kindOf('eggs', 'Egg')
    const custom = (name: string, of: string, namespace = 'default', owners: OwnerReference[] = []): KubeObject => ({
      apiVersion: 'example.com/v1',
      kind: of,
      metadata: { name, namespace, ownerReferences: owners },
    })
    beforeAll(async () => {
      await establish(cluster.api, definition('nests', [version(spec), version(spec, { name: 'v2', storage: false })]))
      await establish(cluster.api, definition('eggs', [version(spec)]))
    })

    test('own others, are owned, and go like any other', async () => {
      const nest = await cluster.client.create(nests, custom('nest', 'Nest'))
      const ref = { ...ownedBy(nest), apiVersion: 'example.com/v2' }
      await create(map('c-owned', [ref]))
      const egg = await cluster.client.create(eggs, custom('egg', 'Egg', 'default', [ref]))
      await create(map('c-shell', [{ ...ownedBy(egg), apiVersion: 'example.com/v1' }]))
      await cluster.client.delete(nests, at('nest'), { propagationPolicy: 'Background' })
      await Promise.all(['c-owned', 'c-shell'].map(gone))
    }, 30_000)

    test('let go of what they own when their definition goes', async () => {
      await establish(cluster.api, definition('shells', [version(spec)]))
      const shell = await cluster.client.create(kindOf('shells', 'Shell'), custom('shell', 'Shell'))
      await create(map('c-pearl', [{ ...ownedBy(shell), apiVersion: 'example.com/v1' }]))
      await cluster.api.ask('DELETE', `${definitionsPath}/shells.example.com`)
      await gone('c-pearl')
    }, 30_000)

    test('leave with their namespace, also those that lack the preferred version of their group', async () => {
      await cluster.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'birds' } })
      await cluster.client.create(eggs, custom('egg', 'Egg', 'birds'))
      await cluster.client.create(nests, custom('nest', 'Nest', 'birds'))
      await cluster.client.delete(namespaces, { name: 'birds' })
      await eventually(async () => (await cluster.api.ask('GET', '/api/v1/namespaces/birds')).status === 404)
      const left = await Promise.all(
        ['nests', 'eggs'].map(plural => cluster.api.ask('GET', `/apis/example.com/v1/namespaces/birds/${plural}`)),
      )
      expect(left.map(({ json }) => json.items)).toEqual([[], []])
    }, 30_000)
  })

  test('a namespace gets its account and CA, and when deleted is emptied, pods first', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'temp' } }
    await cluster.client.create(namespaces, namespace)
    const inTemp = (name: string) => ({ namespace: 'temp', name })
    await eventually(() => cluster.client.get(serviceAccounts, inTemp('default')))
    const ca = await eventually(() => cluster.client.get(configMaps, inTemp('kube-root-ca.crt')))
    expect(ca.data).toEqual({ 'ca.crt': 'the CA\n' })
    await cluster.client.delete(configMaps, inTemp('kube-root-ca.crt'))
    await eventually(() => cluster.client.get(configMaps, inTemp('kube-root-ca.crt')))

    const held = map('held', [], { namespace: 'temp', finalizers: ['example.com/wait'] })
    await create(held)
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'temp', name: 'p', finalizers: ['example.com/wait'] },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    }
    await cluster.client.create(pods, pod)
    await cluster.client.delete(namespaces, { name: 'temp' })
    const told = (type: string, message: string) =>
      eventually(async () => {
        const { status } = await cluster.client.get(namespaces, { name: 'temp' })
        const condition = status?.conditions?.find(c => c.type === type)
        expect(condition).toMatchObject({ status: 'True', message })
        expect(status?.phase).toBe('Terminating')
        return true
      })
    await told('NamespaceContentRemaining', 'Some resources are remaining: pods. has 1 resource instances')
    // While the pod is there nothing else is touched.
    expect((await cluster.client.get(configMaps, inTemp('held'))).metadata.deletionTimestamp).toBeUndefined()
    const release = async (def: typeof pods | typeof configMaps, name: string) =>
      cluster.client.patch(def as typeof pods, inTemp(name), { metadata: { finalizers: null } }, { type: 'merge' })
    await release(pods, 'p')
    await told(
      'NamespaceFinalizersRemaining',
      'Some content in the namespace has finalizers remaining: example.com/wait in 1 resource instances',
    )
    const late: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: inTemp('late') }
    await expect(cluster.client.create(serviceAccounts, late)).rejects.toMatchObject({ reason: 'Forbidden' })
    await release(configMaps, 'held')
    await eventually(
      () =>
        cluster.client.get(namespaces, { name: 'temp' }).then(
          () => false,
          error => error.reason === 'NotFound',
        ),
      { timeoutMs: 30_000 },
    )
  }, 60_000)
})
