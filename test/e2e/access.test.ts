// Who gets in, and how far: kubectl and the official client with certificates of several kinds.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type ApiException, CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { createCa, issue, type KeyPair } from '../../lib/pki/issue.ts'
import { readKeyPair } from '../../lib/pki/key-pair-file.ts'
import { TestCluster } from '../harness/cluster.ts'

let cluster: TestCluster
let authority: KeyPair
beforeAll(async () => {
  cluster = await TestCluster.start('--runtime=simulated')
  const pair = await readKeyPair(join(cluster.stateDir, 'pki/ca'))
  if (!pair) throw new Error('the cluster has no CA')
  authority = pair
}, 120_000)
afterAll(() => cluster?.remove(), 60_000)

const server = () => `https://${cluster.config().nodeIP}:6443`
const jane = { commonName: 'jane', organizations: ['dev'], usages: ['client' as const] }

async function kubeConfigOf(credentials: KeyPair | undefined): Promise<KubeConfig> {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'c', server: server(), caData: base64(authority.cert) }],
    users: [
      credentials ? { name: 'u', certData: base64(credentials.cert), keyData: base64(credentials.key) } : { name: 'u' },
    ],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  })
  return config
}

async function codeOf(request: Promise<unknown>): Promise<{ code: number; message: string }> {
  try {
    await request
    return { code: 200, message: '' }
  } catch (error) {
    // The official client keeps no body of a 401.
    const { code, body } = error as ApiException<string | undefined>
    return { code, message: body ? (JSON.parse(body) as { message: string }).message : '' }
  }
}

async function listPods(credentials: KeyPair | undefined): Promise<{ code: number; message: string }> {
  const api = (await kubeConfigOf(credentials)).makeApiClient(CoreV1Api)
  return codeOf(api.listNamespacedPod({ namespace: 'default' }))
}

describe('another user', () => {
  const refused =
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"'

  test('without a binding is refused in upstream words, by the official client and by kubectl', async () => {
    const credentials = await issue(authority, jane)
    expect(await listPods(credentials)).toEqual({ code: 403, message: refused })
    const kubeconfig = join(cluster.stateDir, 'jane.conf')
    await writeFile(kubeconfig, (await kubeConfigOf(credentials)).exportConfig())
    const failed = await cluster.kubectlWith({ kubeconfig }, 'get', 'pods').catch(error => error)
    expect(failed.stderr).toBe(`Error from server (Forbidden): ${refused}\n`)
    expect(
      (await cluster.kubectlWith({ kubeconfig }, 'auth', 'can-i', 'list', 'pods').catch(error => error)).stdout,
    ).toBe('no\n')
  })

  test('with one gets in, there and no further', async () => {
    await cluster.apply(viewBinding('jane-views', 'User', 'jane'))
    const kubeconfig = join(cluster.stateDir, 'jane.conf')
    expect(await listPods(await issue(authority, jane))).toEqual({ code: 200, message: '' })
    expect((await cluster.kubectlWith({ kubeconfig }, 'get', 'pods')).stderr).toContain('No resources found')
    expect((await cluster.kubectlWith({ kubeconfig }, 'auth', 'can-i', 'list', 'pods')).stdout).toBe('yes\n')
    const elsewhere = await cluster
      .kubectlWith({ kubeconfig }, 'get', 'pods', '-n', 'kube-system')
      .catch(error => error)
    expect(elsewhere.stderr).toContain('cannot list resource "pods" in API group "" in the namespace "kube-system"')
    const secret = await cluster.kubectlWith({ kubeconfig }, 'get', 'secrets').catch(error => error)
    expect(secret.stderr).toContain('User "jane" cannot list resource "secrets"')
  })

  test('with a binding of a group gets in', async () => {
    await cluster.apply(viewBinding('ops-view', 'Group', 'ops'))
    expect(
      (await listPods(await issue(authority, { ...jane, commonName: 'joe', organizations: ['a', 'ops'] }))).code,
    ).toBe(200)
    expect((await listPods(await issue(authority, { ...jane, commonName: 'joe' }))).code).toBe(403)
  })
})

describe('nobody in particular', () => {
  test('is refused but for health and version', async () => {
    expect(await listPods(undefined)).toEqual({ code: 401, message: '' })
    for (const path of ['healthz', 'livez', 'readyz', 'version']) {
      expect((await curl(`${server()}/${path}`)).code).toBe(200)
    }
    expect((await curl(`${server()}/metrics`)).code).toBe(401)
  })

  test('stays so with a certificate that is expired, foreign, or for servers only', async () => {
    const foreign = await createCa({ commonName: 'kubernetes' })
    const cases: KeyPair[] = [
      await issue(authority, { ...jane, days: -1 }),
      await issue(foreign, { ...jane, organizations: ['system:masters'] }),
      await issue(authority, { ...jane, usages: ['server'] }),
    ]
    for (const credentials of cases) {
      expect(await listPods(credentials)).toEqual({ code: 401, message: '' })
    }
  })
})

function viewBinding(name: string, kind: 'User' | 'Group', subject: string): object {
  const apiGroup = 'rbac.authorization.k8s.io'
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'RoleBinding',
    metadata: { name, namespace: 'default' },
    roleRef: { apiGroup, kind: 'ClusterRole', name: 'view' },
    subjects: [{ apiGroup, kind, name: subject }],
  }
}

async function curl(url: string): Promise<{ code: number }> {
  const { request } = await import('node:https')
  const ca = await readFile(join(cluster.stateDir, 'pki/ca.crt'))
  return new Promise((resolve, reject) => {
    request(url, { ca, agent: false }, answer => {
      answer.resume()
      resolve({ code: answer.statusCode ?? 0 })
    })
      .on('error', reject)
      .end()
  })
}
