// Who may do what, asked of a real API server: certificates, RBAC, reviews, impersonation.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createCa, issue } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const rbac = '/apis/rbac.authorization.k8s.io/v1'

describe('users', () => {
  let api: TestApiServer
  beforeAll(async () => {
    api = await startApiServer()
  })
  afterAll(() => api.stop())

  test('a user may nothing without a binding, and what it says with one', async () => {
    const jane = await api.userCert('jane', ['dev'])
    const path = '/api/v1/namespaces/default/configmaps'
    const refused = await api.ask('GET', path, { user: jane })
    expect(refused.status).toBe(403)
    expect(refused.json).toMatchObject({
      kind: 'Status',
      reason: 'Forbidden',
      message:
        'configmaps is forbidden: User "jane" cannot list resource "configmaps" in API group "" in the namespace "default"',
      details: { kind: 'configmaps' },
    })
    const made = await api.ask('POST', `${rbac}/namespaces/default/rolebindings`, {
      body: {
        metadata: { name: 'jane-views' },
        roleRef: { kind: 'ClusterRole', name: 'view' },
        subjects: [{ kind: 'User', name: 'jane' }],
      },
    })
    expect(made.status).toBe(201)
    expect(made.json.roleRef.apiGroup).toBe('rbac.authorization.k8s.io')
    await eventually(async () => (await api.ask('GET', path, { user: jane })).status === 200)
    expect((await api.ask('GET', '/api/v1/namespaces/default/secrets', { user: jane })).status).toBe(403)
    expect((await api.ask('GET', '/api/v1/namespaces/kube-system/configmaps', { user: jane })).status).toBe(403)
    expect((await api.ask('DELETE', `${rbac}/namespaces/default/rolebindings/jane-views`)).status).toBe(200)
    await eventually(async () => (await api.ask('GET', path, { user: jane })).status === 403)
  })

  test('who may watch or list one object by name is not shown the others', async () => {
    const eve = await api.userCert('eve')
    const secrets = '/api/v1/namespaces/default/secrets'
    for (const name of ['shown', 'hidden']) await api.ask('POST', secrets, { body: { metadata: { name } } })
    const names = { apiGroups: [''], resources: ['secrets'], resourceNames: ['shown'], verbs: ['list', 'watch'] }
    await api.ask('POST', `${rbac}/namespaces/default/roles`, { body: { metadata: { name: 'one' }, rules: [names] } })
    const roleRef = { kind: 'Role', name: 'one' }
    const subjects = [{ kind: 'User', name: 'eve' }]
    const binding = { metadata: { name: 'one' }, roleRef, subjects }
    await api.ask('POST', `${rbac}/namespaces/default/rolebindings`, { body: binding })
    const seen = async (path: string) => {
      const { status, text } = await api.ask('GET', path, { user: eve })
      return [status, ...new Set(text.match(/shown|hidden/g))]
    }
    await eventually(async () => (await seen(`${secrets}?fieldSelector=metadata.name=shown`))[0] === 200)
    expect(await seen(`${secrets}?fieldSelector=metadata.name=shown`)).toEqual([200, 'shown'])
    const watch = '/api/v1/watch/namespaces/default/secrets'
    expect(await seen(`${watch}/shown?timeoutSeconds=1`)).toEqual([200, 'shown'])
    expect((await seen(`${watch}/shown?timeoutSeconds=1&fieldSelector=type!=x`))[0]).toBe(400)
    expect((await seen(`${watch}?timeoutSeconds=1`))[0]).toBe(403)
  })

  test('without a certificate one may see health and version, and nothing else', async () => {
    expect((await api.ask('GET', '/version', { user: null })).status).toBe(200)
    expect((await api.ask('GET', '/readyz', { user: null })).text).toBe('ok')
    const refused = await api.ask('GET', '/api/v1/namespaces', { user: null })
    expect(refused.json).toMatchObject({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' })
    expect((await api.ask('GET', '/metrics', { user: null })).status).toBe(401)
  })

  test('a certificate that is expired, foreign, not yet valid or a server’s is refused, for health too', async () => {
    const foreignCa = await createCa({ commonName: 'kubernetes' })
    const tomorrow = new Date(Date.now() + 24 * 3600_000)
    const bad = {
      expired: await api.userCert('jane', ['system:masters'], -1),
      foreign: await issue(foreignCa, { commonName: 'jane', organizations: ['system:masters'], usages: ['client'] }),
      early: await issue(api.ca, { commonName: 'jane', usages: ['client'], notBefore: tomorrow }),
      server: await issue(api.ca, { commonName: 'jane', usages: ['server'] }),
    }
    for (const [what, user] of Object.entries(bad)) {
      const answers = [await api.ask('GET', '/api/v1/namespaces', { user }), await api.ask('GET', '/version', { user })]
      expect([what, ...answers.map(answer => answer.status)]).toEqual([what, 401, 401])
    }
  })

  test('whoami, can-i and its list tell what holds', async () => {
    const jane = await api.userCert('jane', ['dev'])
    const ask = async (group: string, plural: string, spec: object) =>
      (await api.ask('POST', `/apis/${group}/v1/${plural}`, { user: jane, body: { spec } })).json.status
    const me = await ask('authentication.k8s.io', 'selfsubjectreviews', {})
    expect(me.userInfo).toMatchObject({ username: 'jane', groups: ['dev', 'system:authenticated'] })
    expect(me.userInfo.extra['authentication.kubernetes.io/credential-id'][0]).toMatch(/^X509SHA256=[0-9a-f]{64}$/)
    const resourceAttributes = { namespace: 'default', verb: 'get', resource: 'pods' }
    expect(await ask('authorization.k8s.io', 'selfsubjectaccessreviews', { resourceAttributes })).toEqual({
      allowed: false,
    })
    const version = { nonResourceAttributes: { path: '/version', verb: 'get' } }
    expect(await ask('authorization.k8s.io', 'selfsubjectaccessreviews', version)).toMatchObject({
      allowed: true,
      reason: expect.stringMatching(/^RBAC: allowed by ClusterRoleBinding "system:/),
    })
    const rules = await ask('authorization.k8s.io', 'selfsubjectrulesreviews', { namespace: 'default' })
    expect(rules.incomplete).toBe(false)
    expect(rules.resourceRules).toContainEqual({
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    })
  })

  test('a review is no table', async () => {
    const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const ask = (accept: string) =>
      api.ask('POST', path, {
        body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
        headers: { accept },
      })
    expect((await ask(table)).status).toBe(406)
    expect((await ask(`${table},application/json`)).json.status.allowed).toBe(true)
  })

  test('another user may be asked about, and asked as, by those who are allowed to', async () => {
    const jane = await api.userCert('jane')
    const review = (user: typeof jane) =>
      api.ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        user,
        body: {
          spec: { user: 'root', groups: ['system:masters'], resourceAttributes: { verb: 'get', resource: 'nodes' } },
        },
      })
    expect((await review(api.admin)).json.status.allowed).toBe(true)
    expect((await review(jane)).status).toBe(403)
    const asJane = { 'impersonate-user': 'jane', 'impersonate-group': 'dev' }
    const who = await api.ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      body: {},
      headers: asJane,
    })
    expect(who.json.status.userInfo).toEqual({ username: 'jane', groups: ['dev', 'system:authenticated'] })
    const refused = await api.ask('GET', '/version', {
      user: jane,
      headers: { 'impersonate-user': 'kubernetes-admin' },
    })
    expect(refused.json.message).toBe(
      'users "kubernetes-admin" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope',
    )
  })

  test('nobody grants what they do not hold', async () => {
    const granter = await api.userCert('granter')
    const rules = [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['*'], verbs: ['create', 'update'] }]
    await api.ask('POST', `${rbac}/clusterroles`, { body: { metadata: { name: 'granter' }, rules } })
    await api.ask('POST', `${rbac}/clusterrolebindings`, {
      body: {
        metadata: { name: 'granter' },
        roleRef: { kind: 'ClusterRole', name: 'granter' },
        subjects: [{ kind: 'User', name: 'granter' }],
      },
    })
    const role = {
      metadata: { name: 'reader' },
      rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'list'] }],
    }
    const refused = await eventually(async () => {
      const answer = await api.ask('POST', `${rbac}/namespaces/default/roles`, { user: granter, body: role })
      return answer.json.message.includes('attempting') && answer
    })
    expect(refused.status).toBe(403)
    expect(refused.json.message).toBe(
      'roles.rbac.authorization.k8s.io "reader" is forbidden: user "granter" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}',
    )
    const bound = await api.ask('POST', `${rbac}/clusterrolebindings`, {
      user: granter,
      body: {
        metadata: { name: 'take-all' },
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'User', name: 'granter' }],
      },
    })
    expect(bound.status).toBe(403)
    expect(bound.json.message).toContain('{APIGroups:["*"], Resources:["*"], Verbs:["*"]}')
    expect((await api.ask('GET', `${rbac}/clusterrolebindings/take-all`)).status).toBe(404)
  })

  test('the role of a binding cannot be changed', async () => {
    const path = `${rbac}/namespaces/default/rolebindings`
    const binding = {
      metadata: { name: 'fixed' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'Group', name: 'dev' }],
    }
    const made = await api.ask('POST', path, { body: binding })
    const changed = { ...made.json, roleRef: { ...made.json.roleRef, name: 'edit' } }
    const refused = await api.ask('PUT', `${path}/fixed`, { body: changed })
    expect(refused.status).toBe(422)
    expect(refused.json.message).toMatch(
      /^RoleBinding.rbac.authorization.k8s.io "fixed" is invalid: roleRef: .*: cannot change roleRef$/,
    )
  })
})
