// What stands below an object and is more than a part of it: eviction, binding, finalize, token; and the views of a pod
// that change what no update may change.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { kubectlFor } from '../harness/kubectl.ts'

const describe = await describeWithEtcd()
const ns = '/api/v1/namespaces/default'
const pods = `${ns}/pods`
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
const mergePatch = { 'content-type': 'application/merge-patch+json' }
const strategic = { 'content-type': 'application/strategic-merge-patch+json' }
const jsonPatch = { 'content-type': 'application/json-patch+json' }

describe('subresources', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', `${ns}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
  })
  afterAll(() => api.stop())

  const pod = async (name: string, given: { labels?: object; status?: object; spec?: object } = {}) => {
    const { labels = {}, status, spec = {} } = given
    const body = { metadata: { name, labels }, spec: { containers: [{ name: 'c', image: 'i' }], ...spec } }
    const created = await api.ask('POST', pods, { body })
    expect(created.status).toBe(201)
    if (!status) return created.json
    const changed = await api.ask('PATCH', `${pods}/${name}/status`, { body: { status }, headers: mergePatch })
    expect(changed.status).toBe(200)
    return changed.json
  }
  const running = (isReady: boolean) => ({
    phase: 'Running',
    conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
  })

  describe('eviction', () => {
    const budget = async (name: string, labels: object, status: object, spec: object = {}) => {
      const body = { metadata: { name }, spec: { minAvailable: 1, selector: { matchLabels: labels }, ...spec } }
      expect((await api.ask('POST', budgets, { body })).status).toBe(201)
      const full = {
        observedGeneration: 1,
        disruptionsAllowed: 0,
        currentHealthy: 1,
        desiredHealthy: 1,
        expectedPods: 1,
      }
      const patch = { body: { status: { ...full, ...status } }, headers: mergePatch }
      expect((await api.ask('PATCH', `${budgets}/${name}/status`, patch)).status).toBe(200)
    }
    const evict = (name: string, deleteOptions?: object, query = '') =>
      api.ask('POST', `${pods}/${name}/eviction${query}`, {
        body: {
          apiVersion: 'policy/v1',
          kind: 'Eviction',
          metadata: { name },
          ...(deleteOptions ? { deleteOptions } : {}),
        },
      })
    const status = async (name: string) => (await api.ask('GET', `${pods}/${name}`)).status
    const allowed = async (name: string) => (await api.ask('GET', `${budgets}/${name}`)).json.status.disruptionsAllowed

    test('without a budget the pod goes, told why', async () => {
      await pod('free', { status: running(true), spec: { nodeName: 'n' } })
      const { status: code, json } = await evict('free')
      expect([code, json.status, json.code]).toEqual([201, 'Success', 201])
      const { metadata, status } = (await api.ask('GET', `${pods}/free`)).json
      expect(metadata.deletionTimestamp).toBeDefined()
      expect(status.conditions).toContainEqual(
        expect.objectContaining({
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'EvictionByEvictionAPI',
          message: 'Eviction API: evicting',
        }),
      )
    })

    test('a budget that is spent', async () => {
      await pod('guarded', { labels: { a: 'guarded' }, status: running(true) })
      await budget('guarded', { a: 'guarded' }, { currentHealthy: 1 })
      const { status: code, json, headers } = await evict('guarded')
      expect(code).toBe(429)
      expect(json).toMatchObject({
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [
            {
              reason: 'DisruptionBudget',
              message: 'The disruption budget guarded needs 1 healthy pods and has 1 currently',
            },
          ],
        },
      })
      expect(headers['retry-after']).toBeUndefined()
      expect(await status('guarded')).toBe(200)
    })

    test('a budget that nobody has looked at yet', async () => {
      await pod('early', { labels: { a: 'early' }, status: running(true) })
      await budget('early', { a: 'early' }, { observedGeneration: 0 })
      const { json, headers } = await evict('early')
      expect(json.details).toMatchObject({ retryAfterSeconds: 10 })
      expect(headers['retry-after']).toBe('10')
    })

    test('two budgets are one too many', async () => {
      await pod('twice', { labels: { a: 'twice' }, status: running(true) })
      await budget('twice-1', { a: 'twice' }, { disruptionsAllowed: 1 })
      await budget('twice-2', { a: 'twice' }, { disruptionsAllowed: 1 })
      const { status: code, json } = await evict('twice')
      expect([code, json.message]).toEqual([
        500,
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      ])
    })

    test('a dry run, in the query or in the options, spends nothing and ends nothing', async () => {
      await pod('dry', { labels: { a: 'dry' }, status: running(true) })
      await budget('dry', { a: 'dry' }, { disruptionsAllowed: 1, currentHealthy: 2 })
      expect((await evict('dry', undefined, '?dryRun=All')).status).toBe(201)
      expect((await evict('dry', { dryRun: ['All'] })).status).toBe(201)
      expect([await status('dry'), await allowed('dry')]).toEqual([200, 1])
      expect((await evict('dry', { dryRun: ['foo'] })).status).toBe(422)
      expect((await evict('dry')).status).toBe(201)
      expect(await status('dry')).toBe(404)
      const { status: after } = (await api.ask('GET', `${budgets}/dry`)).json
      expect(after).toMatchObject({ disruptionsAllowed: 0, disruptedPods: { dry: expect.any(String) } })
      expect(after.conditions).toMatchObject([
        { type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' },
      ])
    })

    test('preconditions, and the time to end', async () => {
      const { metadata } = await pod('exact', { status: running(true), spec: { nodeName: 'n' } })
      const other = { preconditions: { uid: 'another' } }
      expect((await evict('exact', other)).json).toMatchObject({
        code: 409,
        message: expect.stringContaining('the UID in the precondition (another) does not match the UID in record'),
      })
      expect((await evict('exact', { preconditions: { resourceVersion: '1' } })).status).toBe(409)
      const { uid, resourceVersion } = metadata
      const options = { preconditions: { uid, resourceVersion }, gracePeriodSeconds: 7 }
      expect((await evict('exact', options)).status).toBe(201)
      expect((await api.ask('GET', `${pods}/exact`)).json.metadata.deletionGracePeriodSeconds).toBe(7)
    })

    test('a pod that serves nobody', async () => {
      await pod('sick', { labels: { a: 'sick' }, status: running(false) })
      await budget('sick', { a: 'sick' }, { currentHealthy: 0 })
      expect((await evict('sick')).status).toBe(429)
      const patch = { body: { spec: { unhealthyPodEvictionPolicy: 'AlwaysAllow' } }, headers: mergePatch }
      expect((await api.ask('PATCH', `${budgets}/sick`, patch)).status).toBe(200)
      expect((await evict('sick')).status).toBe(201)
      expect(await allowed('sick')).toBe(0)
    })

    test.each(['Succeeded', 'Failed', 'Pending'])('a pod that is %s costs nothing', async phase => {
      const name = `is-${phase.toLowerCase()}`
      await pod(name, { labels: { a: name }, status: { phase } })
      await budget(name, { a: name }, {})
      expect((await evict(name)).status).toBe(201)
      expect(await status(name)).toBe(404)
    })

    test('names a pod, and that one', async () => {
      expect((await evict('nobody')).json).toMatchObject({ code: 404, message: 'pods "nobody" not found' })
      const body = { metadata: { name: 'other' } }
      expect((await api.ask('POST', `${pods}/guarded/eviction`, { body })).json).toMatchObject({
        code: 400,
        message: 'name in URL does not match name in Eviction object',
      })
    })
  })

  describe('binding', () => {
    const bind = (name: string, body: object) => api.ask('POST', `${pods}/${name}/binding`, { body })
    const target = { kind: 'Node', name: 'n1' }

    test('is taken once', async () => {
      const { metadata } = await pod('bound')
      const body = { metadata: { name: 'bound', uid: metadata.uid, annotations: { a: 'b' } }, target }
      expect((await api.ask('POST', `${pods}/bound/binding?dryRun=All`, { body })).status).toBe(201)
      expect((await api.ask('GET', `${pods}/bound`)).json.spec.nodeName).toBeUndefined()
      expect((await bind('bound', body)).json).toMatchObject({ kind: 'Status', status: 'Success', code: 201 })
      const { spec, status, metadata: after } = (await api.ask('GET', `${pods}/bound`)).json
      expect([spec.nodeName, after.annotations.a]).toEqual(['n1', 'b'])
      expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }))
      expect((await bind('bound', body)).json).toMatchObject({
        code: 409,
        message: 'Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "n1"',
      })
    })

    test.each([
      [{ metadata: { name: 'other' }, target }, 400, 'name in URL does not match name in Binding object'],
      [{ metadata: { name: 'unbound' }, target: { kind: 'Node' } }, 422, 'target.name: Required value'],
      [
        { metadata: { name: 'unbound' }, target: { kind: 'Rack', name: 'r' } },
        422,
        'target.kind: Unsupported value: "Rack": supported values: "Node", "<empty>"',
      ],
      [
        { metadata: { name: 'unbound', uid: 'other' }, target },
        409,
        'Precondition failed: UID in precondition: other, UID in object meta: ',
      ],
    ])('%j is refused', async (body, code, message) => {
      await api.ask('POST', pods, {
        body: { metadata: { name: 'unbound' }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      })
      expect((await bind('unbound', body)).json).toMatchObject({ code, message: expect.stringContaining(message) })
    })
  })

  describe('ephemeralcontainers', () => {
    const debug = { name: 'debug', image: 'busybox', targetContainerName: 'c' }

    test('are added, by update and by every patch, and never changed', async () => {
      const at = `${pods}/debugged/ephemeralcontainers`
      await pod('debugged')
      const before = (await api.ask('GET', at)).json
      expect(before.spec.ephemeralContainers).toBeUndefined()
      const put = await api.ask('PUT', at, {
        body: { ...before, spec: { ...before.spec, ephemeralContainers: [debug] } },
      })
      expect(put).toMatchObject({ status: 200, json: { spec: { ephemeralContainers: [debug] } } })
      const second = { spec: { ephemeralContainers: [{ name: 'second', image: 'i' }] } }
      const patched = await api.ask('PATCH', at, { body: second, headers: strategic })
      expect(patched.json.spec.ephemeralContainers.map(({ name }: { name: string }) => name).sort()).toEqual([
        'debug',
        'second',
      ])
      const third = [{ op: 'add', path: '/spec/ephemeralContainers/-', value: { name: 'third', image: 'i' } }]
      expect(
        (await api.ask('PATCH', at, { body: third, headers: jsonPatch })).json.spec.ephemeralContainers,
      ).toHaveLength(3)
      const changed = { spec: { ephemeralContainers: [{ ...debug, image: 'other' }] } }
      expect((await api.ask('PATCH', at, { body: changed, headers: strategic })).status).toBe(422)
      const removed = [{ op: 'remove', path: '/spec/ephemeralContainers/0' }]
      expect((await api.ask('PATCH', at, { body: removed, headers: jsonPatch })).status).toBe(422)
    })

    test('change nothing else', async () => {
      await pod('kept')
      const at = `${pods}/kept/ephemeralcontainers`
      const body = {
        metadata: { labels: { a: 'b' } },
        spec: { activeDeadlineSeconds: 5, ephemeralContainers: [debug] },
      }
      const { status, json } = await api.ask('PATCH', at, { body, headers: mergePatch })
      expect(status).toBe(200)
      expect(json.spec.activeDeadlineSeconds).toBeUndefined()
      expect(json.spec.ephemeralContainers).toHaveLength(1)
    })

    test('are no part of an update of the pod', async () => {
      const { json } = await api.ask('GET', `${pods}/debugged`)
      const body = { ...json, spec: { ...json.spec, ephemeralContainers: [] } }
      expect((await api.ask('PUT', `${pods}/debugged`, { body })).status).toBe(422)
    })

    test('kubectl debug adds one', async () => {
      await pod('troubled')
      const kubectl = kubectlFor(api.adminKubeconfig)
      await kubectl.run([
        'debug',
        'troubled',
        '--image=busybox',
        '--container=probe',
        '--target=c',
        '--profile=general',
      ])
      const { spec } = (await api.ask('GET', `${pods}/troubled`)).json
      expect(spec.ephemeralContainers).toMatchObject([{ name: 'probe', image: 'busybox', targetContainerName: 'c' }])
      kubectl.close()
    })
  })

  describe('resize', () => {
    const container = (cpu: string) => ({ name: 'c', image: 'i', resources: { requests: { cpu }, limits: { cpu } } })

    test('changes resources, by kubectl too, and nothing else', async () => {
      await pod('sized', { spec: { containers: [container('100m')] } })
      const at = `${pods}/sized/resize`
      const body = { spec: { containers: [{ ...container('200m'), image: 'other' }] } }
      const patched = await api.ask('PATCH', at, { body, headers: strategic })
      expect(patched).toMatchObject({ status: 200, json: { spec: { containers: [container('200m')] } } })
      expect(patched.json.metadata.generation).toBe(2)

      const kubectl = kubectlFor(api.adminKubeconfig)
      const patch = JSON.stringify({ spec: { containers: [container('300m')] } })
      await kubectl.run(['patch', 'pod', 'sized', '--subresource=resize', '-p', patch])
      const { spec } = (await api.ask('GET', at)).json
      expect(spec.containers[0].resources.limits.cpu).toBe('300m')
      kubectl.close()
    })

    test('is the only way to do it', async () => {
      const body = { spec: { containers: [container('400m')] } }
      expect((await api.ask('PATCH', `${pods}/sized`, { body, headers: strategic })).status).toBe(422)
    })
  })

  test('who may do what with a subresource is asked for it by its name', async () => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/default'
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['*'] }]
    await api.ask('POST', `${rbac}/roles`, { body: { metadata: { name: 'pods' }, rules } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'pods' }
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }]
    await api.ask('POST', `${rbac}/rolebindings`, { body: { metadata: { name: 'pods' }, roleRef, subjects } })
    const jane = await api.userCert('jane')
    const as = (method: string, path: string) => api.ask(method, path, { user: jane, body: {}, headers: mergePatch })
    for (const [method, subresource, verb] of [
      ['GET', 'status', 'get'],
      ['PATCH', 'resize', 'patch'],
      ['PUT', 'ephemeralcontainers', 'update'],
      ['POST', 'eviction', 'create'],
      ['POST', 'binding', 'create'],
    ] as const) {
      const { json } = await as(method, `${pods}/sized/${subresource}`)
      expect(json.message).toContain(`cannot ${verb} resource "pods/${subresource}" in API group ""`)
    }
  })

  describe('scale', () => {
    const deployments = '/apis/apps/v1/namespaces/default/deployments'
    const body = {
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    }

    test('is read, replaced and patched as a Scale', async () => {
      await api.ask('POST', deployments, { body })
      const scale = (await api.ask('GET', `${deployments}/web/scale`)).json
      expect(scale).toMatchObject({
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'web', namespace: 'default' },
        spec: { replicas: 2 },
        status: { replicas: 0, selector: 'a=b' },
      })
      const put = await api.ask('PUT', `${deployments}/web/scale`, { body: { ...scale, spec: { replicas: 5 } } })
      expect(put.json.spec.replicas).toBe(5)
      expect((await api.ask('PUT', `${deployments}/web/scale`, { body: scale })).status).toBe(409)
      const patched = await api.ask('PATCH', `${deployments}/web/scale`, {
        body: { spec: { replicas: 7 } },
        headers: mergePatch,
      })
      expect(patched.json.spec.replicas).toBe(7)
      expect((await api.ask('GET', `${deployments}/web`)).json).toMatchObject({
        metadata: { generation: 3 },
        spec: { replicas: 7 },
      })
    })

    test.each([
      [{ spec: { replicas: -1 } }, 422, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
      [
        { spec: { replicas: 'two' } },
        422,
        'cannot unmarshal string into Go struct field ScaleSpec.spec.replicas of type int32',
      ],
      [{ kind: 'Pod' }, 400, 'Pod in version "v1" cannot be handled as a Scale'],
    ])('%j is refused', async (patch, code, message) => {
      const { json } = await api.ask('PATCH', `${deployments}/web/scale`, { body: patch, headers: mergePatch })
      expect(json).toMatchObject({ code, message: expect.stringContaining(message) })
    })

    test('of nothing is not found', async () => {
      expect((await api.ask('GET', `${deployments}/none/scale`)).json).toMatchObject({
        code: 404,
        message: 'deployments.apps "none" not found',
      })
    })
  })

  describe('finalize', () => {
    test('takes a namespace’s last hold away', async () => {
      await api.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: 'going' } } })
      const deleted = await api.ask('DELETE', '/api/v1/namespaces/going')
      expect(deleted.json.status.phase).toBe('Terminating')
      const { json } = await api.ask('GET', '/api/v1/namespaces/going')
      const stale = { ...json, metadata: { ...json.metadata, resourceVersion: '1' }, spec: { finalizers: [] } }
      expect((await api.ask('PUT', '/api/v1/namespaces/going/finalize', { body: stale })).status).toBe(409)
      const put = await api.ask('PUT', '/api/v1/namespaces/going/finalize', {
        body: { ...json, spec: { finalizers: [] } },
      })
      expect(put.status).toBe(200)
      expect((await api.ask('GET', '/api/v1/namespaces/going')).status).toBe(404)
      expect(
        (await api.ask('PUT', '/api/v1/namespaces/none/finalize', { body: { metadata: { name: 'none' } } })).status,
      ).toBe(404)
    })
  })

  describe('token', () => {
    const tokens = `${ns}/serviceaccounts/default/token`
    test.each([
      [
        { spec: { expirationSeconds: 599 } },
        422,
        'spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
      ],
      [{ spec: { expirationSeconds: 4294967297 } }, 422, 'may not specify a duration larger than 2^32 seconds'],
      [
        { metadata: { name: 'other' } },
        422,
        'metadata.name: Invalid value: "other": must match the service account name if specified',
      ],
      [
        { spec: { boundObjectRef: { kind: 'Rack', apiVersion: 'v1', name: 'r' } } },
        400,
        'cannot bind token to object of type /v1, Kind=Rack',
      ],
      [{ spec: { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'none' } } }, 404, 'pods "none" not found'],
    ])('%j is refused', async (body, code, message) => {
      expect((await api.ask('POST', tokens, { body })).json).toMatchObject({
        code,
        message: expect.stringContaining(message),
      })
    })

    test('a dry run issues none that lasts, another account has none', async () => {
      expect((await api.ask('POST', `${tokens}?dryRun=All`, { body: {} })).status).toBe(201)
      expect((await api.ask('POST', `${ns}/serviceaccounts/none/token`, { body: {} })).json).toMatchObject({
        code: 404,
        message: 'serviceaccounts "none" not found',
      })
    })
  })
})
