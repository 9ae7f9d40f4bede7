import { describe, expect, test } from '@jest/globals'
import { testContainer, testImage, testPod } from '../../test/harness/kubelet.ts'
import type { ConfigMap } from '../kinds/core/config-map.ts'
import type { Secret } from '../kinds/core/secret.ts'
import type { Service } from '../kinds/core/service.ts'
import { type ContainerInput, containerConfig } from './container-config.ts'
import type { Container, Pod } from './pod.ts'
import { PodPaths } from './pod-paths.ts'

const configMap: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cm' },
  data: { colour: 'red', 'with.dot': 'dotted' },
}
const secret: Secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'sec' },
  data: { password: Buffer.from('hunter2').toString('base64') },
}

function service(name: string, namespace: string, spec: Service['spec']): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, ...(spec ? { spec } : {}) }
}

function config(
  container: Partial<Container> = {},
  more: Partial<ContainerInput> = {},
  spec: Partial<NonNullable<Pod['spec']>> = {},
) {
  const app = testContainer('web', container)
  return containerConfig({
    pod: testPod({ containers: [app], ...spec }),
    container: { kind: 'app', spec: app },
    attempt: 2,
    backOffMs: 20_000,
    image: testImage(),
    references: {
      configMap: name => (name === 'cm' ? configMap : undefined),
      secret: name => (name === 'sec' ? secret : undefined),
    },
    services: [],
    facts: {
      podIPs: ['10.244.0.5', 'fd00::5'],
      hostIPs: ['192.0.2.1'],
      allocatable: { cpu: '2', memory: '1000Mi' },
    },
    volumePaths: new Map([['data', '/vol/data']]),
    subPath: (volume, path) => `${volume}!${path}`,
    paths: new PodPaths({ rootDir: '/root', logDir: '/logs' }),
    nodeMemoryBytes: 1000 * 1024 * 1024,
    ...more,
  })
}

const env = (...args: Parameters<typeof config>) => Object.fromEntries(config(...args).env.map(e => [e.name, e.value]))

