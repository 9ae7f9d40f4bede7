import { describe, expect, test } from '@jest/globals'
import { errorsOfNew, podOf, web } from '../../../test/harness/pod-objects.ts'
import type { Container, PodSpec } from './pod-types.ts'

const secure = (securityContext: NonNullable<PodSpec['securityContext']>): Partial<PodSpec> => ({ securityContext })
const container = (securityContext: NonNullable<Container['securityContext']>) => web({ securityContext })
const sysctls = (...names: string[]) => secure({ sysctls: names.map(name => ({ name, value: '1' })) })
const at = 'spec.securityContext'
const inContainer = 'spec.containers[0].securityContext'
const ids = 'must be between 0 and 2147483647, inclusive'

describe('what is wrong with a security context', () => {
  test.each<[string, Partial<PodSpec>, string[]]>([
    ['nothing', { ...sysctls('net.ipv4.tcp_syncookies', 'kernel/shm_rmid_forced'), hostPID: true }, []],
    [
      'groups',
      secure({ fsGroup: -1, runAsGroup: 2 ** 31, supplementalGroups: [0, -5] }),
      [
        `${at}.fsGroup: Invalid value: -1: ${ids}`,
        `${at}.runAsGroup: Invalid value: 2147483648: ${ids}`,
        `${at}.supplementalGroups[1]: Invalid value: -5: ${ids}`,
      ],
    ],
    [
      'policies',
      secure({ fsGroupChangePolicy: 'A', supplementalGroupsPolicy: 'B', seLinuxChangePolicy: 'C' }),
      [
        `${at}.fsGroupChangePolicy: Unsupported value: "A": supported values: "Always", "OnRootMismatch"`,
        `${at}.supplementalGroupsPolicy: Unsupported value: "B": supported values: "Merge", "Strict"`,
        `${at}.seLinuxChangePolicy: Unsupported value: "C": supported values: "MountOption", "Recursive"`,
      ],
    ],
    [
      'sysctls of no name',
      sysctls('', 'Net.x', 'a.b', 'a.b'),
      [
        `${at}.sysctls[0].name: Required value`,
        `${at}.sysctls[1].name: Invalid value: "Net.x": must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$`,
        `${at}.sysctls[3].name: Duplicate value: "a.b"`,
      ],
    ],
    [
      'sysctls of the host',
      { ...sysctls('net/core/somaxconn', 'kernel.msgmax'), hostNetwork: true, hostIPC: true },
      [
        `${at}.sysctls[0].name: Invalid value: "net/core/somaxconn": may not be specified when 'hostNetwork' is true`,
        `${at}.sysctls[1].name: Invalid value: "kernel.msgmax": may not be specified when 'hostIPC' is true`,
      ],
    ],
    [
      'seccomp profiles',
      {
        ...secure({ seccompProfile: { type: 'Localhost', localhostProfile: '/abs' } }),
        ...container({ seccompProfile: { type: 'Unconfined', localhostProfile: 'a' } }),
      },
      [
        `${inContainer}.seccompProfile.localhostProfile: Invalid value: {"type":"Unconfined","localhostProfile":"a"}: can only be set when seccomp type is Localhost`,
        `${at}.seccompProfile.localhostProfile: Invalid value: "/abs": must be a relative path`,
      ],
    ],
    [
      'AppArmor profiles',
      {
        ...secure({ appArmorProfile: { type: 'Maybe' } }),
        ...container({ appArmorProfile: { type: 'Localhost', localhostProfile: ' a' } }),
      },
      [
        `${inContainer}.appArmorProfile.localhostProfile: Invalid value: " a": must not be padded with whitespace`,
        `${at}.appArmorProfile.type: Unsupported value: "Maybe": supported values: "Localhost", "RuntimeDefault", "Unconfined"`,
      ],
    ],
    [
      'rights that escalate',
      container({ allowPrivilegeEscalation: false, privileged: true }),
      [
        `${inContainer}: Invalid value: {"allowPrivilegeEscalation":false,"privileged":true}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
      ],
    ],
    [
      'an unmasked /proc in the host’s users',
      container({ procMount: 'Unmasked' }),
      [`${inContainer}.procMount: Invalid value: "Unmasked": \`hostUsers\` must be false to use \`Unmasked\``],
    ],
  ])('%s', (_, spec, expected) => expect(errorsOfNew(podOf(spec))).toEqual(expected))
})

describe('profiles in annotations', () => {
  const [seccomp, appArmor] = [
    'seccomp.security.alpha.kubernetes.io/pod',
    'container.apparmor.security.beta.kubernetes.io/',
  ]
  test.each<[string, Record<string, string>, Partial<PodSpec>, string[]]>([
    ['nothing', { [seccomp]: 'localhost/a', [`${appArmor}web`]: 'localhost/a' }, {}, []],
    [
      'of no kind',
      { [seccomp]: 'mine', [`${appArmor}web`]: 'mine' },
      {},
      [
        `metadata.annotations.${seccomp}: Invalid value: "mine": must be a valid seccomp profile`,
        `metadata.annotations[${appArmor}web]: Invalid value: "mine": invalid AppArmor profile name: "mine"`,
      ],
    ],
    [
      'of no container',
      { [`${appArmor}db`]: 'unconfined' },
      {},
      [`metadata.annotations[${appArmor}db]: Invalid value: "db": container not found`],
    ],
    [
      'that are not those of the fields',
      { [seccomp]: 'runtime/default', [`${appArmor}web`]: 'localhost/b' },
      {
        ...secure({ seccompProfile: { type: 'Unconfined' } }),
        ...container({ appArmorProfile: { type: 'Localhost', localhostProfile: 'a' } }),
      },
      [
        `${at}.seccompProfile.type: Forbidden: seccomp type in annotation and field must match`,
        `${inContainer}.appArmorProfile.localhostProfile: Forbidden: apparmor profile in annotation and field must match`,
      ],
    ],
  ])('%s', (_, annotations, spec, expected) => expect(errorsOfNew(podOf(spec, { annotations }))).toEqual(expected))
})
