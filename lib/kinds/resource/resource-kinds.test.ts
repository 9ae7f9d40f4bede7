import { describe, expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { deviceClasses } from './device-class.ts'
import { type ResourceClaim, resourceClaims } from './resource-claim.ts'
import { resourceClaimTemplates } from './resource-claim-template.ts'
import { type ResourceSlice, resourceSlices } from './resource-slice.ts'

const errorsOf = (def: ResourceDefinition, fields: Fields) => {
  const object = objectOf(def, fields)
  return texts([...(def.strategy?.validate?.(object) ?? []), ...(def.strategy?.validateCreate?.(object) ?? [])])
}
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

describe('claims', () => {
  const exactly = (fields: object = {}) => ({ name: 'gpu', exactly: { deviceClassName: 'gpu.example.com', ...fields } })
  const claim = (devices: object) => ({ spec: { devices } })
  const at = 'spec.devices.requests[0]'
  const reference =
    "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"

  test.each<[string, Fields, string[]]>([
    ['nothing', { spec: {} }, []],
    ['a request', claim({ requests: [exactly()] }), []],
    [
      'neither',
      claim({ requests: [{ name: 'a' }] }),
      [`${at}: Required value: exactly one of \`exactly\` or \`firstAvailable\` is required`],
    ],
    [
      'both',
      claim({ requests: [{ ...exactly(), firstAvailable: [{ name: 'a', deviceClassName: 'b' }] }] }),
      [
        `${at}: Invalid value: null: exactly one of \`exactly\` or \`firstAvailable\` is required, but multiple fields are set`,
      ],
    ],
    [
      'names',
      claim({ requests: [{ ...exactly({ deviceClassName: '' }), name: 'G' }] }),
      [`${at}.name: Invalid value: "G": ${label}`, `${at}.exactly.deviceClassName: Required value`],
    ],
    ['twice', claim({ requests: [exactly(), exactly()] }), ['spec.devices.requests[1]: Duplicate value: "gpu"']],
    [
      'too many',
      claim({ requests: Array.from({ length: 33 }, (_, i) => ({ ...exactly(), name: `r${i}` })) }),
      ['spec.devices.requests: Too many: 33: must have at most 32 items'],
    ],
    [
      'how many',
      claim({ requests: [exactly({ count: -1 })] }),
      [`${at}.exactly.count: Invalid value: -1: must be greater than zero`],
    ],
    [
      'all and how many',
      claim({ requests: [exactly({ allocationMode: 'All', count: 1 })] }),
      [`${at}.exactly.count: Invalid value: 1: must not be specified when allocationMode is 'All'`],
    ],
    [
      'mode',
      claim({ requests: [exactly({ allocationMode: 'Some' })] }),
      [`${at}.exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount"`],
    ],
    [
      'selector',
      claim({ requests: [exactly({ selectors: [{}, { cel: { expression: 'x'.repeat(10_241) } }] })] }),
      [
        `${at}.exactly.selectors[0].cel: Required value`,
        `${at}.exactly.selectors[1].cel.expression: Too long: may not be more than 10240 bytes`,
      ],
    ],
    [
      'toleration',
      claim({ requests: [exactly({ tolerations: [{ operator: 'Exists', value: 'a', effect: 'Never' }] })] }),
      [
        `${at}.exactly.tolerations[0].value: Invalid value: "a": must be empty for operator \`Exists\``,
        `${at}.exactly.tolerations[0].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "None"`,
      ],
    ],
    [
      'constraint',
      claim({ requests: [exactly()], constraints: [{ requests: ['other'], matchAttribute: 'model' }, {}] }),
      [
        `spec.devices.constraints[0].requests[0]: Invalid value: "other": ${reference}`,
        'spec.devices.constraints[0].matchAttribute: Invalid value: "model": a fully qualified name must be a domain and a name separated by a slash',
        'spec.devices.constraints[1]: Required value: exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
      ],
    ],
    [
      'an alternative is a request too',
      claim({
        requests: [{ name: 'gpu', firstAvailable: [{ name: 'big', deviceClassName: 'a' }] }],
        config: [{ requests: ['gpu/big'], opaque: { driver: 'd.example.com', parameters: {} } }],
      }),
      [],
    ],
    [
      'config',
      claim({ config: [{}, { opaque: { driver: 'd', parameters: [] } }] }),
      [
        'spec.devices.config[0].opaque: Required value',
        'spec.devices.config[1].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object',
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(resourceClaims, fields)).toEqual(expected))

  test('defaults: one device, tolerated by value', () => {
    const { spec } = objectOf(resourceClaims, claim({ requests: [exactly({ tolerations: [{ key: 'a' }] })] }))
    expect(spec).toMatchObject({
      devices: {
        requests: [{ exactly: { allocationMode: 'ExactCount', count: 1, tolerations: [{ operator: 'Equal' }] } }],
      },
    })
  })

  test('a template says labels and annotations of its claims, and nothing else', () => {
    const spec = { metadata: { labels: { a: 'b' }, name: 'x' }, spec: {} }
    expect(errorsOf(resourceClaimTemplates, { spec })).toEqual(['spec.metadata.name: Forbidden: cannot be set'])
  })

  test('what is asked never changes', () => {
    const old = objectOf(resourceClaims, claim({ requests: [exactly()] }))
    const next = objectOf(resourceClaims, { spec: {} })
    expect(texts(resourceClaims.strategy?.validateUpdate?.(next as never, old as never))).toEqual([
      'spec: Invalid value: {}: field is immutable',
    ])
  })

  describe('status', () => {
    const result = { request: 'gpu', driver: 'd.example.com', pool: 'p', device: 'd0' }
    const allocation = { devices: { results: [result] } }
    const user = { resource: 'pods', name: 'a', uid: 'u1' }
    const statusErrors = (status: object, before: object = {}, metadata: object = {}) => {
      const make = (given: object) =>
        objectOf(resourceClaims, { ...claim({ requests: [exactly()] }), status: given }, metadata)
      return texts(resourceClaims.subresources?.status?.validateUpdate?.(make(status) as never, make(before) as never))
    }

    test.each<[string, object, object, object, string[]]>([
      ['allocated', { allocation, reservedFor: [user] }, {}, {}, []],
      [
        'reserved before',
        { reservedFor: [user] },
        {},
        {},
        ['status.reservedFor: Forbidden: may not be specified when `allocated` is not set'],
      ],
      [
        'reserved while it goes',
        { allocation, reservedFor: [user] },
        { allocation },
        { deletionTimestamp: createdAt },
        [
          'status.reservedFor: Forbidden: new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
        ],
      ],
      [
        'allocated otherwise',
        { allocation },
        { allocation: { devices: {} } },
        {},
        [`status.allocation: Invalid value: ${JSON.stringify(allocation)}: field is immutable`],
      ],
      [
        'a result for no request',
        { allocation: { devices: { results: [{ ...result, request: 'x', bindingConditions: ['a'] }] } } },
        {},
        {},
        [
          `status.allocation.devices.results[0].request: Invalid value: "x": ${reference}`,
          'status.allocation.devices.results[0].bindingFailureConditions: Invalid value: []: bindingFailureConditions are required to use bindingConditions',
        ],
      ],
      [
        'a device that was not allocated',
        { allocation, devices: [{ ...result, device: 'd1', networkData: { ips: ['10.0.0.1', '10.0.0.1/24'] } }] },
        {},
        {},
        [
          'status.devices[0]: Invalid value: d.example.com/p/d1: must be an allocated device in the claim',
          'status.devices[0].networkData.ips[0]: Invalid value: "10.0.0.1": must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)',
        ],
      ],
    ])('%s', (_, status, before, metadata, expected) =>
      expect(statusErrors(status, before, metadata)).toEqual(expected),
    )
  })
})

test.each<[string, Fields, string[]]>([
  ['minimal', { spec: {} }, []],
  [
    'no extended resource',
    { spec: { extendedResourceName: 'gpu' } },
    ['spec.extendedResourceName: Invalid value: "gpu": must be a valid extended resource name'],
  ],
])('classes: %s', (_, fields, expected) => expect(errorsOf(deviceClasses, fields)).toEqual(expected))

describe('slices', () => {
  const pool = { name: 'n1', generation: 1, resourceSliceCount: 1 }
  const slice = (fields: object) => ({ spec: { driver: 'd.example.com', pool, nodeName: 'n1', ...fields } })
  const device = (fields: object) => slice({ devices: [{ name: 'd0', ...fields }] })
  const at = 'spec.devices[0]'
  const capacity = (requestPolicy: object) =>
    device({ allowMultipleAllocations: true, capacity: { memory: { value: '10Gi', requestPolicy } } })
  const policy = `${at}.capacity[memory].requestPolicy`

  test.each<[string, Fields, string[]]>([
    [
      'devices',
      device({ attributes: { model: { string: 'a' }, 'x.com/n': { int: 1 } }, capacity: { m: { value: '1' } } }),
      [],
    ],
    [
      'driver and pool',
      { spec: { nodeName: 'a', pool: { name: 'A', generation: -1, resourceSliceCount: 0 } } },
      [
        'spec.driver: Required value',
        expect.stringContaining(
          'spec.pool.name: Invalid value: "A": a lowercase RFC 1123 subdomain',
        ) as unknown as string,
        'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
        'spec.pool.generation: Invalid value: -1: must be greater than or equal to zero',
      ],
    ],
    [
      'for no node',
      slice({ nodeName: undefined }),
      [
        'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
      ],
    ],
    [
      'for one and all',
      slice({ allNodes: true }),
      [
        'spec: Invalid value: "{`nodeName`, `allNodes`}": exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required, but multiple fields are set',
      ],
    ],
    [
      'devices and counters',
      slice({ devices: [], sharedCounters: [{ name: 'c', counters: {} }] }),
      [
        'spec: Invalid value: "": only one of `sharedCounters` or `devices` is allowed',
        'spec.sharedCounters[0].counters: Required value',
      ],
    ],
    [
      'too many devices with taints',
      slice({
        devices: Array.from({ length: 65 }, (_, i) => ({ name: `d${i}`, taints: [{ key: 'a', effect: 'None' }] })),
      }),
      ['spec.devices: Too many: 65: must have at most 64 items'],
    ],
    [
      'attributes',
      device({ attributes: { 'a/b/c': { bool: true }, '1': { string: 'a', int: 1 }, v: { version: '1' } } }),
      [
        `${at}.attributes: Invalid value: "1": a valid C identifier must consist of alphanumeric characters or '_', and must not start with a digit (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')`,
        `${at}.attributes[1]: Invalid value: {"string":"a","int":1}: exactly one value must be specified`,
        `${at}.attributes: Invalid value: "a/b/c": must not contain more than one slash`,
        `${at}.attributes[v].version: Invalid value: "1": must be a string compatible with semver.org spec 2.0.0`,
      ],
    ],
    [
      'taint',
      device({ taints: [{ key: 'a', effect: 'Never' }] }),
      [`${at}.taints[0].effect: Unsupported value: "Never": supported values: "NoExecute", "NoSchedule", "None"`],
    ],
    [
      'placed alone',
      device({ nodeName: 'n1' }),
      [
        `${at}: Invalid value: null: \`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if \`perDeviceNodeSelection\` is set to true in the ResourceSlice spec`,
      ],
    ],
    [
      'counters',
      device({
        consumesCounters: [
          { counterSet: 'c', counters: { a: { value: '1' } } },
          { counterSet: 'c', counters: {} },
        ],
      }),
      [`${at}.consumesCounters[1].counters: Required value`, `${at}.consumesCounters[1]: Duplicate value: "c"`],
    ],
    [
      'capacity of one user',
      device({ capacity: { memory: { value: '1', requestPolicy: {} } } }),
      [`${policy}: Forbidden: allowMultipleAllocations must be true`],
    ],
    [
      'amounts',
      capacity({ default: '3Gi', validValues: ['2Gi', '1Gi', '20Gi'] }),
      [
        `${policy}.validValues[1]: Invalid value: "1Gi": values must be sorted in ascending order`,
        `${policy}.validValues[2]: Invalid value: "20Gi": option is larger than capacity value: 10Gi`,
        `${policy}.validValues: Invalid value: "3Gi": default value is not valid according to the requestPolicy`,
      ],
    ],
    [
      'range',
      capacity({ default: '1Gi', validRange: { min: '2Gi', max: '11Gi', step: '4Gi' } }),
      [
        `${policy}.validRange.default: Invalid value: "1Gi": default is less than min: 2Gi`,
        `${policy}.validRange.max: Invalid value: "11Gi": max is larger than capacity value: 10Gi`,
        `${policy}.validRange.step: Invalid value: "1Gi": value is not a multiple of a given step (4Gi) from (2Gi)`,
        `${policy}.validRange.step: Invalid value: "11Gi": value is not a multiple of a given step (4Gi) from (2Gi)`,
      ],
    ],
    [
      'range without default',
      capacity({ validRange: { min: '1' } }),
      [`${policy}.default: Required value: required when validRange is defined`],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(resourceSlices, fields)).toEqual(expected))

  test('a taint counts from when it was first written', () => {
    const taint = { key: 'a', effect: 'NoSchedule' }
    const old = objectOf(resourceSlices, device({ taints: [taint] })) as unknown as ResourceSlice
    resourceSlices.strategy?.stamp?.(old, { user: { name: 'a', groups: [], extra: {} }, nowMs: Date.parse(createdAt) })
    const next = objectOf(resourceSlices, device({ taints: [taint] })) as unknown as ResourceSlice
    resourceSlices.strategy?.prepareForUpdate?.(next, old)
    expect(next.spec.devices?.[0]?.taints).toEqual([{ ...taint, timeAdded: createdAt }])
  })
})

test.each<[string, object, object, string]>([
  ['new', {}, {}, 'pending'],
  ['in use', {}, { allocation: {}, reservedFor: [{ uid: 'a' }] }, 'allocated,reserved'],
  ['going', { deletionTimestamp: createdAt }, { allocation: {} }, 'deleted,allocated'],
])('the state of a claim: %s', (_, metadata, status, expected) => {
  const object = objectOf(resourceClaims, { spec: {}, status }, metadata) as unknown as ResourceClaim
  const state = resourceClaims.columns?.find(({ name }) => name === 'State')
  expect(state?.value(object, 0)).toBe(expected)
})
