// Foreign clients cannot tell: kubectl and the official client against the server.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { AppsV1Api, CoreV1Api, KubeConfig, Watch } from '@kubernetes/client-node'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { eventually } from '../harness/eventually.ts'
import { type Kubectl, kubectlFor, kubectlIsOnPath } from '../harness/kubectl.ts'

const describe = await describeWithEtcd()
const withKubectl = kubectlIsOnPath() || process.env.CI ? test : test.skip

const manifest = `
apiVersion: v1
kind: ConfigMap
metadata: {name: applied}
data: {a: "1"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}
`

describe('clients', () => {
  let api: TestApiServer
  let kubectl: Kubectl
  beforeAll(async () => {
    api = await startApiServer()
    kubectl = kubectlFor(api.adminKubeconfig)
    await api.ask('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
  })
  afterAll(async () => {
    kubectl.close()
    await api.stop()
  })

  const kube = async (...args: string[]) => (await kubectl.run(args)).stdout.trim()

  withKubectl('kubectl applies, and applies a change', async () => {
    const apply = async (text: string) => (await kubectl.run(['apply', '-f', '-'], text)).stdout.trim().split('\n')
    expect(await apply(manifest)).toEqual(['configmap/applied created', 'deployment.apps/web created'])
    expect(await apply(manifest)).toEqual(['configmap/applied unchanged', 'deployment.apps/web unchanged'])
    expect(await apply(manifest.replace('replicas: 2', 'replicas: 3'))).toContain('deployment.apps/web configured')
    expect(await kube('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}')).toBe('3')
    expect(await kube('get', 'deployment', 'web')).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +0\/3/)
    expect(await kube('get', 'deployment', 'web', '-o', 'wide')).toContain('nginx')
    expect(await kube('describe', 'deployment', 'web')).toContain('3 desired')
    expect(await kube('scale', 'deployment', 'web', '--replicas=1')).toBe('deployment.apps/web scaled')
    expect(await kube('set', 'image', 'deployment/web', 'web=nginx:2')).toBe('deployment.apps/web image updated')
    expect(await kube('delete', 'deployment', 'web')).toBe('deployment.apps "web" deleted')
  })

  withKubectl('kubectl creates, labels, shows and deletes', async () => {
    expect(await kube('create', 'namespace', 'team')).toBe('namespace/team created')
    await kube('create', 'configmap', 'made', '-n', 'team', '--from-literal=a=b')
    await kube('label', 'configmap', 'made', '-n', 'team', 'x=y')
    expect(await kube('get', 'cm', '-A', '-l', 'x=y', '--no-headers')).toMatch(/^team +made +1 +/)
    expect(await kube('get', 'cm', 'made', '-n', 'team', '-o', 'jsonpath={.data.a}')).toBe('b')
    expect(await kube('auth', 'can-i', 'delete', 'nodes')).toBe('yes')
    expect(await kube('explain', 'pod.spec.nodeName')).toContain('nodeName <string>')
    expect(await kube('api-resources', '--no-headers')).toMatch(/^deployments +deploy +apps\/v1 +true +Deployment$/m)
    expect(await kube('version')).toContain('Server Version: v1.36')
    expect(await kube('get', '--raw', '/readyz')).toBe('ok')
    expect(await kube('run', 'one', '--image=busybox', '--', 'sleep', '1')).toBe('pod/one created')
    expect(await kube('get', 'pod', 'one', '-o', 'jsonpath={.status.phase}')).toBe('Pending')
    await expect(kube('logs', 'one')).resolves.toBe('')
    await expect(kube('logs', 'one', '-c', 'two')).rejects.toThrow('container two is not valid for pod one')
  })

  withKubectl('kubectl says what is wrong in the server’s words', async () => {
    await expect(kube('get', 'pod', 'nobody')).rejects.toThrow('Error from server (NotFound): pods "nobody" not found')
    const unknown = manifest.replace('replicas: 2', 'replicaz: 2')
    await expect(kubectl.run(['apply', '-f', '-'], unknown)).rejects.toThrow('unknown field "spec.replicaz"')
    const jane = kubectlFor(api.kubeconfigFor(await api.userCert('jane')))
    await expect(jane.run(['get', 'pods'])).rejects.toThrow(
      'Error from server (Forbidden): pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
    )
    jane.close()
  })

  test('the official client reads, writes and watches', async () => {
    const config = new KubeConfig()
    config.loadFromString(api.adminKubeconfig)
    const core = config.makeApiClient(CoreV1Api)
    const namespace = 'default'
    const seen: string[] = []
    const watching = await new Watch(config).watch(
      '/api/v1/namespaces/default/configmaps',
      { fieldSelector: 'metadata.name=official' },
      (type: string) => seen.push(type),
      () => {},
    )
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'official' }, data: { a: '1' } } })
    const read = await core.readNamespacedConfigMap({ namespace, name: 'official' })
    expect(read.data).toEqual({ a: '1' })
    await core.replaceNamespacedConfigMap({ namespace, name: 'official', body: { ...read, data: { a: '2' } } })
    await core.deleteNamespacedConfigMap({ namespace, name: 'official' })
    await eventually(() => seen.length === 3)
    expect(seen).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
    watching.abort()
    await expect(core.readNamespacedConfigMap({ namespace, name: 'official' })).rejects.toMatchObject({ code: 404 })
    const deployments = await config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace })
    expect(deployments.items).toEqual([])
  })
})
