import { describe, expect, test } from '@jest/globals'
import { errorsOfNew, podOf, web } from '../../../test/harness/pod-objects.ts'
import type { PodSpec } from './pod-types.ts'

const probe = 'spec.containers[0].livenessProbe'
const spread = (fields: object) => ({
  labelSelector: {},
  maxSkew: 1,
  topologyKey: 'zone',
  whenUnsatisfiable: 'DoNotSchedule',
  ...fields,
})

describe('what is wrong with a pod as a whole', () => {
  test.each<[string, Partial<PodSpec>, string[]]>([
    [
      'users of its own in the host’s namespaces',
      { hostUsers: false, hostNetwork: true, hostPID: true, hostIPC: true },
      ['hostNetwork', 'HostPID', 'HostIPC'].map(name => `spec.${name}: Forbidden: when \`hostUsers\` is false`),
    ],
    [
      'two names for a host',
      { hostnameOverride: 'a'.repeat(65), setHostnameAsFQDN: true, hostNetwork: true },
      [
        'spec.hostnameOverride: Forbidden: may not be specified when setHostnameAsFQDN is true',
        'spec.hostnameOverride: Forbidden: may not be specified when hostNetwork is true',
        'spec.hostnameOverride: Too long: may not be more than 64 bytes',
      ],
    ],
    [
      'processes both shared and the host’s',
      { shareProcessNamespace: true, hostPID: true },
      [
        'spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled',
      ],
    ],
    [
      'DNS',
      { dnsConfig: { nameservers: ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'], options: [{ value: 'x' }] } },
      [
        'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","2.2.2.2","3.3.3.3","4.4.4.4"]: must not have more than 3 nameservers',
        'spec.dnsConfig.options[0]: Required value: must not be empty',
      ],
    ],
    ['gates', { schedulingGates: [{ name: 'a' }, { name: 'a' }] }, ['spec.schedulingGates[1]: Duplicate value: "a"']],
    [
      'a container’s grpc probe',
      web({ livenessProbe: { grpc: { port: 0 } } }),
      [`${probe}.grpc.port: Invalid value: 0: must be between 1 and 65535, inclusive`],
    ],
    [
      'a probe without time',
      web({ livenessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 0 } }),
      [`${probe}.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0`],
    ],
    [
      'a probe that ends nothing',
      web({ readinessProbe: { exec: { command: ['a'] }, terminationGracePeriodSeconds: 1 } }),
      [
        'spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes',
      ],
    ],
    [
      'a sleep beyond the end',
      web({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
      [
        'spec.containers[0].lifecycle.preStop.sleep: Invalid value: 31: must be non-negative and less than terminationGracePeriodSeconds (30)',
      ],
    ],
    [
      'comparing tolerations',
      { tolerations: [{ key: 'a', operator: 'Gt', value: '1' }] },
      ['spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists", "Lt", "Gt"'],
    ],
    [
      'spreading',
      {
        topologySpreadConstraints: [
          spread({ minDomains: 0, nodeAffinityPolicy: 'Maybe' }),
          spread({}),
          spread({ whenUnsatisfiable: 'ScheduleAnyway', minDomains: 1 }),
        ],
      },
      [
        'spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "{zone, DoNotSchedule}"',
        'spec.topologySpreadConstraints[0].minDomains: Invalid value: 0: must be greater than zero',
        'spec.topologySpreadConstraints[0].nodeAffinityPolicy: Unsupported value: "Maybe": supported values: "Honor", "Ignore"',
        'spec.topologySpreadConstraints[2].minDomains: Invalid value: 1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway',
      ],
    ],
    [
      'a token of no account',
      {
        serviceAccountName: '',
        volumes: [
          { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] } },
        ],
      },
      [
        'spec.volumes[0].projected.sources[0].serviceAccountToken: Forbidden: must not be specified when serviceAccountName is not set',
      ],
    ],
  ])('%s', (_, spec, expected) => expect(errorsOfNew(podOf(spec))).toEqual(expected))
})
