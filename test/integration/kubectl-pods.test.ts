// What kubectl's users meet when they write pods and workloads: refusals in upstream's words, warnings, and the changes
// that each kind lets through.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { kubectls, Session } from '../harness/kubectls.ts'

const container = { name: 'web', image: 'web:1' }
const labels = { app: 'web' }
const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [container], ...spec },
})
const workload = (kind: string, spec: object = {}, podSpec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: kind.toLowerCase() },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container], ...podSpec } },
    ...spec,
  },
})

let api: TestApiServer

beforeAll(async () => {
  api = await startApiServer()
})

afterAll(() => api.stop())

describe.each(kubectls())('kubectl $version', ({ program, version }) => {
  let k: Session

  beforeAll(async () => {
    k = new Session(api.adminKubeconfig, program, `v${version.replace('.', '-')}`)
    await k.must(`create namespace ${k.namespace}`)
    await k.must('create serviceaccount default')
  })

  afterAll(() => k.close())

  const path = (kind: string, name: string, view = '') => {
    const root = kind === 'pods' ? '/api/v1' : '/apis/apps/v1'
    return `${root}/namespaces/${k.namespace}/${kind}/${name}${view ? `/${view}` : ''}`
  }
  const get = async (kind: string, name: string) => (await api.ask('GET', path(kind, name))).json
  const patch = (at: string, body: object) =>
    api.ask('PATCH', at, { body, headers: { 'content-type': 'application/strategic-merge-patch+json' } })

  test.each<[string, object, string]>([
    ['no containers', { containers: [] }, 'spec.containers: Required value'],
    ['a container twice', { containers: [container, container] }, 'spec.containers[1].name: Duplicate value: "web"'],
    [
      'a restart policy',
      { restartPolicy: 'Sometimes' },
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      'a request beyond the limit',
      { containers: [{ ...container, resources: { limits: { cpu: '1' }, requests: { cpu: '2' } } }] },
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      'a mount of nothing',
      { containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] },
      'spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      'a debug container from the start',
      { ephemeralContainers: [{ name: 'debug', image: 'sh:1' }] },
      'spec.ephemeralContainers: Forbidden: cannot be set on create',
    ],
  ])('a pod with %s', async (_, spec, message) => {
    const said = await k.say('create --validate=false -f -', pod('bad', spec))
    expect(said).toEqual({ code: 1, out: '', err: `The Pod "bad" is invalid: ${message}` })
  })

  test('run, and what may change of it', async () => {
    const { out, err } = await k.say('run web --image=web:1 --port=80 --env=A=1 --env=A=2 --labels=app=web')
    expect(out).toBe('pod/web created')
    expect(err).toContain(
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    )
    expect(await k.must('set image pod/web web=web:2')).toMatch(/^pod\/web image updated$/)
    expect((await get('pods', 'web')).metadata.generation).toBe(2)
    const { code, err: refused } = await k.say('set env pod/web B=2')
    expect(code).toBe(1)
    expect(refused).toContain(
      'Pod "web" is invalid: spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,',
    )
    expect(refused).toMatch(/^\+ +"name": "B",$/m)
    await k.must('label pod web a=b')
    expect((await get('pods', 'web')).metadata.generation).toBe(2)
  })

  test('resized, debugged and reported on', async () => {
    const resources = { requests: { cpu: '1' } }
    await k.must('create -f -', pod('small', { containers: [{ ...container, resources }] }))
    const asks = (cpu: string) => ({
      spec: { containers: [{ name: 'web', image: 'x', resources: { requests: { cpu } } }] },
    })
    const resized = await patch(path('pods', 'small', 'resize'), asks('500m'))
    expect(resized.json.spec.containers[0]).toMatchObject({ image: 'web:1', resources: { requests: { cpu: '500m' } } })
    const limits = { spec: { containers: [{ name: 'web', resources: { limits: { cpu: '500m', memory: '1Gi' } } }] } }
    expect((await patch(path('pods', 'small', 'resize'), limits)).json.message).toBe(
      'Pod "small" is invalid: spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    )
    const debug = { spec: { ephemeralContainers: [{ name: 'debug', image: 'sh:1', targetContainerName: 'none' }] } }
    expect((await patch(path('pods', 'small', 'ephemeralcontainers'), debug)).json.message).toBe(
      'Pod "small" is invalid: spec.ephemeralContainers[0].targetContainerName: Not found: "none"',
    )
    const status = { status: { podIPs: [{ ip: '10.0.0.01' }] } }
    expect((await patch(path('pods', 'small', 'status'), status)).json.message).toBe(
      'Pod "small" is invalid: status.podIPs[0]: Invalid value: "10.0.0.01": must not have leading 0s',
    )
  })

  test('gated, and narrowed meanwhile', async () => {
    await k.must('create --validate=false -f -', pod('gated', { schedulingGates: [{ name: 'a.b/c' }] }, { labels }))
    expect(await k.must('get pod gated --no-headers')).toMatch(/^gated +0\/1 +SchedulingGated +0 /)
    const select = (value: string) => [
      'patch',
      'pod',
      'gated',
      '-p',
      JSON.stringify({ spec: { nodeSelector: { a: value } } }),
    ]
    await k.must(select('b'))
    expect((await k.say(select('c'))).err).toBe(
      'The Pod "gated" is invalid: spec.nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    )
    await k.must(['patch', 'pod', 'gated', '--type=json', '-p', '[{"op":"remove","path":"/spec/schedulingGates"}]'])
  })

  test.each<[string, string, string]>([
    [
      'Deployment',
      '{"strategy":{"type":"Recreate"}}',
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      'StatefulSet',
      '{"serviceName":"other"}',
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ],
    [
      'DaemonSet',
      '{"updateStrategy":{"rollingUpdate":{"maxSurge":1}}}',
      'spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero',
    ],
    [
      'ReplicaSet',
      '{"template":{"spec":{"restartPolicy":"Never"}}}',
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
  ])('a %s and its selector', async (kind, change, message) => {
    const resource = kind.toLowerCase()
    const { err } = await k.say(
      'create -f -',
      workload(kind, {}, { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }),
    )
    expect(err).toBe(
      'Warning: spec.template.spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    )
    const say = (spec: string) => k.say(['patch', resource, resource, '-p', `{"spec":${spec}}`])
    expect((await say(change)).err).toBe(`The ${kind} "${resource}" is invalid: ${message}`)
    const { err: selector } = await say('{"selector":{"matchLabels":{"tier":"a"}}}')
    expect(selector).toContain(
      '* spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    )
    expect(selector).toContain(
      kind === 'StatefulSet'
        ? '* spec: Forbidden: '
        : '* spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"a"}}: field is immutable',
    )
  })

  test('a scale is checked, and only where it is what was seen', async () => {
    await k.must('create deployment scaled --image=web:1 --replicas=3')
    expect(await k.must('scale deployment scaled --replicas=5 --current-replicas=3')).toBe(
      'deployment.apps/scaled scaled',
    )
    const scale = path('deployments', 'scaled', 'scale')
    const { json } = await api.ask('GET', scale)
    expect(json).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 5 },
      status: { replicas: 0, selector: 'app=scaled' },
    })
    const put = (change: object) => api.ask('PUT', scale, { body: { ...json, ...change } })
    expect((await put({ spec: { replicas: -1 } })).json.message).toBe(
      'Scale.autoscaling "scaled" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    )
    const old = await put({ metadata: { ...json.metadata, resourceVersion: '1' } })
    expect([old.status, old.json.reason]).toEqual([409, 'Conflict'])
    const other = await put({ metadata: { ...json.metadata, uid: 'other' } })
    expect([other.status, other.json.reason]).toEqual([409, 'Conflict'])
  })
})
