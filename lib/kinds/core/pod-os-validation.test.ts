import { describe, expect, test } from '@jest/globals'
import { errorsOfNew, podOf, web } from '../../../test/harness/pod-objects.ts'
import type { PodSpec } from './pod-types.ts'

const windows = { name: 'windows' }
const no = 'cannot be set for a windows pod'
const options = 'spec.securityContext.windowsOptions'
const asUser = (runAsUserName: string) => ({ securityContext: { windowsOptions: { runAsUserName } } })

describe('what a pod may not say because of its operating system', () => {
  test.each<[string, Partial<PodSpec>, string[]]>([
    ['nothing', { os: { name: 'linux' } }, []],
    ['no name', { os: { name: '' } }, ['spec.os.name: Required value']],
    [
      'another',
      { os: { name: 'plan9' } },
      ['spec.os: Unsupported value: "plan9": supported values: "linux", "windows"'],
    ],
    [
      'Windows on Linux',
      {
        os: { name: 'linux' },
        securityContext: { windowsOptions: { runAsUserName: 'u' } },
        ...web({ securityContext: { windowsOptions: { runAsUserName: 'u' } } }),
      },
      [
        `${options}: Forbidden: windows options cannot be set for a linux pod`,
        'spec.containers[0].securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
      ],
    ],
    [
      'Linux on Windows',
      {
        os: windows,
        hostPID: true,
        securityContext: { runAsUser: 1, fsGroup: 1, seccompProfile: { type: 'RuntimeDefault' } },
        ...web({ securityContext: { privileged: true, capabilities: { add: ['KILL'] } } }),
      },
      [
        `spec.hostPID: Forbidden: ${no}`,
        `spec.securityContext.seccompProfile: Forbidden: ${no}`,
        `spec.securityContext.fsGroup: Forbidden: ${no}`,
        `spec.securityContext.runAsUser: Forbidden: ${no}`,
        `spec.containers[0].securityContext.capabilities: Forbidden: ${no}`,
        `spec.containers[0].securityContext.privileged: Forbidden: ${no}`,
      ],
    ],
    [
      'pod resources on Windows',
      { os: windows, resources: { requests: { cpu: '1' } } },
      ['spec.resources: Forbidden: may not be set for a windows pod'],
    ],
    ['a user', asUser('CORP\\user'), []],
    [
      'no user',
      asUser('CORP\\'),
      [`${options}.runAsUserName: Invalid value: "CORP\\\\": runAsUserName's User cannot be empty`],
    ],
    [
      'two domains',
      asUser('a\\b\\c'),
      [`${options}.runAsUserName: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash`],
    ],
    [
      'a domain of no format',
      asUser('a b..c?\\u'),
      [
        `${options}.runAsUserName: Invalid value: "a b..c?\\\\u": runAsUserName's Domain doesn't match the NetBios nor the DNS format`,
      ],
    ],
    [
      'characters of no user',
      asUser('a;b'),
      [
        `${options}.runAsUserName: Invalid value: "a;b": runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`,
      ],
    ],
    [
      'no credentials',
      { securityContext: { windowsOptions: { gmsaCredentialSpec: '' } } },
      [`${options}.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string`],
    ],
    [
      'a host process in a network of its own',
      { securityContext: { windowsOptions: { hostProcess: true } } },
      ['spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers'],
    ],
    [
      'a host process that is none',
      {
        hostNetwork: true,
        securityContext: { windowsOptions: { hostProcess: true } },
        ...web({ securityContext: { windowsOptions: { hostProcess: false } } }),
      },
      [
        'spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true',
      ],
    ],
    [
      'a host process beside another container',
      {
        hostNetwork: true,
        containers: [
          { name: 'a', image: 'a:1', securityContext: { windowsOptions: { hostProcess: true } } },
          { name: 'b', image: 'b:1' },
        ],
      },
      [
        'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers',
      ],
    ],
  ])('%s', (_, spec, expected) => expect(errorsOfNew(podOf(spec))).toEqual(expected))
})
