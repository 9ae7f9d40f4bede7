import { describe, expect, test } from '@jest/globals'
import { defaultPullPolicy, tagOf } from './image-name.ts'
import { type Pod, pods } from './pod.ts'
import { qosClassOf } from './pod-qos.ts'
import type { Container, PodSpec } from './pod-types.ts'

const podOf = (spec: Partial<PodSpec>): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'default' },
  spec: { containers: [{ name: 'web', image: 'web:1' }], ...spec },
})

function defaulted(spec: Partial<PodSpec>): PodSpec {
  const pod = podOf(spec)
  pods.defaults?.(pod)
  return pod.spec as PodSpec
}

const container = (fields: Partial<Container>): Container => {
  const [first] = defaulted({ containers: [{ name: 'web', image: 'web:1', ...fields }] }).containers
  return first as Container
}

describe('defaults', () => {
  test('a spec that says nothing', () => {
    expect(defaulted({})).toEqual({
      containers: [
        {
          name: 'web',
          image: 'web:1',
          imagePullPolicy: 'IfNotPresent',
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          resources: {},
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      restartPolicy: 'Always',
      schedulerName: 'default-scheduler',
      securityContext: {},
      terminationGracePeriodSeconds: 30,
    })
  })

  test('what was said stays', () => {
    const spec = {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      enableServiceLinks: false,
      dnsPolicy: 'None',
    }
    expect(defaulted(spec)).toMatchObject(spec)
  })

  test('defaulting twice changes nothing', () => {
    const pod = podOf({ volumes: [{ name: 'v' }], hostNetwork: true })
    pods.defaults?.(pod)
    const once = structuredClone(pod)
    pods.defaults?.(pod)
    expect(pod).toEqual(once)
  })

  test.each<[string, Partial<Container>, Partial<Container>]>([
    ['a latest image is always pulled', { image: 'nginx' }, { imagePullPolicy: 'Always' }],
    ['ports', { ports: [{ containerPort: 80 }] }, { ports: [{ containerPort: 80, protocol: 'TCP' }] }],
    [
      'field references',
      { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      { env: [{ name: 'A', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } }] },
    ],
    [
      'probes',
      { readinessProbe: { httpGet: { port: 80 } } },
      {
        readinessProbe: {
          httpGet: { port: 80, path: '/', scheme: 'HTTP' },
          timeoutSeconds: 1,
          periodSeconds: 10,
          successThreshold: 1,
          failureThreshold: 3,
        },
      },
    ],
    [
      'limits are requests too',
      { resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } },
      { resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } } },
    ],
  ])('%s', (_, given, expected) => expect(container(given)).toMatchObject(expected))

  test.each<[string, object, object]>([
    ['a volume of no type is an emptyDir', {}, { emptyDir: {} }],
    ['configMap', { configMap: { name: 'c' } }, { configMap: { name: 'c', defaultMode: 420 } }],
    ['secret', { secret: { secretName: 's' } }, { secret: { secretName: 's', defaultMode: 420 } }],
    ['hostPath', { hostPath: { path: '/x' } }, { hostPath: { path: '/x', type: '' } }],
    [
      'projected tokens',
      { projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } },
      {
        projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }] },
      },
    ],
  ])('%s', (_, source, expected) => {
    expect(defaulted({ volumes: [{ name: 'v', ...source }] }).volumes).toEqual([{ name: 'v', ...expected }])
  })

  test('on the host network, host ports are the container ports', () => {
    const spec = defaulted({ hostNetwork: true, containers: [{ name: 'web', ports: [{ containerPort: 80 }] }] })
    expect(spec.containers[0]?.ports).toEqual([{ containerPort: 80, hostPort: 80, protocol: 'TCP' }])
  })

  test('the service account has two names', () => {
    expect(defaulted({ serviceAccountName: 'sa' })).toMatchObject({ serviceAccount: 'sa', serviceAccountName: 'sa' })
    expect(defaulted({ serviceAccount: 'sa' })).toMatchObject({ serviceAccount: 'sa', serviceAccountName: 'sa' })
  })
})

