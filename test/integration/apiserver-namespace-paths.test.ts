// Whoever may do everything in one namespace may do nothing to another: no path makes a namespace look as if it were in
// one.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { KeyPair } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'

const describe = await describeWithEtcd()
const rbac = 'rbac.authorization.k8s.io'

describe('paths of namespaces', () => {
  let api: TestApiServer
  let bob: KeyPair
  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: 'his' } } })
    const bound = await api.ask('POST', `/apis/${rbac}/v1/namespaces/his/rolebindings`, {
      body: {
        metadata: { name: 'bob' },
        subjects: [{ kind: 'User', name: 'bob', apiGroup: rbac }],
        roleRef: { kind: 'ClusterRole', name: 'cluster-admin', apiGroup: rbac },
      },
    })
    expect(bound).toMatchObject({ status: 201 })
    bob = await api.userCert('bob')
    await eventually(async () => (await api.ask('GET', '/api/v1/namespaces/his', { user: bob })).status === 200)
  })
  afterAll(() => api?.stop())

  test.each([
    ['GET', 'namespaces/kube-system'],
    ['GET', 'namespaces/kube-system/status'],
    ['GET', 'namespaces'],
    ['GET', 'namespaces?watch=true'],
    ['GET', 'namespaces?fieldSelector=metadata.name%3Dkube-system'],
    ['POST', 'namespaces'],
    ['PATCH', 'namespaces/kube-system'],
    ['PUT', 'namespaces/kube-system/finalize'],
    ['DELETE', 'namespaces/kube-node-lease'],
    ['DELETE', 'namespaces'],
  ])('%s %s below one of them is nowhere', async (method, path) => {
    const body = method === 'GET' ? undefined : { metadata: { name: 'kube-system', labels: { his: 'now' } } }
    const headers = method === 'PATCH' ? { 'content-type': 'application/merge-patch+json' } : {}
    for (const prefix of ['/api/v1/namespaces/his/', '/api/v1//namespaces//his//']) {
      const { status } = await api.ask(method, prefix + path, { user: bob, headers, ...(body ? { body } : {}) })
      expect(status).toBe(404)
    }
  })

  test('the namespace itself is in itself', async () => {
    for (const path of ['/api/v1/namespaces/his', '/api/v1/namespaces/his/status']) {
      expect((await api.ask('GET', path, { user: bob })).status).toBe(200)
    }
    expect((await api.ask('GET', '/api/v1/namespaces/kube-system', { user: bob })).status).toBe(403)
  })
})
