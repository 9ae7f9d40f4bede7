// Everything that kubectl makes objects from without a file: each generator, by the newest and the oldest kubectl.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createCa } from '../../lib/pki/issue.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { kubectls, Session } from '../harness/kubectls.ts'

let api: TestApiServer
const dir = mkdtempSync(join(tmpdir(), 'binnacle-create-'))

beforeAll(async () => {
  api = await startApiServer()
  const { cert, key } = await createCa({ commonName: 'web' })
  writeFileSync(join(dir, 'tls.crt'), cert)
  writeFileSync(join(dir, 'tls.key'), key)
})

afterAll(async () => {
  rmSync(dir, { recursive: true })
  await api.stop()
})

describe.each(kubectls())('kubectl $version', ({ program, version, minor }) => {
  const name = `v${version.replace('.', '-')}`
  let k: Session

  beforeAll(async () => {
    k = new Session(api.adminKubeconfig, program, name)
    await k.must(`create namespace ${name}`)
    // What a controller does elsewhere.
    await k.must('create serviceaccount default')
  })

  afterAll(() => k.close())

  /** `path`: what to look at afterwards, and what must be there. */
  const made: [command: string, says: string, path?: string, there?: object][] = [
    [
      `create clusterrole ${name} --verb=get,list --resource=pods,deployments.apps`,
      `clusterrole.rbac.authorization.k8s.io/${name} created`,
      `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}`,
      {
        rules: [
          { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
          { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list'] },
        ],
      },
    ],
    [
      `create clusterrole ${name}-paths --verb=get --non-resource-url=/logs/*`,
      `clusterrole.rbac.authorization.k8s.io/${name}-paths created`,
    ],
    [
      `create clusterrole ${name}-sum --aggregation-rule=example.com/sum=true`,
      `clusterrole.rbac.authorization.k8s.io/${name}-sum created`,
      `/apis/rbac.authorization.k8s.io/v1/clusterroles/${name}-sum`,
      { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { 'example.com/sum': 'true' } }] } },
    ],
    [
      `create clusterrolebinding ${name} --clusterrole=view --user=bob --group=dev --serviceaccount=${name}:default`,
      `clusterrolebinding.rbac.authorization.k8s.io/${name} created`,
      `/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/${name}`,
      { roleRef: { kind: 'ClusterRole', name: 'view' } },
    ],
    [
      `create configmap made --from-literal=a=b --from-file=${dir}/tls.crt`,
      'configmap/made created',
      `/api/v1/namespaces/${name}/configmaps/made`,
      { data: { a: 'b', 'tls.crt': expect.stringContaining('BEGIN CERTIFICATE') } },
    ],
    [
      'create deployment web --image=nginx --replicas=2 --port=80',
      'deployment.apps/web created',
      `/apis/apps/v1/namespaces/${name}/deployments/web`,
      { metadata: { labels: { app: 'web' } }, spec: { replicas: 2 } },
    ],
    [
      'create ingress made --rule=example.com/path*=web:80,tls=made --class=nginx',
      'ingress.networking.k8s.io/made created',
      `/apis/networking.k8s.io/v1/namespaces/${name}/ingresses/made`,
      { spec: { ingressClassName: 'nginx', tls: [{ hosts: ['example.com'], secretName: 'made' }] } },
    ],
    ['create job made --image=busybox -- true', 'job.batch/made created'],
    [`create namespace ${name}-more`, `namespace/${name}-more created`],
    [
      `create priorityclass ${name} --value=1000 --description=high`,
      `priorityclass.scheduling.k8s.io/${name} created`,
      `/apis/scheduling.k8s.io/v1/priorityclasses/${name}`,
      { value: 1000, preemptionPolicy: 'PreemptLowerPriority' },
    ],
    [
      'create quota made --hard=cpu=10,pods=20 --scopes=NotTerminating',
      'resourcequota/made created',
      `/api/v1/namespaces/${name}/resourcequotas/made`,
      { spec: { hard: { cpu: '10', pods: '20' }, scopes: ['NotTerminating'] } },
    ],
    ['create role made --verb=get --resource=pods', 'role.rbac.authorization.k8s.io/made created'],
    ['create rolebinding made --role=made --user=bob', 'rolebinding.rbac.authorization.k8s.io/made created'],
    [
      'create secret generic made --from-literal=p=secret',
      'secret/made created',
      `/api/v1/namespaces/${name}/secrets/made`,
      { type: 'Opaque', data: { p: 'c2VjcmV0' } },
    ],
    [
      'create secret docker-registry pull --docker-server=r.example.com --docker-username=u --docker-password=p',
      'secret/pull created',
      `/api/v1/namespaces/${name}/secrets/pull`,
      { type: 'kubernetes.io/dockerconfigjson' },
    ],
    [
      `create secret tls tls --cert=${dir}/tls.crt --key=${dir}/tls.key`,
      'secret/tls created',
      `/api/v1/namespaces/${name}/secrets/tls`,
      { type: 'kubernetes.io/tls' },
    ],
    ['create service clusterip cluster --tcp=80:8080', 'service/cluster created'],
    ['create service clusterip headless --clusterip=None --tcp=80', 'service/headless created'],
    [
      'create service nodeport node --tcp=80:8080',
      'service/node created',
      `/api/v1/namespaces/${name}/services/node`,
      { spec: { type: 'NodePort', ports: [{ port: 80, targetPort: 8080, nodePort: expect.any(Number) }] } },
    ],
    ['create service loadbalancer balancer --tcp=80', 'service/balancer created'],
    [
      'create service externalname outside --external-name=example.com',
      'service/outside created',
      `/api/v1/namespaces/${name}/services/outside`,
      { spec: { type: 'ExternalName', externalName: 'example.com' } },
    ],
    ['create serviceaccount robot', 'serviceaccount/robot created'],
    ['run one --image=nginx --labels=app=one --port=80 --env=A=b', 'pod/one created'],
    ['expose pod one --port=80 --name=one', 'service/one exposed'],
    [
      'expose deployment web --port=80 --target-port=8080 --type=NodePort',
      'service/web exposed',
      `/api/v1/namespaces/${name}/services/web`,
      { spec: { selector: { app: 'web' }, type: 'NodePort' } },
    ],
    [
      'autoscale deployment web --min=1 --max=3 --cpu-percent=50',
      'horizontalpodautoscaler.autoscaling/web autoscaled',
      `/apis/autoscaling/v2/namespaces/${name}/horizontalpodautoscalers/web`,
      { spec: { minReplicas: 1, maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' } } },
    ],
  ]

  test.each(made)('%s', async (...row) => {
    const [command, says, path, there] = row
    expect(await k.must(command)).toBe(says)
    if (path) expect((await api.ask('GET', path)).json).toMatchObject(there ?? {})
    if (command.startsWith('create')) expect((await k.say(command)).err).toContain('already exists')
  })

  // What older ones create is in versions that 1.25 took away, as upstream's answer to them is.
  test.each([
    [
      'create cronjob made --image=busybox --schedule=@hourly -- true',
      'cronjob.batch/made created',
      21,
      'the server could not find the requested resource',
    ],
    ['create job from-it --from=cronjob/made', 'job.batch/from-it created', 21, 'not found'],
    [
      'create pdb made --selector=app=web --min-available=1',
      'poddisruptionbudget.policy/made created',
      21,
      'no matches for kind',
    ],
  ])('%s', async (command, says, since, otherwise) => {
    if (minor >= since) expect(await k.must(command)).toBe(says)
    else expect((await k.say(command)).err).toContain(otherwise)
  })

  test('create token', async () => {
    if (minor < 24) return expect((await k.say('create token robot')).code).not.toBe(0)
    const token = await k.must('create token default --duration=10m --audience=example')
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    expect(payload).toMatchObject({ aud: ['example'], sub: `system:serviceaccount:${name}:default` })
  })

  test('a dry run makes nothing', async () => {
    expect(await k.must('create configmap dry --dry-run=server')).toBe('configmap/dry created (server dry run)')
    expect(await k.must('create configmap dry --dry-run=client')).toBe('configmap/dry created (dry run)')
    expect((await api.ask('GET', `/api/v1/namespaces/${name}/configmaps/dry`)).status).toBe(404)
  })

  test('a file with a mistake is refused, and says where', async () => {
    const wrong = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wrong' }, dta: { a: 'b' } }
    const { code, err } = await k.say('create -f -', wrong)
    expect(code).toBe(1)
    expect(err).toMatch(
      minor < 25 ? /unknown field "dta" in .*ConfigMap/ : /strict decoding error: unknown field "dta"/,
    )
  })
})
