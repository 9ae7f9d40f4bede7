// How kubectl shows what is there: every output, explain for every kind, describe for every kind, what it finds in
// discovery, events, access; the same for a custom kind.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { kubectls, Session } from '../harness/kubectls.ts'

let api: TestApiServer

beforeAll(async () => {
  api = await startApiServer()
  await api.ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { body: crontabs })
})

afterAll(() => api.stop())

const crontabs = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', singular: 'crontab', kind: 'CronTab', shortNames: ['ct'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description: 'A table of times.',
            properties: {
              spec: {
                type: 'object',
                required: ['schedule'],
                properties: {
                  schedule: { type: 'string', description: 'When it begins.' },
                  either: { 'x-kubernetes-int-or-string': true },
                  anything: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
                },
              },
            },
          },
        },
      },
    ],
  },
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'one', labels: { app: 'one' } },
  spec: { containers: [{ name: 'c', image: 'nginx:1', ports: [{ containerPort: 80 }] }] },
}

/** A few at a time. */
async function inTurns<T, U>(values: T[], ask: (value: T) => Promise<U>): Promise<U[]> {
  const answers: U[] = []
  for (let at = 0; at < values.length; at += 6) answers.push(...(await Promise.all(values.slice(at, at + 6).map(ask))))
  return answers
}

