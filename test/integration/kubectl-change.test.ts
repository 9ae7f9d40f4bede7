// How kubectl changes what is there: apply on either side, diff, patches, replace, edit, label, set, scale, delete.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { kubectls, Session } from '../harness/kubectls.ts'

let api: TestApiServer
const dir = mkdtempSync(join(tmpdir(), 'binnacle-change-'))

beforeAll(async () => {
  api = await startApiServer()
})

afterAll(async () => {
  rmSync(dir, { recursive: true })
  await api.stop()
})

const deployment = (image: string, replicas?: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'app', labels: { app: 'app' } },
  spec: {
    ...(replicas === undefined ? {} : { replicas }),
    selector: { matchLabels: { app: 'app' } },
    template: {
      metadata: { labels: { app: 'app' } },
      spec: { containers: [{ name: 'c', image, ports: [{ containerPort: 80 }] }] },
    },
  },
})
const configMap = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'conf' },
  data,
})
const list = (...items: object[]) => ({ apiVersion: 'v1', kind: 'List', items })
// An editor that replaces text in the file it is given; each kubectl takes it over when it is first called.
process.env.KUBE_EDITOR = join(dir, 'editor')
function editorReplaces(from: string, to: string): void {
  writeFileSync(join(dir, 'editor'), `#!/bin/sh\nsed -i 's/${from}/${to}/' "$1"\n`, { mode: 0o755 })
}

