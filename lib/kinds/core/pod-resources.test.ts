import { describe, expect, test } from '@jest/globals'
import { errorsOfNew, podOf, web } from '../../../test/harness/pod-objects.ts'
import { qosClassOf } from './pod-qos.ts'
import type { Container, PodSpec, ResourceRequirements } from './pod-types.ts'

const asks = (resources: ResourceRequirements): Partial<Container> => ({ resources })
const pod = (resources: ResourceRequirements, ...containers: ResourceRequirements[]): Partial<PodSpec> => ({
  resources,
  containers: containers.map((own, i) => ({ name: `c${i}`, image: 'c:1', resources: own })),
})

describe('what is asked for where only some of it is said', () => {
  test.each<[string, Partial<PodSpec>, ResourceRequirements | undefined]>([
    ['nothing', web(asks({ limits: { cpu: '1' } })), undefined],
    [
      'requests are what the containers ask for together',
      pod({ limits: { cpu: '4' } }, { requests: { cpu: '500m' } }, { requests: { cpu: '1' } }),
      { limits: { cpu: '4' }, requests: { cpu: '1500m' } },
    ],
    [
      'and else the limits',
      pod({ limits: { memory: '1Gi' } }, { requests: { cpu: '1' } }),
      { limits: { memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } },
    ],
    [
      'limits are the containers’ where each has one',
      pod({ requests: { cpu: '3', memory: '1Gi' } }, { limits: { cpu: '1', memory: '1Gi' } }, { limits: { cpu: '2' } }),
      { requests: { cpu: '3', memory: '1Gi' }, limits: { cpu: '3' } },
    ],
    [
      'huge pages',
      pod(
        { requests: { cpu: '1' } },
        { limits: { 'hugepages-2Mi': '4Mi', cpu: '1' }, requests: { 'hugepages-2Mi': '4Mi' } },
      ),
      { requests: { cpu: '1', 'hugepages-2Mi': '4Mi' }, limits: { 'hugepages-2Mi': '4Mi' } },
    ],
  ])('%s', (_, spec, expected) => expect(podOf(spec).spec?.resources).toEqual(expected))

  test('a container requests what it is limited to', () => {
    expect(
      podOf(web(asks({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1m' } }))).spec?.containers[0],
    ).toMatchObject(asks({ requests: { cpu: '1m', memory: '1Gi' } }))
  })

  test('nothing is finer than a thousandth', () => {
    expect(podOf(web(asks({ requests: { cpu: '100u', memory: '0.00001' } }))).spec?.containers[0]).toMatchObject(
      asks({ requests: { cpu: '1m', memory: '1m' } }),
    )
  })
})

describe('what may not be asked for', () => {
  test.each<[string, Partial<PodSpec>, string[]]>([
    ['nothing', pod({ limits: { cpu: '2' } }, { limits: { cpu: '1' } }), []],
    [
      'less than the containers do',
      pod({ requests: { cpu: '1' }, limits: { cpu: '8' } }, { requests: { cpu: '1' } }, { requests: { cpu: '1' } }),
      [
        'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate container requests of 2',
      ],
    ],
    [
      'more by one container than by all',
      pod({ limits: { cpu: '1' }, requests: { cpu: '1' } }, { limits: { cpu: '2' }, requests: { cpu: '1' } }),
      ['spec.resources.containers[0][cpu].limits: Invalid value: "2": must be less than or equal to pod limits of 1'],
    ],
    [
      'disks for the pod',
      pod({ limits: { 'ephemeral-storage': '1Gi' } }, {}),
      [
        'spec.resources.limits[ephemeral-storage]: Unsupported value: "ephemeral-storage": supported values: "cpu", "hugepages-", "memory"',
      ],
    ],
    [
      'claims for the pod',
      { ...pod({ claims: [{ name: 'a' }] }, {}), resourceClaims: [{ name: 'a', resourceClaimName: 'a' }] },
      ['spec.resources.claims: Forbidden: claims may not be set for Resources at pod-level'],
    ],
    [
      'claims that are not there',
      { ...web(asks({ claims: [{ name: 'b' }] })), resourceClaims: [{ name: 'a', resourceClaimName: 'a' }] },
      [
        'spec.containers[0].resources.claims[0]: Not found: "b": must be one of the names in pod.spec.resourceClaims: a',
      ],
    ],
    [
      'a claim twice',
      {
        ...web(asks({ claims: [{ name: 'a', request: 'r' }, { name: 'a' }] })),
        resourceClaims: [{ name: 'a', resourceClaimName: 'a' }],
      },
      ['spec.containers[0].resources.claims[1]: Duplicate value: "a"'],
    ],
    [
      'claims of two kinds and of none',
      {
        resourceClaims: [
          { name: 'a', resourceClaimName: 'a', resourceClaimTemplateName: 't' },
          { name: 'b' },
          { name: 'b', resourceClaimName: 'b' },
        ],
      },
      [
        'spec.resourceClaims[0]: Invalid value: {"Name":"a","ResourceClaimName":"a","ResourceClaimTemplateName":"t"}: at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
        'spec.resourceClaims[1]: Invalid value: {"Name":"b","ResourceClaimName":null,"ResourceClaimTemplateName":null}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`',
        'spec.resourceClaims[2].name: Duplicate value: "b"',
      ],
    ],
    [
      'huge pages alone',
      web(asks({ limits: { 'hugepages-2Mi': '2Mi' } })),
      ['spec.containers[0].resources: Forbidden: HugePages require cpu or memory'],
    ],
    [
      'part of a huge page',
      web(asks({ limits: { 'hugepages-2Mi': '3Mi', cpu: '1' } })),
      [
        'spec.containers[0].resources.limits[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
        'spec.containers[0].resources.requests[hugepages-2Mi]: Invalid value: "3Mi": 3Mi is not positive integer multiple of hugepages-2Mi',
      ],
    ],
    [
      'fewer devices than the limit',
      web(asks({ limits: { 'a.b/c': '2' }, requests: { 'a.b/c': '1' } })),
      ['spec.containers[0].resources.requests: Invalid value: "1": must be equal to a.b/c limit of 2'],
    ],
  ])('%s', (_, spec, expected) => expect(errorsOfNew(podOf(spec))).toEqual(expected))
})

test('the quality of service is the pod’s own where it asks as a whole', () => {
  const spec = podOf(pod({ limits: { cpu: '1', memory: '1Gi' } }, {})).spec as PodSpec
  expect(qosClassOf(spec)).toBe('Guaranteed')
})
