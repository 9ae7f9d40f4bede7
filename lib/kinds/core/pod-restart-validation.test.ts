import { describe, expect, test } from '@jest/globals'
import { errorsOfNew, podOf, web } from '../../../test/harness/pod-objects.ts'
import type { Container, PodSpec } from './pod-types.ts'

const at = 'spec.containers[0]'
const rules = (...restartPolicyRules: NonNullable<Container['restartPolicyRules']>) =>
  web({ restartPolicy: 'Never', restartPolicyRules })
const exit = (operator: string, ...values: number[]) => ({ action: 'Restart', exitCodes: { operator, values } })
const resizes = (resizePolicy: Container['resizePolicy']) => web(resizePolicy ? { resizePolicy } : {})

describe('a container’s own restarts', () => {
  test.each<[string, Partial<PodSpec>, string[]]>([
    ['well said', rules(exit('In', 1, 2), { ...exit('NotIn', 0), action: 'RestartAllContainers' }), []],
    [
      'by another policy',
      web({ restartPolicy: 'Sometimes' }),
      [`${at}.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"`],
    ],
    [
      'by rules alone',
      web({ restartPolicyRules: [exit('In', 1)] }),
      [`${at}.restartPolicy: Required value: must specify restartPolicy when restart rules are used`],
    ],
    [
      'by rules without codes',
      rules({ action: 'Stop' }),
      [
        `${at}.restartPolicyRules[0].action: Unsupported value: "Stop": supported values: "Restart", "RestartAllContainers"`,
        `${at}.restartPolicyRules[0].exitCodes: Required value: must be specified`,
      ],
    ],
    [
      'by another operator',
      rules(exit('Is', 1)),
      [`${at}.restartPolicyRules[0].exitCodes.operator: Unsupported value: "Is": supported values: "In", "NotIn"`],
    ],
    [
      'by too many rules',
      rules(...Array.from({ length: 21 }, (_, i) => exit('In', i))),
      [`${at}.restartPolicyRules: Too many: 21: must have at most 20 items`],
    ],
    [
      'by too many codes',
      rules(exit('In', ...Array.from({ length: 256 }, (_, i) => i))),
      [`${at}.restartPolicyRules[0].exitCodes.values: Too many: 256: must have at most 255 items`],
    ],
    [
      'by resizes of what cannot be resized',
      resizes([{ resourceName: 'disk', restartPolicy: 'NotRequired' }]),
      [`${at}.resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"`],
    ],
    [
      'by resizes said twice',
      resizes([
        { resourceName: 'cpu', restartPolicy: 'NotRequired' },
        { resourceName: 'cpu', restartPolicy: 'Maybe' },
      ]),
      [
        `${at}.resizePolicy[1]: Duplicate value: "cpu"`,
        `${at}.resizePolicy: Unsupported value: "Maybe": supported values: "NotRequired", "RestartContainer"`,
      ],
    ],
    [
      'by resizes in a pod that never restarts',
      { ...resizes([{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }]), restartPolicy: 'Never' },
      [
        `${at}.resizePolicy: Invalid value: "RestartContainer": must be 'NotRequired' when pod \`restartPolicy\` is 'Never'`,
      ],
    ],
    [
      'by resizes of an init container',
      {
        initContainers: [
          { name: 'init', image: 'i:1', resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] },
        ],
      },
      [
        `spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: "RestartContainer": must not be set to 'RestartContainer' for non-sidecar initContainers`,
      ],
    ],
  ])('%s', (_, spec, expected) => expect(errorsOfNew(podOf(spec))).toEqual(expected))
})

describe('the signal that ends a container', () => {
  const stop = (stopSignal: string, os?: string): Partial<PodSpec> => ({
    ...web({ lifecycle: { stopSignal } }),
    ...(os ? { os: { name: os } } : {}),
  })
  test.each<[string, Partial<PodSpec>, RegExp | undefined]>([
    ['of Linux', stop('SIGUSR1', 'linux'), undefined],
    ['of Windows', stop('SIGTERM', 'windows'), undefined],
    [
      'of nobody knows what',
      stop('SIGTERM'),
      /^spec\.containers\[0\]\.lifecycle\.stopSignal: Forbidden: may not be set for containers with empty `spec\.os\.name`$/,
    ],
    [
      'of Linux on Windows',
      stop('SIGUSR1', 'windows'),
      /stopSignal: Unsupported value: "SIGUSR1": supported values: "SIGKILL", "SIGTERM"$/,
    ],
    ['of no system', stop('SIGFOO', 'linux'), /stopSignal: Unsupported value: "SIGFOO": supported values: "SIGABRT", /],
  ])('%s', (_, spec, expected) => {
    expect(errorsOfNew(podOf(spec))).toEqual(expected ? [expect.stringMatching(expected)] : [])
  })
})