describe('environment', () => {
  test('variables refer to those before them, in any of the sources', () => {
    const found = env({
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', value: '$(A)-$(LATER)-$$(A)-$(colour)' },
        { name: 'LATER', value: 'x' },
      ],
      envFrom: [{ configMapRef: { name: 'cm' } }],
    })
    expect(found).toMatchObject({ B: 'a-$(LATER)-$(A)-red' })
  })

  test.each<[string, object, string]>([
    ['a field', { fieldRef: { fieldPath: 'metadata.name' } }, 'web'],
    ['the pod address', { fieldRef: { fieldPath: 'status.podIP' } }, '10.244.0.5'],
    ['all of them', { fieldRef: { fieldPath: 'status.podIPs' } }, '10.244.0.5,fd00::5'],
    ['the node', { fieldRef: { fieldPath: 'spec.nodeName' } }, 'node-1'],
    ['a label', { fieldRef: { fieldPath: "metadata.labels['app']" } }, ''],
    ['a limit', { resourceFieldRef: { resource: 'limits.cpu' } }, '1'],
    ['a limit by its divisor', { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } }, '500'],
    [
      "the node's for a limit that is not set",
      { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } },
      '1000',
    ],
    ['a request that is not set', { resourceFieldRef: { resource: 'requests.memory' } }, '0'],
    ['a key of a ConfigMap', { configMapKeyRef: { name: 'cm', key: 'colour' } }, 'red'],
    ['a key of a Secret', { secretKeyRef: { name: 'sec', key: 'password' } }, 'hunter2'],
  ])('%s', (_, valueFrom, value) => {
    expect(env({ env: [{ name: 'X', valueFrom }], resources: { limits: { cpu: '500m' } } }).X).toBe(value)
  })

  test.each<[string, Partial<Container>, string]>([
    ['no ConfigMap', { envFrom: [{ configMapRef: { name: 'nope' } }] }, 'configmap "nope" not found'],
    ['no Secret', { envFrom: [{ secretRef: { name: 'nope' } }] }, 'secret "nope" not found'],
    [
      'no key in a ConfigMap',
      { env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'cm', key: 'k' } } }] },
      "couldn't find key k in ConfigMap default/cm",
    ],
    [
      'no key in a Secret',
      { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'sec', key: 'k' } } }] },
      "couldn't find key k in Secret default/sec",
    ],
  ])('%s', (_, container, message) => {
    expect(() => config(container)).toThrow(expect.objectContaining({ message, reason: 'CreateContainerConfigError' }))
  })

  test('what is optional may be missing', () => {
    const optional = true
    expect(
      env({
        env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'nope', key: 'k', optional } } }],
        envFrom: [{ configMapRef: { name: 'nope', optional } }],
      }),
    ).toEqual({})
  })

  test('whole objects, with a prefix', () => {
    expect(env({ envFrom: [{ prefix: 'P_', configMapRef: { name: 'cm' } }, { secretRef: { name: 'sec' } }] })).toEqual({
      P_colour: 'red',
      'P_with.dot': 'dotted',
      password: 'hunter2',
    })
  })

  const services = [
    service('kubernetes', 'default', { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443 }] }),
    service('my-db', 'default', {
      clusterIP: '10.96.0.9',
      ports: [{ port: 5432 }, { name: 'stats', port: 9, protocol: 'UDP' }],
    }),
    service('other', 'elsewhere', { clusterIP: '10.96.0.8', ports: [{ port: 1 }] }),
    service('headless', 'default', { clusterIP: 'None', ports: [{ port: 1 }] }),
  ]

  test('services of its namespace', () => {
    const found = env({}, { services })
    expect(Object.keys(found).filter(name => /OTHER|HEADLESS/.test(name))).toEqual([])
    expect(found).toMatchObject({
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
      KUBERNETES_SERVICE_PORT_HTTPS: '443',
      MY_DB_SERVICE_HOST: '10.96.0.9',
      MY_DB_SERVICE_PORT: '5432',
      MY_DB_PORT: 'tcp://10.96.0.9:5432',
      MY_DB_PORT_9_UDP: 'udp://10.96.0.9:9',
      MY_DB_PORT_9_UDP_PROTO: 'udp',
      MY_DB_PORT_9_UDP_ADDR: '10.96.0.9',
      MY_DB_SERVICE_PORT_STATS: '9',
    })
  })

  test('without links only the API server', () => {
    const found = env({}, { services }, { enableServiceLinks: false })
    expect(Object.keys(found).every(name => name.startsWith('KUBERNETES_'))).toBe(true)
    expect(found.KUBERNETES_SERVICE_HOST).toBe('10.96.0.1')
  })
})

