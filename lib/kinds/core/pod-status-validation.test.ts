import { describe, expect, test } from '@jest/globals'
import { texts } from '../../../test/harness/kind-objects.ts'
import { podOf, web } from '../../../test/harness/pod-objects.ts'
import { type Pod, pods } from './pod.ts'
import type { PodSpec } from './pod-types.ts'

type PodStatus = NonNullable<Pod['status']>

const status = pods.subresources?.status
const errorsOf = (now: PodStatus, old: PodStatus = {}, spec: Partial<PodSpec> = {}) =>
  texts(status?.validateUpdate?.(podOf(spec, {}, now), podOf(spec, {}, old)))
const containerStatus = (fields: object) => ({
  name: 'web',
  ready: true,
  restartCount: 0,
  image: 'web:1',
  imageID: 'x',
  ...fields,
})
const address = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const families = 'may specify no more than one IP for each IP family'

describe('what a status may not say', () => {
  test.each<[string, PodStatus, Partial<PodSpec>, string[]]>([
    ['nothing', { phase: 'Running', observedGeneration: 1, podIPs: [{ ip: '10.0.0.1' }, { ip: '::1' }] }, {}, []],
    ['an address', { podIPs: [{ ip: 'x' }] }, {}, [`status.podIPs[0]: Invalid value: "x": ${address}`]],
    [
      'two addresses of a family',
      { podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] },
      {},
      [`status.podIPs: Invalid value: [{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}]: ${families}`],
    ],
    [
      'addresses of the host',
      { hostIP: '10.0.0.2', hostIPs: [{ ip: '10.0.0.1' }, { ip: '010.0.0.1' }] },
      {},
      [
        'status.hostIPs[0].ip: Invalid value: "10.0.0.1": must be equal to `hostIP`',
        'status.hostIPs[1]: Invalid value: "010.0.0.1": must not have leading 0s',
        `status.hostIPs: Invalid value: [{"ip":"10.0.0.1"},{"ip":"010.0.0.1"}]: ${families}`,
      ],
    ],
    [
      'generations',
      { observedGeneration: -1, conditions: [{ type: 'Ready', status: 'True', observedGeneration: -2 }] },
      {},
      [
        'status.observedGeneration: Invalid value: -1: must be a non-negative integer',
        'status.conditions[0].observedGeneration: Invalid value: -2: must be a non-negative integer',
      ],
    ],
    [
      'a node for a pod that has one',
      { nominatedNodeName: 'b' },
      { nodeName: 'a' },
      ['status.nominatedNodeName: Forbidden: may not be set on pods that are already bound to a node'],
    ],
    [
      'claims',
      { resourceClaimStatuses: [{ name: 'a', resourceClaimName: 'web-a' }, { name: 'b' }, { name: 'a' }] },
      { resourceClaims: [{ name: 'a', resourceClaimTemplateName: 't' }] },
      [
        'status.resourceClaimStatuses[1].name: Invalid value: "b": must match the name of an entry in `spec.resourceClaims`',
        'status.resourceClaimStatuses[2].name: Duplicate value: "a"',
      ],
    ],
    [
      'a claim for extended resources',
      {
        extendedResourceClaimStatus: {
          resourceClaimName: '',
          requestMappings: [
            { containerName: 'db', resourceName: 'a.b/c', requestName: 'r' },
            { containerName: 'web', resourceName: 'a.b/c', requestName: 'r' },
          ],
        },
      },
      {},
      [
        'status.extendedResourceClaimStatus.requestMappings[0].containerName: Invalid value: "db": must match the name of an entry in spec.initContainers.name or spec.containers.name',
        'status.extendedResourceClaimStatus.requestMappings[1].resourceName: Invalid value: "a.b/c": must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests',
        'status.extendedResourceClaimStatus.resourceClaimName: Required value',
      ],
    ],
    [
      'users',
      { containerStatuses: [containerStatus({ user: { linux: { uid: -1, gid: 0, supplementalGroups: [2 ** 31] } } })] },
      {},
      [
        'status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive',
        'status.containerStatuses[0].user.linux.supplementalGroups[0]: Invalid value: 2147483648: must be between 0 and 2147483647, inclusive',
      ],
    ],
    [
      'a user of Linux on Windows',
      { containerStatuses: [containerStatus({ user: { linux: { uid: 0, gid: 0 } } })] },
      { os: { name: 'windows' } },
      ['status.containerStatuses[0].user.linux: Forbidden: cannot be set for a windows pod'],
    ],
    [
      'devices',
      {
        containerStatuses: [
          containerStatus({
            allocatedResourcesStatus: [
              {
                name: 'a.b/c',
                resources: [
                  { resourceID: '1', health: 'Fine' },
                  { resourceID: '1', health: 'Healthy' },
                ],
              },
              { name: 'claim:gpu/one' },
              { name: 'claim:gpu' },
            ],
          }),
        ],
        ephemeralContainerStatuses: [containerStatus({ allocatedResourcesStatus: [] })],
      },
      web({ resources: { claims: [{ name: 'gpu', request: 'one' }] } }),
      [
        'status.containerStatuses[0].allocatedResourcesStatus[0].name: Invalid value: "a.b/c": must match one of the container\'s resource requests',
        'status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].health: Unsupported value: "Fine": supported values: "Healthy", "Unhealthy", "Unknown"',
        'status.containerStatuses[0].allocatedResourcesStatus[0].resources[1].resourceID: Duplicate value: "1"',
        "status.containerStatuses[0].allocatedResourcesStatus[2].name: Invalid value: \"claim:gpu\": must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty",
        'status.ephemeralContainerStatuses[0].allocatedResourcesStatus: Forbidden: must not be specified in container status',
      ],
    ],
  ])('%s', (_, now, spec, expected) => expect(errorsOf(now, {}, spec)).toEqual(expected))

  test('another quality of service', () => {
    expect(errorsOf({ qosClass: 'Guaranteed' }, { qosClass: 'BestEffort' })).toEqual([
      'status.qosClass: Invalid value: "Guaranteed": field is immutable',
    ])
  })

  test('an address that is there already is not looked at again', () => {
    expect(errorsOf({ podIPs: [{ ip: '010.0.0.1' }] }, { podIPs: [{ ip: '010.0.0.1' }] })).toEqual([])
  })
})