test.each([
  ['nginx', 'latest', 'Always'],
  ['nginx:latest', 'latest', 'Always'],
  ['nginx:1.27', '1.27', 'IfNotPresent'],
  ['registry:5000/nginx', 'latest', 'Always'],
  ['registry:5000/nginx:1', '1', 'IfNotPresent'],
  [`nginx@sha256:${'0'.repeat(64)}`, '', 'IfNotPresent'],
])('the tag of %s is "%s"', (image, tag, policy) => {
  expect(tagOf(image)).toBe(tag)
  expect(defaultPullPolicy(image)).toBe(policy)
})

describe('quality of service', () => {
  const both = { cpu: '1', memory: '1Gi' }
  test.each<[string, Container['resources'][], string]>([
    ['nothing asked for', [{}], 'BestEffort'],
    ['only zero asked for', [{ requests: { cpu: '0' } }], 'BestEffort'],
    ['requests only', [{ requests: { cpu: '100m' } }], 'Burstable'],
    ['limits of one resource', [{ limits: { cpu: '1' }, requests: { cpu: '1' } }], 'Burstable'],
    ['limits and equal requests', [{ limits: both, requests: { cpu: '1000m', memory: '1Gi' } }], 'Guaranteed'],
    ['one container without', [{ limits: both, requests: both }, {}], 'Burstable'],
  ])('%s', (_, all, expected) => {
    const containers = all.map((resources, i) => ({ name: `c${i}`, resources: resources ?? {} }))
    expect(qosClassOf({ containers })).toBe(expected)
  })
})

describe('strategy', () => {
  const { prepareForCreate, prepareForUpdate, gracePeriodSeconds } = pods.strategy ?? {}

  test('a new pod is pending, whatever it says', () => {
    const pod = { ...podOf({}), status: { phase: 'Running', podIP: '10.0.0.1' } }
    prepareForCreate?.(pod)
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' })
  })

  test('a gated pod says so', () => {
    const pod = podOf({ schedulingGates: [{ name: 'example.com/wait' }] })
    prepareForCreate?.(pod)
    expect(pod.status?.conditions).toEqual([
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ])
  })

  test('an update leaves the status, a status update the spec', () => {
    const old: Pod = { ...podOf({ nodeName: 'n' }), status: { phase: 'Running', qosClass: 'BestEffort' } }
    const next: Pod = { ...podOf({ nodeName: 'm' }), status: { phase: 'Failed' } }
    const updated = structuredClone(next)
    prepareForUpdate?.(updated, old)
    expect(updated.status).toEqual(old.status)
    const status = structuredClone(next)
    pods.subresources?.status?.prepareForUpdate?.(status, old)
    expect(status.spec).toEqual(old.spec)
    expect(status.status).toEqual({ phase: 'Failed', qosClass: 'BestEffort' })
  })

  test.each<[string, Partial<PodSpec>, string, number | undefined, number]>([
    ['the pod says how long', { nodeName: 'n', terminationGracePeriodSeconds: 30 }, 'Running', undefined, 30],
    ['the request says how long', { nodeName: 'n', terminationGracePeriodSeconds: 30 }, 'Running', 5, 5],
    ['at once on request', { nodeName: 'n', terminationGracePeriodSeconds: 30 }, 'Running', 0, 0],
    ['at once where it never ran', { terminationGracePeriodSeconds: 30 }, 'Pending', undefined, 0],
    ['at once when it has ended', { nodeName: 'n', terminationGracePeriodSeconds: 30 }, 'Succeeded', 30, 0],
    ['less than nothing is one second', { nodeName: 'n', terminationGracePeriodSeconds: -5 }, 'Running', undefined, 1],
  ])('deletion: %s', (_, spec, phase, requested, expected) => {
    expect(gracePeriodSeconds?.({ ...podOf(spec), status: { phase } }, requested)).toBe(expected)
  })
})

test('fields that select pods', () => {
  const pod: Pod = {
    ...podOf({ nodeName: 'n', restartPolicy: 'Never', hostNetwork: true }),
    status: { phase: 'Running', podIPs: [{ ip: '10.0.0.1' }] },
  }
  const fields = Object.entries(pods.selectableFields ?? {}).map(([path, read]) => [path, read(pod)])
  expect(Object.fromEntries(fields)).toMatchObject({
    'spec.nodeName': 'n',
    'spec.restartPolicy': 'Never',
    'spec.hostNetwork': 'true',
    'status.phase': 'Running',
    'status.podIP': '10.0.0.1',
    'status.nominatedNodeName': '',
  })
})
