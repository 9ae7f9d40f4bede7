// What kubectl does with work that controllers carry out: rollouts, waiting, deletion with what hangs on it, nodes that
// are emptied, certificates.

import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { kubectls, Session } from '../harness/kubectls.ts'
import { type ControllerCluster, startControllerCluster } from './controller-cluster.ts'

let cluster: ControllerCluster

beforeAll(async () => {
  cluster = await startControllerCluster()
})

afterAll(() => cluster.stop())

describe.each(kubectls())('kubectl $version', ({ program, version, minor }) => {
  const name = `v${version.replace('.', '-')}`
  let k: Session

  beforeAll(async () => {
    k = new Session(cluster.api.adminKubeconfig, program, name)
    await k.must(`create namespace ${name}`)
    await k.must('create deployment web --image=nginx:1 --replicas=2')
  })

  afterAll(() => k.close())

  const deployed = (...args: string[]) => k.must(['get', 'deployment', 'web', '-o', ...args])

  test('rollout status waits, history remembers, undo goes back', async () => {
    expect(await k.must('rollout status deployment/web --timeout=30s')).toContain('"web" successfully rolled out')
    await k.must('set image deployment/web nginx=nginx:2')
    await k.must('annotate deployment web kubernetes.io/change-cause=newer')
    expect(await k.must('rollout status deployment/web --timeout=30s')).toContain('successfully rolled out')
    expect(await k.must('rollout history deployment/web')).toMatch(/1 +<none>\n2 +newer/)
    expect(await k.must('rollout history deployment/web --revision=1')).toMatch(/Image:\s+nginx:1/)
    expect(await k.must('rollout undo deployment/web')).toBe('deployment.apps/web rolled back')
    expect(await deployed('jsonpath={.spec.template.spec.containers[0].image}')).toBe('nginx:1')
    expect((await k.say('rollout undo deployment/web --to-revision=9')).err).toMatch(
      /unable to find specified revision/,
    )
  })

  test('rollout pause, resume and restart', async () => {
    expect(await k.must('rollout pause deployment/web')).toBe('deployment.apps/web paused')
    expect((await k.say('rollout pause deployment/web')).err).toContain('already paused')
    expect((await k.say('rollout restart deployment/web')).err).toContain("can't restart paused deployment")
    expect(await k.must('rollout resume deployment/web')).toBe('deployment.apps/web resumed')
    expect(await k.must('rollout restart deployment/web')).toBe('deployment.apps/web restarted')
    expect(await deployed('jsonpath={.spec.template.metadata.annotations}')).toContain('restartedAt')
    expect(await k.must('rollout status deployment/web --timeout=30s')).toContain('successfully rolled out')
  })

  test('wait for a condition, and in vain', async () => {
    expect(await k.must('wait --for=condition=available deployment/web --timeout=30s')).toContain('condition met')
    expect((await k.say('wait --for=condition=progressing=false deployment/web --timeout=1s')).err).toContain(
      'timed out',
    )
    if (minor < 23) return
    expect(await k.must(['wait', '--for=jsonpath={.spec.replicas}=2', 'deployment/web'])).toContain('condition met')
  })

  test('get and describe show what became of it', async () => {
    expect(await k.must('get deployment web')).toMatch(/web +2\/2 +2 +2/)
    expect(await k.must('get all')).toMatch(/replicaset.apps\/web-\w+ +2 +2 +2/)
    expect(await k.must('describe deployment web')).toMatch(/ScalingReplicaSet .*Scaled up replica set web-\w+/)
    expect(await k.must('get events')).toMatch(/SuccessfulCreate +replicaset\/web-\w+ +Created pod: web-/)
  })

  test('run, expose, and the pod’s end', async () => {
    await k.must('run one --image=nginx --port=80')
    expect(await k.must('wait --for=condition=ready pod/one --timeout=30s')).toContain('condition met')
    expect(await k.must('expose pod one --name=one')).toBe('service/one exposed')
    expect((await k.say('wait --for=delete pod/one --timeout=1s')).err).toContain('timed out')
    expect(await k.must('delete pod one --now')).toMatch(/^pod "one" deleted/)
    expect((await k.say('get pod one')).err).toContain('not found')
  })

  test('deletion leaves, or takes, what hangs on it', async () => {
    await k.must('create deployment orphaned --image=i')
    await k.must('rollout status deployment/orphaned --timeout=30s')
    const orphan = minor < 20 ? 'false' : 'orphan'
    expect(await k.must(`delete deployment orphaned --cascade=${orphan}`)).toContain('deleted')
    expect(await k.must('get replicasets -l app=orphaned -o name')).toMatch(/^replicaset.apps\/orphaned-/)
    expect(await k.must('delete replicasets -l app=orphaned')).toContain('deleted')
    await k.must('create deployment taken --image=i')
    await k.must('rollout status deployment/taken --timeout=30s')
    expect(await k.must('delete deployment taken --cascade=foreground --timeout=30s')).toContain('deleted')
    expect(await k.must('get replicasets -l app=taken -o name')).toBe('')
  })

  test('taint, cordon and drain', async () => {
    const node = `node-${name}`
    await k.must('create -f -', { apiVersion: 'v1', kind: 'Node', metadata: { name: node } })
    expect(await k.must(`taint node ${node} k=v:NoSchedule`)).toBe(`node/${node} tainted`)
    expect((await k.say(`taint node ${node} k=v:NoSchedule`)).err).toContain('already has k taint(s)')
    expect(await k.must(`taint node ${node} k-`)).toBe(`node/${node} untainted`)
    expect(await k.must(`cordon ${node}`)).toBe(`node/${node} cordoned`)
    expect(await k.must(`cordon ${node}`)).toContain('already cordoned')
    expect(await k.must(`get node ${node}`)).toMatch(/SchedulingDisabled/)
    expect(await k.must(`drain ${node} --dry-run=server`)).toContain(`node/${node} drained (server dry run)`)
    expect(await k.must(`drain ${node}`)).toMatch(new RegExp(`node/${node} (evicted|drained)`))
    expect(await k.must(`uncordon ${node}`)).toBe(`node/${node} uncordoned`)
    await k.must(`delete node ${node}`)
  })

  test('certificate approve and deny', async () => {
    const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const keys = await webcrypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
    const csr = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=carol', keys, signingAlgorithm }, webcrypto)
    const request = Buffer.from(csr.toString('pem')).toString('base64')
    for (const verdict of ['approve', 'deny']) {
      const csrName = `${name}-${verdict}`
      const spec = { request, signerName: 'example.com/tests', usages: ['client auth'] }
      const metadata = { name: csrName }
      await k.must('create -f -', {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata,
        spec,
      })
      expect(await k.must(`get csr ${csrName}`)).toMatch(/Pending/)
      const done = verdict === 'approve' ? 'approved' : 'denied'
      expect(await k.must(`certificate ${verdict} ${csrName}`)).toContain(`${csrName} ${done}`)
      expect(await k.must(`get csr ${csrName}`)).toMatch(verdict === 'approve' ? /Approved/ : /Denied/)
    }
    expect(await k.must(`describe csr ${name}-approve`)).toMatch(/Common Name: +carol/)
  })

  test('all of a namespace goes, and then the namespace', async () => {
    expect(await k.must('delete all --all --timeout=30s')).toMatch(/deployment.apps "web" deleted/)
    expect(await k.must(`delete namespace ${name} --timeout=30s`)).toContain(`namespace "${name}" deleted`)
    expect((await k.say(`get namespace ${name}`)).err).toContain('not found')
  })
})