describe.each(kubectls())('kubectl $version', ({ program, version, minor }) => {
  const name = `v${version.replace('.', '-')}`
  const path = `/apis/apps/v1/namespaces/${name}/deployments/app`
  let k: Session
  const spec = async () => (await api.ask('GET', path)).json.spec

  beforeAll(async () => {
    k = new Session(api.adminKubeconfig, program, name)
    await k.must(`create namespace ${name}`)
  })

  afterAll(() => k.close())

  test('apply creates, then has nothing to do, then changes; diff says what', async () => {
    const first = list(deployment('nginx:1', 2), configMap({ a: '1' }))
    const second = list(deployment('nginx:2', 2), configMap({ a: '1' }))
    const diff = await k.say('diff -f -', first)
    expect(diff.code).toBe(1)
    expect(diff.out).toContain('+      - image: nginx:1')
    expect((await k.must('apply -f -', first)).split('\n')).toEqual([
      'deployment.apps/app created',
      'configmap/conf created',
    ])
    expect(await k.say('diff -f -', first)).toMatchObject({ code: 0, out: '' })
    expect(await k.must('apply -f -', first)).toBe('deployment.apps/app unchanged\nconfigmap/conf unchanged')
    const changed = await k.say('diff -f -', second)
    expect(changed.out).toMatch(/-\s+- image: nginx:1\n\+\s+- image: nginx:2/)
    expect(changed.out).not.toContain('ConfigMap')
    expect(await k.must('apply --dry-run=server -f -', second)).toBe(
      'deployment.apps/app configured (server dry run)\nconfigmap/conf unchanged (server dry run)',
    )
    expect(await k.must('apply -f -', second)).toBe('deployment.apps/app configured\nconfigmap/conf unchanged')
    expect((await spec()).template.spec.containers[0].image).toBe('nginx:2')
    expect(await k.must('apply view-last-applied deployment/app -o json')).toContain('"image": "nginx:2"')
  })

  test('apply takes away what is no longer there, and leaves what others set', async () => {
    await k.must('annotate deployment app note=mine')
    await k.must('apply -f -', deployment('nginx:2'))
    expect((await spec()).replicas).toBe(1)
    expect((await api.ask('GET', path)).json.metadata.annotations.note).toBe('mine')
    expect(await k.must('annotate deployment app note-')).toMatch(/^deployment.apps\/app (un)?annotated$/)
  })

  test('apply on the server’s side, and what it says of a conflict', async () => {
    const mine = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data: { a: 'mine' } }
    const theirs = { ...mine, data: { a: 'theirs' } }
    expect(await k.must('apply --server-side --field-manager=me -f -', mine)).toBe(
      'configmap/shared serverside-applied',
    )
    const { code, err } = await k.say('apply --server-side --field-manager=you -f -', theirs)
    expect(code).toBe(1)
    expect(err).toContain('Apply failed with 1 conflict: conflict with "me": .data.a')
    expect(await k.must('apply --server-side --force-conflicts --field-manager=you -f -', theirs)).toBe(
      'configmap/shared serverside-applied',
    )
    expect(await k.must('get configmap shared -o jsonpath={.data.a}')).toBe('theirs')
    const diff = await k.say('diff --server-side --force-conflicts --field-manager=me -f -', mine)
    expect(diff.out).toMatch(/-\s+a: theirs\n\+\s+a: mine/)
  })

  test.each([
    ['strategic', '{"spec":{"template":{"spec":{"containers":[{"name":"side","image":"busybox"}]}}}}', ['c', 'side']],
    ['merge', '{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:3"}]}}}}', ['c']],
    ['json', '[{"op":"replace","path":"/spec/template/spec/containers/0/name","value":"d"}]', ['d']],
  ])('patch --type=%s', async (type, patch, containers) => {
    expect(await k.must(['patch', 'deployment', 'app', `--type=${type}`, '-p', patch])).toBe(
      'deployment.apps/app patched',
    )
    const names = (await spec()).template.spec.containers.map((c: { name: string }) => c.name)
    expect(names.sort()).toEqual(containers)
  })

  test('a patch that changes nothing says so', async () => {
    const patch = ['patch', 'deployment', 'app', '-p', '{"spec":{"replicas":1}}']
    expect(await k.must(patch)).toBe('deployment.apps/app patched (no change)')
  })

  test('replace, and by force', async () => {
    const before = (await api.ask('GET', path)).json.metadata.uid
    expect(await k.must('replace -f -', deployment('nginx:4', 3))).toBe('deployment.apps/app replaced')
    expect((await api.ask('GET', path)).json).toMatchObject({ metadata: { uid: before }, spec: { replicas: 3 } })
    expect(await k.must('replace --force -f -', deployment('nginx:4', 3))).toContain('deployment.apps/app replaced')
    expect((await api.ask('GET', path)).json.metadata.uid).not.toBe(before)
    const gone = { ...configMap({}), metadata: { name: 'never' } }
    expect((await k.say('replace -f -', gone)).err).toContain('configmaps "never" not found')
  })

  test('edit', async () => {
    editorReplaces('replicas: 3', 'replicas: 4')
    expect(await k.must('edit deployment app')).toBe('deployment.apps/app edited')
    expect((await spec()).replicas).toBe(4)
    editorReplaces('nothing', 'nothing')
    expect((await k.say('edit deployment app')).err).toContain('Edit cancelled, no changes made.')
  })

  test('label and annotate', async () => {
    expect(await k.must('label deployment app tier=web')).toBe('deployment.apps/app labeled')
    expect((await k.say('label deployment app tier=db')).err).toContain("'tier' already has a value (web)")
    expect(await k.must('label deployment app tier=db --overwrite')).toBe('deployment.apps/app labeled')
    expect(await k.must('get deployment -l tier=db -o name')).toBe('deployment.apps/app')
    await k.must('label deployment app tier-')
    expect(await k.must('get deployment -l tier -o name')).toBe('')
    expect((await k.say('label deployment app tier=-bad-')).err).toContain('a valid label must be')
    expect(await k.must('annotate configmap conf a/b=c')).toBe('configmap/conf annotated')
  })

  test('scale', async () => {
    expect(await k.must('scale deployment app --replicas=5')).toBe('deployment.apps/app scaled')
    expect((await spec()).replicas).toBe(5)
    if (minor >= 24) {
      const shown = await k.must('get deployment app --subresource=scale')
      expect(shown).toMatch(/^NAME +DESIRED +AVAILABLE +AGE\napp +5 +0 /)
    }
    const { err } = await k.say('scale deployment app --current-replicas=7 --replicas=2')
    expect(err).toMatch(/Expected replicas to be 7, was 5/)
  })

  test.each([
    ['set image deployment/app c=nginx:5', 'image updated', '{.spec.template.spec.containers[0].image}', 'nginx:5'],
    ['set env deployment/app A=b', 'env updated', '{.spec.template.spec.containers[0].env[0].value}', 'b'],
    [
      'set resources deployment app --limits=cpu=1,memory=64Mi',
      'resource requirements updated',
      '{.spec.template.spec.containers[0].resources.limits.memory}',
      '64Mi',
    ],
    [
      'set serviceaccount deployment app robot',
      'serviceaccount updated',
      '{.spec.template.spec.serviceAccountName}',
      'robot',
    ],
  ])('%s', async (command, says, where, value) => {
    expect(await k.must(command)).toBe(`deployment.apps/app ${says}`)
    expect(await k.must(['get', 'deployment', 'app', '-o', `jsonpath=${where}`])).toBe(value)
  })

  test('set selector and set subject', async () => {
    await k.must('create service clusterip app --tcp=80')
    expect(await k.must('set selector service app x=y')).toBe('service/app selector updated')
    expect(await k.must(['get', 'service', 'app', '-o', 'jsonpath={.spec.selector.x}'])).toBe('y')
    await k.must('create role r --verb=get --resource=pods')
    await k.must('create rolebinding rb --role=r --user=u')
    expect(await k.must('set subject rolebinding rb --user=v --group=g')).toContain('subjects updated')
    expect(await k.must(['get', 'rolebinding', 'rb', '-o', 'jsonpath={.subjects[*].name}'])).toBe('u v g')
  })

  test('auth reconcile', async () => {
    const rules = (...verbs: string[]) => [{ apiGroups: [''], resources: ['pods'], verbs }]
    const role = (verbs: string[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reconciled', namespace: name },
      rules: rules(...verbs),
    })
    expect(await k.must('auth reconcile -f -', role(['get', 'list']))).toContain('reconciled')
    await k.must('auth reconcile -f -', role(['get']))
    const verbs = ['get', 'role', 'reconciled', '-o', 'jsonpath={.rules[*].verbs[*]}']
    expect(await k.must(verbs)).toBe('get list')
    await k.must('auth reconcile --remove-extra-permissions -f -', role(['get']))
    expect(await k.must(verbs)).toBe('get')
  })

  test('delete by name, by label, all of a kind', async () => {
    await k.must('create configmap one')
    await k.must('create configmap two')
    await k.must('label configmap two which=two')
    expect(await k.must('delete configmap --all --dry-run=server')).toContain(
      'configmap "one" deleted (server dry run)',
    )
    expect(await k.must('delete configmap one')).toMatch(/^configmap "one" deleted/)
    expect((await k.say('delete configmap one')).err).toContain('configmaps "one" not found')
    expect(await k.must('delete configmap one --ignore-not-found')).toBe('')
    expect(await k.must('delete configmap -l which=two')).toMatch(/^configmap "two" deleted/)
    await k.must('delete configmap --all')
    expect(await k.must('get configmap -o name')).toBe('')
    expect((await k.say('wait --for=delete configmap/one --timeout=5s')).code).toBe(minor < 23 ? 1 : 0)
  })
})