describe.each(kubectls())('kubectl $version', ({ program, version, minor }) => {
  const name = `v${version.replace('.', '-')}`
  let k: Session
  let resources: { name: string; version: string }[]

  beforeAll(async () => {
    k = new Session(api.adminKubeconfig, program, name)
    await k.must(`create namespace ${name}`)
    await k.must('create serviceaccount default')
    await k.must('apply -f -', pod)
    await k.must('wait --for=condition=established crd/crontabs.stable.example.com --timeout=10s')
    const lines = (await k.must('api-resources --no-headers')).split('\n')
    resources = lines.map(line => {
      const words = line.split(/\s+/)
      return { name: words[0] ?? '', version: words.at(-3) ?? '' }
    })
  })

  afterAll(() => k.close())

  test.each([
    ['get pods', /^NAME +READY +STATUS +RESTARTS +AGE\none +0\/1 +Pending +0 +\S+$/],
    ['get pods -o wide', /NOMINATED NODE +READINESS GATES\n/],
    ['get pods -A --show-labels', /^NAMESPACE .* LABELS\n[\s\S]*app=one/],
    ['get pods -L app', / APP\n.* one$/],
    ['get pods --no-headers', /^one /],
    ['get pod one -o name', /^pod\/one$/],
    ['get pod one -o yaml', /^apiVersion: v1\nkind: Pod\n[\s\S]*qosClass: BestEffort$/],
    ['get pod one -o json', /"kind": "Pod"/],
    ['get pod one -o jsonpath={.spec.containers[*].image}', /^nginx:1$/],
    ['get pods -o custom-columns=N:.metadata.name,I:.spec.containers[0].image', /^N +I\none +nginx:1$/],
    ['get pod one -o go-template={{.metadata.name}}', /^one$/],
    ['get pods --field-selector=metadata.name=one -o name', /^pod\/one$/],
    ['get pods --field-selector=status.phase=Running -o name', /^$/],
    ['get pods -l app!=one', /^$/],
    ['get pods,sa -o name', /^pod\/one\nserviceaccount\/default$/],
    ['get ns --sort-by=.metadata.name -o name', /^namespace\/default\n/],
    ['get all', /^NAME .*\npod\/one /],
    ['get all -A', /service\/kubernetes/],
    ['get cs', /^Warning|^NAME|^$/],
    ['version --output=json', /"gitVersion": "v1\.36\.0"/],
    ['cluster-info', /is running at/],
    ['api-versions', /^admissionregistration\.k8s\.io\/v1\n[\s\S]*stable\.example\.com\/v1\n[\s\S]*\nv1$/],
    ['auth can-i create pods', /^yes$/],
    ['auth can-i --list', /\*\.\*/],
    ['get --raw /readyz', /^ok$/],
    ['get --raw /openapi/v2', /^\{"swagger":"2\.0"/],
  ])('%s', async (command, says) => {
    expect(await k.must(command)).toMatch(says)
  })

  test.each([
    ['get nothings', 'the server doesn\'t have a resource type "nothings"'],
    ['get pod two', 'pods "two" not found'],
    ['get pods --field-selector=spec.nothing=1', 'field label not supported: spec.nothing'],
    ['get pods -l a==b==c', "found '==', expected: ',' or 'end of string'"],
    ['top pods', 'Metrics API not available'],
    ['auth can-i create pods --as=bob', ''],
    ['get pods --as=bob', 'pods is forbidden: User "bob" cannot list resource "pods" in API group "" in the namespace'],
    ['logs two', 'pods "two" not found'],
  ])('%s fails', async (command, says) => {
    const { code, err } = await k.say(command)
    expect(code).toBe(1)
    expect(err).toContain(says)
  })

  test('explain --recursive, for every resource', async () => {
    const explained = await inTurns(resources, async ({ name: resource, version: groupVersion }) =>
      k.must(`explain ${resource} --api-version=${groupVersion} --recursive`),
    )
    for (const text of explained) {
      expect(text).toMatch(/KIND: +\w+/)
      expect(text).toMatch(/\n +apiVersion\t<string>/)
    }
    expect(explained.length).toBeGreaterThan(60)
  })

  test('explain a field', async () => {
    expect(await k.must('explain pod.spec.containers.ports.protocol')).toMatch(/FIELD: +protocol <string>/)
    expect(await k.must('explain deploy.spec.strategy')).toContain('rollingUpdate')
    expect((await k.say('explain pod.spec.nothing')).err).toContain('field "nothing" does not exist')
    expect(await k.must('explain hpa.spec --api-version=autoscaling/v1')).toContain('targetCPUUtilizationPercentage')
    expect(await k.must('explain hpa.spec --api-version=autoscaling/v2')).toContain('metrics')
  })

  test('a custom kind is explained, checked and shown like any other', async () => {
    expect(await k.must('explain ct')).toMatch(/A table of times\.[\s\S]*apiVersion\s+<string>\s+APIVersion defines/)
    expect(await k.must('explain ct.metadata')).toMatch(/Standard object's metadata[\s\S]*CreationTimestamp is a/)
    expect(await k.must('explain crontab.spec.schedule')).toContain('When it begins.')
    expect(await k.must('explain crontab --recursive')).toMatch(/anything[\s\S]*either[\s\S]*schedule/)
    const crontab = (spec: object) => ({
      apiVersion: 'stable.example.com/v1',
      kind: 'CronTab',
      metadata: { name: 'one' },
      spec,
    })
    const wrong = await k.say('apply -f -', crontab({ schedule: '@daily', shedule: 1 }))
    expect(wrong.err).toMatch(
      minor < 25 ? /unknown field "shedule"/ : /strict decoding error: unknown field "spec.shedule"/,
    )
    expect(await k.must('apply -f -', crontab({ schedule: '@daily', anything: { a: 1 } }))).toContain('/one created')
    expect(await k.must('apply -f -', crontab({ schedule: '@daily', anything: { a: 1 } }))).toContain('/one unchanged')
    expect(await k.must('get ct')).toMatch(/^NAME +AGE\none +\S+$/)
    expect(await k.must(['patch', 'ct', 'one', '--type=merge', '-p', '{"spec":{"either":"x"}}'])).toContain('patched')
    expect(await k.must('describe ct one')).toMatch(/Schedule: +@daily/)
    expect(await k.must('delete ct one')).toContain('deleted')
  })

  test('everything can be listed and described', async () => {
    const listed = (await k.must('api-resources --verbs=list -o name')).split('\n')
    expect(await k.must(`get ${listed.join(',')} -A -o wide`)).toContain('pod/one')
    // These look in versions that are gone, as they do at every newer server.
    const gone = minor < 25 ? ['cronjobs.batch', 'endpointslices.discovery.k8s.io', 'poddisruptionbudgets.policy'] : []
    const newer = ['ipaddresses.networking.k8s.io', 'servicecidrs.networking.k8s.io']
    const described = listed.filter(resource => ![...gone, ...newer].includes(resource))
    expect(await k.must(`describe ${described.join(',')}`)).toMatch(/Name: +one/)
  })

  test('describe tells what is known', async () => {
    expect(await k.must('describe pod one')).toMatch(
      /Containers:\n +c:\n[\s\S]*Image: +nginx:1[\s\S]*QoS Class: +BestEffort/,
    )
    expect(await k.must('describe ns default')).toMatch(/Status: +Active/)
    expect(await k.must('describe -n default service kubernetes')).toMatch(/IP: +10\.96\.0\.1/)
    expect(await k.must('describe clusterrole view')).toMatch(/Resources +Non-Resource URLs/)
  })

  test('events', async () => {
    const event = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'one.1', namespace: name },
      involvedObject: { kind: 'Pod', name: 'one', namespace: name },
      reason: 'Tested',
      message: 'it was looked at',
      type: 'Normal',
      firstTimestamp: new Date().toISOString(),
      lastTimestamp: new Date().toISOString(),
    }
    await api.ask('POST', `/api/v1/namespaces/${name}/events`, { body: event })
    expect(await k.must('get events')).toMatch(/Normal +Tested +pod\/one +it was looked at/)
    if (minor >= 26) expect(await k.must('events')).toMatch(/Normal +Tested +Pod\/one +it was looked at/)
  })

  test('who one is, and the names that a shell completes', async () => {
    if (minor < 28) return expect((await k.say('auth whoami')).code).not.toBe(0)
    expect(await k.must('auth whoami')).toMatch(/Username +kubernetes-super-admin/)
    expect((await k.must(['__complete', 'get', '-n', name, 'pods', ''])).split('\n')[0]).toBe('one')
  })
})
