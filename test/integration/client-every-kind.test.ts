// The official client without types: it finds each kind in discovery, and creates, patches, lists, reads and deletes one.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { KubeConfig, type KubernetesObject, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node'
import { apiVersionOf, type ResourceDefinition } from '../../lib/api/resource.ts'
import { builtinKinds } from '../../lib/kinds/index.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { samples } from '../harness/every-kind.ts'

/** The one that the samples name. */
const namespace = 'walk'
const stored = builtinKinds.filter(({ verbs }) => !verbs || (verbs.includes('create') && verbs.includes('watch')))
const nameOf = ({ group, version, plural }: ResourceDefinition) => `${group || 'core'}/${version} ${plural}`

let api: TestApiServer
let client: KubernetesObjectApi

beforeAll(async () => {
  api = await startApiServer()
  const config = new KubeConfig()
  config.loadFromString(api.adminKubeconfig)
  client = KubernetesObjectApi.makeApiClient(config)
  await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } })
})

afterAll(() => api.stop())

describe('the official client’s object API', () => {
  test.each(stored.map(def => [nameOf(def), def] as const))('%s', async (_, def) => {
    const sample = samples[`${def.group}/${def.plural}`]
    if (!sample) throw new Error(`test/harness/every-kind.ts has no sample of ${nameOf(def)}`)
    const name = sample.name?.('dynamic') ?? 'dynamic-one'
    const metadata = { name, ...(def.scope === 'Namespaced' ? { namespace } : {}) }
    const identity = { apiVersion: apiVersionOf(def), kind: def.kind, metadata }
    const made: KubernetesObject = await client.create<KubernetesObject>({
      ...sample.object,
      ...sample.withName?.(name),
      ...identity,
    })
    expect(made).toMatchObject({
      apiVersion: identity.apiVersion,
      kind: def.kind,
      metadata: { uid: expect.any(String) },
    })
    const labels = { seen: 'yes' }
    const change = { ...identity, metadata: { ...metadata, labels } }
    for (const strategy of [PatchStrategy.StrategicMergePatch, PatchStrategy.MergePatch]) {
      const patched = await client.patch(change, undefined, undefined, 'test', undefined, strategy)
      expect(patched.metadata?.labels).toMatchObject(labels)
    }
    const applied = { ...identity, metadata: { ...metadata, annotations: { applied: 'yes' } } }
    const strategy = PatchStrategy.ServerSideApply
    const after = await client.patch(applied, undefined, undefined, 'applier', true, strategy)
    expect(after.metadata?.annotations).toMatchObject({ applied: 'yes' })
    const space = def.scope === 'Namespaced' ? namespace : undefined
    const { items } = await client.list(
      identity.apiVersion,
      def.kind,
      space,
      undefined,
      undefined,
      undefined,
      undefined,
      'seen=yes',
    )
    expect(items.map(item => item.metadata?.name)).toContain(name)
    const read: KubernetesObject = await client.read({ ...identity, metadata: { ...metadata, namespace: space ?? '' } })
    expect(read.metadata?.uid).toBe(made.metadata?.uid)
    await client.delete(identity)
  })
})
