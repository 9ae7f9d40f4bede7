import { describe, expect, test } from '@jest/globals'
import { podOf, web } from '../../../test/harness/pod-objects.ts'
import { pods } from './pod.ts'
import type { PodSpec, Volume } from './pod-types.ts'
import { podTemplateWarnings } from './pod-warnings.ts'

const warningsOf = (spec: Partial<PodSpec>, metadata: object = {}) =>
  pods.strategy?.warnings?.(podOf(spec, metadata)) ?? []
const volume = (source: Partial<Volume>): Partial<PodSpec> => ({ volumes: [{ name: 'v', ...source }] })
const items = (...paths: string[]) => paths.map(path => ({ key: 'k', path }))
const noSelector = 'labelSelector: a null labelSelector results in matching no pod'

describe('what is said of new pods', () => {
  test.each<[string, Partial<PodSpec>, string[]]>([
    ['nothing', {}, []],
    [
      'labels of nodes with new names',
      {
        nodeSelector: { 'beta.kubernetes.io/os': 'linux', disk: 'ssd' },
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              {
                weight: 1,
                preference: { matchExpressions: [{ key: 'beta.kubernetes.io/arch', operator: 'Exists' }] },
              },
            ],
          },
        },
      },
      [
        'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
        'spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].key: beta.kubernetes.io/arch is deprecated since v1.14; use "kubernetes.io/arch" instead',
      ],
    ],
    [
      'spreading no pods by an old label',
      {
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'failure-domain.beta.kubernetes.io/zone',
            whenUnsatisfiable: 'ScheduleAnyway',
          },
        ],
      },
      [
        'spec.topologySpreadConstraints[0].topologyKey: failure-domain.beta.kubernetes.io/zone is deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
        `spec.topologySpreadConstraints[0].${noSelector}`,
      ],
    ],
    [
      'affinity to no pods',
      {
        affinity: {
          podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'a' }] },
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: 'a' } }],
          },
        },
      },
      [
        `spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].${noSelector}`,
        `spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.${noSelector}`,
      ],
    ],
    [
      'a volume of a kind that is gone',
      volume({ gitRepo: { repository: 'r' } }),
      ['spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+'],
    ],
    [
      'a volume by its other name',
      volume({ storageos: { volumeName: 'v' } }),
      ['spec.volumes[0].storageOS: deprecated in v1.22, non-functional in v1.25+'],
    ],
    [
      'a claim for parts of a byte',
      volume({
        ephemeral: {
          volumeClaimTemplate: {
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1.5' } } },
          },
        },
      }),
      [
        'spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
      ],
    ],
    [
      'files in each other’s way',
      volume({ configMap: { name: 'c', items: items('a', 'a/b', 'c') } }),
      ['volume "v" (ConfigMap "c"): overlapping paths: "a/b" with "a"'],
    ],
    [
      'files of several sources in each other’s way',
      volume({
        projected: {
          sources: [
            { secret: { name: 's', items: items('a') } },
            { serviceAccountToken: { path: 'a/token', expirationSeconds: 3600 } },
            {},
          ],
        },
      }),
      [
        'volume "v" (Projected ServiceAccountToken): overlapping paths: "a/token" with "a"',
        'volume "v" (Projected) has no sources provided',
      ],
    ],
    [
      'things said twice',
      {
        hostAliases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }],
        imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}],
      },
      [
        'spec.hostAliases[1].ip: duplicate ip "10.0.0.1"',
        'spec.imagePullSecrets[1].name: duplicate name "a"',
        'spec.imagePullSecrets[2].name: invalid empty name ""',
      ],
    ],
    [
      'parts of a byte',
      { ...web({ resources: { limits: { memory: '1500m' } } }), overhead: { 'ephemeral-storage': '100m' } },
      [
        'spec.overhead[ephemeral-storage]: fractional byte value "100m" is invalid, must be an integer',
        'spec.containers[0].resources.limits[memory]: fractional byte value "1500m" is invalid, must be an integer',
        'spec.containers[0].resources.requests[memory]: fractional byte value "1500m" is invalid, must be an integer',
      ],
    ],
    [
      'a hidden variable',
      web({
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: 'b' },
          { name: 'A', value: '$(A):c' },
          { name: 'B', value: 'c' },
        ],
      }),
      ['spec.containers[0].env[3]: hides previous definition of "B", which may be dropped when using apply'],
    ],
    [
      'ports',
      web({
        ports: [
          { containerPort: 80 },
          { containerPort: 80, hostIP: '10.0.0.1' },
          { containerPort: 80 },
          { containerPort: 81, hostPort: 81 },
          { containerPort: 81, hostPort: 81, hostIP: '10.0.0.1' },
        ],
      }),
      [
        'spec.containers[0].ports[1]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:80 Protocol:TCP HostIP:10.0.0.1}',
        'spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]',
        'spec.containers[0].ports[2]: duplicate port definition with spec.containers[0].ports[0]',
        'spec.containers[0].ports[2]: overlapping port definition with spec.containers[0].ports[1]',
        'spec.containers[0].ports[4]: dangerously ambiguous port definition with spec.containers[0].ports[3]',
      ],
    ],
    [
      'no time to end',
      { terminationGracePeriodSeconds: -1 },
      ['spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1'],
    ],
    [
      'an address written otherwise',
      { dnsConfig: { nameservers: ['2001:DB8::1', '10.0.0.1'] } },
      [
        'spec.dnsConfig.nameservers[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")',
      ],
    ],
  ])('%s', (_, spec, expected) => expect(warningsOf(spec)).toEqual(expected))

  test.each<[string, string]>([
    [
      'scheduler.alpha.kubernetes.io/critical-pod',
      'non-functional in v1.16+; use the "priorityClassName" field instead',
    ],
    ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
    ['seccomp.security.alpha.kubernetes.io/pod', 'non-functional in v1.27+; use the "seccompProfile" field instead'],
    [
      'container.seccomp.security.alpha.kubernetes.io/web',
      'non-functional in v1.27+; use the "seccompProfile" field instead',
    ],
    [
      'container.apparmor.security.beta.kubernetes.io/web',
      'deprecated since v1.30; use the "appArmorProfile" field instead',
    ],
  ])('annotation %s', (key, text) => {
    const metadata = { annotations: { [key]: 'runtime/default' } }
    expect(warningsOf({}, metadata)).toEqual([`metadata.annotations[${key}]: ${text}`])
    expect(podTemplateWarnings({ metadata, spec: podOf().spec as PodSpec }, 'spec.template')).toEqual([
      `spec.template.metadata.annotations[${key}]: ${text}`,
    ])
  })

  test('a name that is no hostname', () => {
    expect(warningsOf({}, { name: 'a.b' })).toEqual([
      expect.stringMatching(
        /^metadata\.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: \[a lowercase RFC 1123 label .*\]$/,
      ),
    ])
  })
})

test('an update of a pod warns of nothing', () => {
  const pod = podOf({ terminationGracePeriodSeconds: -1 })
  expect(pods.strategy?.warnings?.(pod, pod)).toEqual([])
})
