// ServiceAccounts and nodes, on a real API server: tokens, what pods are given, what nodes may see.

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { decodeJwt, SignJWT } from 'jose'
import type { KeyPair } from '../../lib/pki/issue.ts'
import { type Answer, startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const namespaced = '/api/v1/namespaces/default'
const containers = [{ name: 'main', image: 'busybox' }]

describe('service accounts and nodes', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
    for (const name of ['default', 'robot']) {
      expect((await api.ask('POST', `${namespaced}/serviceaccounts`, { body: { metadata: { name } } })).status).toBe(
        201,
      )
    }
  })
  afterAll(() => api.stop())

  const makePod = (name: string, spec: object = {}) =>
    api.ask('POST', `${namespaced}/pods`, { body: { metadata: { name }, spec: { containers, ...spec } } })
  const requestToken = (spec: object, user?: KeyPair, account = 'robot') =>
    api.ask('POST', `${namespaced}/serviceaccounts/${account}/token`, { body: { spec }, ...(user ? { user } : {}) })
  const whoami = (token: string): Promise<Answer> =>
    api.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      user: null,
      body: {},
      headers: { authorization: `Bearer ${token}` },
    })
  const bind = (pod: string, node: string) =>
    api.ask('POST', `${namespaced}/pods/${pod}/binding`, {
      body: { metadata: { name: pod }, target: { kind: 'Node', name: node } },
    })

  test('a pod is given its account, a token to mount, tolerations and a priority', async () => {
    const pod = (await makePod('plain')).json
    expect(pod.spec).toMatchObject({
      serviceAccountName: 'default',
      serviceAccount: 'default',
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      tolerations: [
        { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 },
      ],
    })
    const [volume] = pod.spec.volumes
    expect(volume.name).toMatch(/^kube-api-access-[a-z0-9]{5}$/)
    expect(volume.projected.sources[0].serviceAccountToken).toEqual({ path: 'token', expirationSeconds: 3607 })
    expect(pod.spec.containers[0].volumeMounts).toEqual([
      { name: volume.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ])
    const closed = (await makePod('closed', { automountServiceAccountToken: false })).json
    expect(closed.spec.volumes).toBeUndefined()
  })

  test('a pod of no account, no namespace or no priority class is refused', async () => {
    expect((await makePod('lost', { serviceAccountName: 'nobody' })).json).toMatchObject({
      code: 403,
      message:
        'pods "lost" is forbidden: error looking up service account default/nobody: serviceaccount "nobody" not found',
    })
    expect((await makePod('vip', { priorityClassName: 'vip' })).json).toMatchObject({
      code: 403,
      message: 'pods "vip" is forbidden: no PriorityClass with name vip was found',
    })
    const body = { metadata: { name: 'a' }, spec: { containers } }
    expect((await api.ask('POST', '/api/v1/namespaces/nowhere/pods', { body })).json).toMatchObject({
      code: 404,
      message: 'namespaces "nowhere" not found',
    })
    expect((await api.ask('DELETE', '/api/v1/namespaces/default')).json).toMatchObject({
      code: 403,
      message: 'namespaces "default" is forbidden: this namespace may not be deleted',
    })
    const critical = (await makePod('critical', { priorityClassName: 'system-node-critical' })).json
    expect(critical.spec.priority).toBe(2_000_001_000)
  })

  test('a token says who its bearer is, and dies with the pod it is bound to', async () => {
    const pod = (await makePod('bound', { serviceAccountName: 'robot' })).json
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'bound', uid: pod.metadata.uid }
    const made = await requestToken({ boundObjectRef, expirationSeconds: 600 })
    expect(made.status).toBe(201)
    const { token, expirationTimestamp } = made.json.status
    expect(Date.parse(expirationTimestamp) - Date.now()).toBeGreaterThan(590_000)
    const me = await whoami(token)
    expect(me.json.status.userInfo).toMatchObject({
      username: 'system:serviceaccount:default:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/pod-name': ['bound'],
        'authentication.kubernetes.io/pod-uid': [pod.metadata.uid],
        'authentication.kubernetes.io/credential-id': [`JTI=${decodeJwt(token).jti}`],
      },
    })
    const reviewed = await api.ask('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { body: { spec: { token } } })
    expect(reviewed.json.status).toMatchObject({
      authenticated: true,
      user: { username: 'system:serviceaccount:default:robot' },
    })
    await api.ask('DELETE', `${namespaced}/pods/bound?gracePeriodSeconds=0`)
    await eventually(async () => (await whoami(token)).status === 401)
  })

  test('a token of another signer, another audience, too short a life or a gone account is no good', async () => {
    const good = (await requestToken({ expirationSeconds: 600 })).json.status.token
    expect((await whoami(good)).status).toBe(201)
    const claims = decodeJwt(good)
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'RS256' }).sign(privateKey)
    expect((await whoami(forged)).status).toBe(401)
    // The public key as an HMAC secret: an old trick.
    const secret = Buffer.from(publicPem(api))
    const tricked = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret)
    expect((await whoami(tricked)).status).toBe(401)
    expect((await whoami('rubbish')).status).toBe(401)
    const elsewhere = (await requestToken({ audiences: ['vault'] })).json.status.token
    expect((await whoami(elsewhere)).status).toBe(401)
    expect((await requestToken({ expirationSeconds: 599 })).json).toMatchObject({
      code: 422,
      message:
        'TokenRequest.authentication.k8s.io "robot" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes',
    })
    await api.ask('POST', `${namespaced}/serviceaccounts`, { body: { metadata: { name: 'brief' } } })
    const brief = (await requestToken({}, undefined, 'brief')).json.status.token
    expect((await whoami(brief)).status).toBe(201)
    await api.ask('DELETE', `${namespaced}/serviceaccounts/brief`)
    await eventually(async () => (await whoami(brief)).status === 401)
  })

  test('a binding is made once', async () => {
    await makePod('placed')
    expect((await bind('placed', 'node-1')).json).toMatchObject({ kind: 'Status', status: 'Success', code: 201 })
    const pod = (await api.ask('GET', `${namespaced}/pods/placed`)).json
    expect(pod.spec.nodeName).toBe('node-1')
    expect(pod.status.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }))
    expect((await bind('placed', 'node-2')).json).toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on pods/binding "placed": pod placed is already assigned to node "node-1"',
    })
    expect((await bind('absent', 'node-2')).json).toMatchObject({ code: 404, message: 'pods "absent" not found' })
  })

  test('a node sees and writes what is its own, and no more', async () => {
    const kubelet = await api.userCert('system:node:node-a', ['system:nodes'])
    const as = (method: string, path: string, body?: object) =>
      api.ask(method, path, { user: kubelet, ...(body ? { body } : {}) })
    const node = (await as('POST', '/api/v1/nodes', { metadata: { name: 'node-a' } })).json
    expect(node.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
    expect((await as('POST', '/api/v1/nodes', { metadata: { name: 'node-b' } })).json).toMatchObject({
      code: 403,
      message: 'nodes "node-b" is forbidden: node "node-a" is not allowed to modify node "node-b"',
    })
    for (const name of ['used', 'unused']) {
      await api.ask('POST', `${namespaced}/secrets`, { body: { metadata: { name } } })
    }
    const volumes = [{ name: 'secret', secret: { secretName: 'used' } }]
    const pod = (await makePod('on-a', { serviceAccountName: 'robot', volumes })).json
    expect((await as('GET', `${namespaced}/secrets/used`)).status).toBe(403)
    await bind('on-a', 'node-a')
    await eventually(async () => (await as('GET', `${namespaced}/secrets/used`)).status === 200)
    expect((await as('GET', `${namespaced}/secrets/unused`)).json.message).toBe(
      `secrets "unused" is forbidden: User "system:node:node-a" cannot get resource "secrets" in API group "" in the namespace "default": no relationship found between node 'node-a' and this object`,
    )
    expect((await as('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-a')).status).toBe(200)
    expect((await as('GET', '/api/v1/pods')).status).toBe(403)
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'on-a', uid: pod.metadata.uid }
    const forPod = await requestToken({ boundObjectRef, expirationSeconds: 3607 }, kubelet)
    const claims = decodeJwt(forPod.json.status.token)
    expect(claims['kubernetes.io']).toMatchObject({ pod: { name: 'on-a' }, node: { name: 'node-a' } })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(365 * 24 * 3600)
    expect((await requestToken({}, kubelet)).json.message).toBe(
      'serviceaccounts "robot" is forbidden: node requested token not bound to a pod',
    )
    const lease = { metadata: { name: 'node-a' }, spec: { holderIdentity: 'node-a' } }
    const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
    expect((await as('POST', leases, lease)).status).toBe(201)
    expect((await as('POST', leases, { metadata: { name: 'node-b' } })).status).toBe(403)
    expect((await as('DELETE', `${namespaced}/pods/plain`)).status).toBe(403)
  })

  test('an eviction spends the budget that covers the pod', async () => {
    const labels = { app: 'evicted' }
    const body = { metadata: { name: 'evicted', labels }, spec: { containers } }
    await api.ask('POST', `${namespaced}/pods`, { body })
    await api.ask('PATCH', `${namespaced}/pods/evicted/status`, {
      body: { status: { phase: 'Running' } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
    const made = await api.ask('POST', budgets, {
      body: { metadata: { name: 'all' }, spec: { minAvailable: 1, selector: { matchLabels: labels } } },
    })
    const status = {
      observedGeneration: 1,
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
    }
    const set = (disruptionsAllowed: number, desiredHealthy: number) =>
      api.ask('PATCH', `${budgets}/all/status`, {
        body: { status: { ...status, disruptionsAllowed, desiredHealthy } },
        headers: { 'content-type': 'application/merge-patch+json' },
      })
    expect(made.status).toBe(201)
    await set(0, 2)
    const evict = () =>
      api.ask('POST', `${namespaced}/pods/evicted/eviction`, {
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'evicted' } },
      })
    expect(await eventually(async () => (await evict()).json)).toMatchObject({
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: { causes: [{ reason: 'DisruptionBudget' }] },
    })
    await set(1, 2)
    await eventually(async () => (await evict()).status === 201)
    const after = (await api.ask('GET', `${budgets}/all`)).json.status
    expect(after.disruptionsAllowed).toBe(0)
    expect(Object.keys(after.disruptedPods)).toEqual(['evicted'])
  })
})

function publicPem(api: TestApiServer): string {
  const key = createPublicKey(createPrivateKey(api.server.context.config.serviceAccount.signingKey))
  return key.export({ type: 'spki', format: 'pem' }).toString()
}