describe('the container', () => {
  test('command and arguments are expanded', () => {
    const { command, args } = config({
      command: ['run', '$(A)'],
      args: ['$(B)', '$$(A)'],
      env: [{ name: 'A', value: 'x' }],
    })
    expect([command, args]).toEqual([
      ['run', 'x'],
      ['$(B)', '$(A)'],
    ])
  })

  test('mounts volumes, hosts and a place for its last words', () => {
    const { mounts } = config({
      volumeMounts: [
        { name: 'data', mountPath: '/data', readOnly: true, mountPropagation: 'HostToContainer' },
        { name: 'data', mountPath: '/part', subPathExpr: 'for/$(WHO)' },
      ],
      env: [{ name: 'WHO', value: 'me' }],
    })
    expect(mounts).toEqual([
      { containerPath: '/data', hostPath: '/vol/data', readOnly: true, propagation: 'host-to-container' },
      { containerPath: '/part', hostPath: '/vol/data!for/me', readOnly: false, propagation: 'private' },
      { containerPath: '/etc/hosts', hostPath: '/root/pods/u1/etc-hosts', readOnly: false, propagation: 'private' },
      {
        containerPath: '/dev/termination-log',
        hostPath: '/root/pods/u1/containers/web/2',
        readOnly: false,
        propagation: 'private',
      },
    ])
  })

  test('its own /etc/hosts goes before ours', () => {
    const { mounts } = config({ volumeMounts: [{ name: 'data', mountPath: '/etc/hosts' }] })
    expect(mounts.filter(mount => mount.containerPath === '/etc/hosts')).toHaveLength(1)
  })

  test('a sub path may not climb', () => {
    const mount = { name: 'data', mountPath: '/x', subPathExpr: '../$(A)' }
    expect(() => config({ volumeMounts: [mount], env: [{ name: 'A', value: 'b' }] })).toThrow(
      "must not be an absolute path or contain '..'",
    )
  })

  test('its log, labels and what a restarted kubelet has to know', () => {
    expect(config()).toMatchObject({
      logPath: '/logs/default_web_u1/web/2.log',
      labels: { 'io.kubernetes.pod.uid': 'u1', 'io.kubernetes.container.name': 'web' },
      annotations: { 'binnacle.io/restart-back-off-ms': '20000', 'io.kubernetes.container.restartCount': '2' },
    })
  })
})

describe('resources', () => {
  const gi = 1024 ** 3
  test.each<[string, object, object]>([
    ['none', {}, { cpuShares: 2, oomScoreAdj: 1000 }],
    ['requests', { requests: { cpu: '250m', memory: '100Mi' } }, { cpuShares: 256, oomScoreAdj: 900 }],
    [
      'limits are requests too',
      { limits: { cpu: '500m', memory: '1Gi' } },
      { cpuShares: 512, cpuQuotaUs: 50_000, cpuPeriodUs: 100_000, memoryLimitBytes: gi, oomScoreAdj: -997 },
    ],
    [
      'a tiny limit',
      { limits: { cpu: '1m' } },
      { cpuShares: 2, cpuQuotaUs: 1000, cpuPeriodUs: 100_000, oomScoreAdj: 999 },
    ],
  ])('%s', (_, resources, expected) => {
    expect(config({ resources }).resources).toEqual(expected)
  })
})

describe('security', () => {
  test('the container goes before its pod', () => {
    const { security } = config(
      {
        securityContext: {
          runAsUser: 7,
          capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] },
          readOnlyRootFilesystem: true,
        },
      },
      {},
      { securityContext: { runAsUser: 5, runAsGroup: 6, fsGroup: 9, supplementalGroups: [8] } },
    )
    expect(security).toEqual({
      privileged: false,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: true,
      addCapabilities: ['NET_ADMIN'],
      dropCapabilities: ['ALL'],
      runAsUser: 7,
      runAsGroup: 6,
      supplementalGroups: [8],
      fsGroup: 9,
      seccomp: { type: 'unconfined' },
      procMount: 'default',
    })
  })

  test.each<[string, Partial<Container>, string, string | undefined]>([
    [
      'an image that runs as root',
      {},
      '',
      'container has runAsNonRoot and image will run as root (pod: "web_default(u1)", container: web)',
    ],
    [
      'an image with a user by name',
      {},
      'nginx',
      'container has runAsNonRoot and image has non-numeric user (nginx), cannot verify user is non-root (pod: "web_default(u1)", container: web)',
    ],
    ['an image with a number', {}, '1000:1000', undefined],
    [
      'root by specification',
      { securityContext: { runAsUser: 0 } },
      '5',
      `container's runAsUser breaks non-root policy (pod: "web_default(u1)", container: web)`,
    ],
    ['another by specification', { securityContext: { runAsUser: 1 } }, '', undefined],
  ])('runAsNonRoot and %s', (_, container, user, message) => {
    const make = () => config(container, { image: testImage({ user }) }, { securityContext: { runAsNonRoot: true } })
    if (message) expect(make).toThrow(message)
    else expect(make().security.procMount).toBe('default')
  })
})