describe('a container that ended', () => {
  const ended = [containerStatus({ state: { terminated: { exitCode: 1 } } })]
  const running = [containerStatus({ state: { running: {} } })]
  const rule = (action: string, exitCode: number) => ({
    restartPolicy: 'Never',
    restartPolicyRules: [{ action, exitCodes: { operator: 'In', values: [exitCode] } }],
  })
  test.each<[string, Partial<PodSpec>, boolean]>([
    ['for good', { restartPolicy: 'Never' }, false],
    ['by itself starts again', { restartPolicy: 'OnFailure' }, true],
    ['whose own policy lets it', { restartPolicy: 'Never', ...web({ restartPolicy: 'OnFailure' }) }, true],
    ['whose rule is for it', { restartPolicy: 'Never', ...web(rule('Restart', 1)) }, true],
    ['whose rule is for another exit', { restartPolicy: 'Never', ...web(rule('Restart', 2)) }, false],
    ['beside one that may restart all', { restartPolicy: 'Never', ...web(rule('RestartAllContainers', 2)) }, true],
  ])('%s', (_, spec, mayRestart) => {
    const forbidden = 'status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state'
    expect(errorsOf({ containerStatuses: running }, { containerStatuses: ended }, spec)).toEqual(
      mayRestart ? [] : [forbidden],
    )
  })

  test('an ephemeral one never starts again', () => {
    expect(errorsOf({ ephemeralContainerStatuses: running }, { ephemeralContainerStatuses: ended })).toEqual([
      'status.ephemeralContainerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state',
    ])
  })
})

test('a writer that does not know of generations does not take them away', () => {
  const condition = (type: string, observedGeneration?: number) => ({
    type,
    status: 'True',
    ...(observedGeneration ? { observedGeneration } : {}),
  })
  const old = podOf({}, {}, { observedGeneration: 3, qosClass: 'BestEffort', conditions: [condition('Ready', 2)] })
  const pod = podOf({}, {}, { conditions: [condition('New'), condition('Ready')] })
  status?.prepareForUpdate?.(pod, old)
  expect(pod.status).toEqual({
    observedGeneration: 3,
    qosClass: 'BestEffort',
    conditions: [condition('New'), condition('Ready', 2)],
  })
})
