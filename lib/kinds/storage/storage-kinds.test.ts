import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { csiDrivers } from './csi-driver.ts'
import { csiNodes } from './csi-node.ts'
import { csiStorageCapacities } from './csi-storage-capacity.ts'
import { storageClasses } from './storage-class.ts'
import { volumeAttachments } from './volume-attachment.ts'
import { volumeAttributesClasses } from './volume-attributes-class.ts'

const errorsOf = (def: ResourceDefinition, fields: Fields) => texts(def.strategy?.validate?.(objectOf(def, fields)))
const updateErrors = (def: ResourceDefinition, next: Fields, old: Fields) =>
  texts(def.strategy?.validateUpdate?.(objectOf(def, next), objectOf(def, old)))

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const attachment = (spec: object) => ({
  spec: { attacher: 'd.example.com', nodeName: 'n1', source: { persistentVolumeName: 'pv' }, ...spec },
})
const inline = (fields: object) =>
  attachment({
    source: {
      inlineVolumeSpec: {
        accessModes: ['ReadWriteOnce'],
        csi: { driver: 'd.example.com', volumeHandle: 'v' },
        ...fields,
      },
    },
  })
const driver = { name: 'd.example.com', nodeID: 'n1' }
const topology = (...expressions: object[]) => ({
  provisioner: 'p',
  allowedTopologies: [{ matchLabelExpressions: expressions }],
})

describe('validation', () => {
  test.each<[string, ResourceDefinition, Fields, string[]]>([
    ['StorageClass', storageClasses, { provisioner: 'example.com/p' }, []],
    ['StorageClass without provisioner', storageClasses, {}, ['provisioner: Required value']],
    [
      'reclaim policy',
      storageClasses,
      { provisioner: 'p', reclaimPolicy: 'Recycle' },
      ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    ],
    [
      'parameters',
      storageClasses,
      { provisioner: 'p', parameters: { '': 'a' } },
      ['parameters: Invalid value: "": field can not be empty.'],
    ],
    [
      'too many parameters',
      storageClasses,
      { provisioner: 'p', parameters: Object.fromEntries(Array.from({ length: 513 }, (_, i) => [`k${i}`, ''])) },
      ['parameters: Too long: may not be more than 512 bytes'],
    ],
    [
      'topologies',
      storageClasses,
      topology({ key: 'zone', values: ['a', 'a'] }, { key: 'zone', values: [] }),
      [
        'allowedTopologies[0].matchLabelExpressions[0].values[1]: Duplicate value: "a"',
        'allowedTopologies[0].matchLabelExpressions[1].values: Required value',
        'allowedTopologies[0].matchLabelExpressions[1].key: Duplicate value: "zone"',
      ],
    ],
    ['VolumeAttributesClass', volumeAttributesClasses, { driverName: 'd', parameters: { a: 'b' } }, []],
    [
      'VolumeAttributesClass without parameters',
      volumeAttributesClasses,
      { driverName: 'd' },
      ['parameters: Required value: must contain at least one key/value pair'],
    ],
    ['VolumeAttachment', volumeAttachments, attachment({}), []],
    ['VolumeAttachment with an inline volume', volumeAttachments, inline({}), []],
    [
      'neither source',
      volumeAttachments,
      attachment({ source: {} }),
      ['spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    ],
    [
      'both sources',
      volumeAttachments,
      attachment({ source: { inlineVolumeSpec: {}, persistentVolumeName: 'a' } }),
      ['spec.source: Forbidden: must specify exactly one of inlineVolumeSpec and persistentVolumeName'],
    ],
    [
      'inline volume that is a volume of its own',
      volumeAttachments,
      inline({
        claimRef: {},
        capacity: { storage: '1' },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'a',
      }),
      [
        'spec.source.inlineVolumeSpec.claimRef: Forbidden: may not be specified in the context of inline volumes',
        'spec.source.inlineVolumeSpec.capacity: Forbidden: may not be specified in the context of inline volumes',
        'spec.source.inlineVolumeSpec.persistentVolumeReclaimPolicy: Forbidden: may only be Retain in the context of inline volumes',
        'spec.source.inlineVolumeSpec.storageClassName: Forbidden: may not be specified in the context of inline volumes',
      ],
    ],
    [
      'attacher and node',
      volumeAttachments,
      attachment({ attacher: 'a_b', nodeName: 'N' }),
      [`spec.nodeName: Invalid value: "N": ${subdomain}`, `spec.attacher: Invalid value: "a_b": ${subdomain}`],
    ],
    ['CSIStorageCapacity', csiStorageCapacities, { storageClassName: 'a', capacity: '1Gi' }, []],
    [
      'negative capacity',
      csiStorageCapacities,
      { storageClassName: 'a', capacity: '-1Gi' },
      ['capacity: Invalid value: "-1Gi": must be greater than or equal to 0'],
    ],
    ['CSIDriver', csiDrivers, { spec: {} }, []],
    [
      'CSIDriver words',
      csiDrivers,
      { spec: { fsGroupPolicy: 'Some', volumeLifecycleModes: ['Long'], nodeAllocatableUpdatePeriodSeconds: 9 } },
      [
        'spec.fsGroupPolicy: Unsupported value: "Some": supported values: "File", "None", "ReadWriteOnceWithFSType"',
        'spec.volumeLifecycleModes: Unsupported value: "Long": supported values: "Persistent", "Ephemeral"',
        'spec.nodeAllocatableUpdatePeriodSeconds: Invalid value: 9: must be greater than or equal to 10 seconds',
      ],
    ],
    [
      'CSIDriver tokens',
      csiDrivers,
      { spec: { tokenRequests: [{ audience: 'a', expirationSeconds: 1 }, { audience: 'a' }] } },
      [
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 1: may not specify a duration less than 10 minutes',
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
      ],
    ],
    ['CSINode', csiNodes, { spec: { drivers: [driver] } }, []],
    [
      'CSINode of two with one name',
      csiNodes,
      { spec: { drivers: [driver, { ...driver, nodeID: '', topologyKeys: ['a', 'a'], allocatable: { count: -1 } }] } },
      [
        'spec.drivers[1].nodeID: Required value',
        'spec.drivers[1].allocatable.count: Invalid value: -1: must be greater than or equal to 0',
        'spec.drivers[1].name: Duplicate value: "d.example.com"',
        'spec.drivers[1]: Duplicate value: "a"',
      ],
    ],
  ])('%s', (_, def, fields, expected) => expect(errorsOf(def, fields)).toEqual(expected))
})

describe('what an update may not change', () => {
  test.each<[string, ResourceDefinition, Fields, Fields, string[]]>([
    [
      'a StorageClass',
      storageClasses,
      { provisioner: 'b', parameters: { a: '2' }, reclaimPolicy: 'Retain', volumeBindingMode: 'WaitForFirstConsumer' },
      { provisioner: 'a', parameters: { a: '1' } },
      [
        'parameters: Forbidden: updates to parameters are forbidden.',
        'provisioner: Forbidden: updates to provisioner are forbidden.',
        'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
        'volumeBindingMode: Invalid value: "WaitForFirstConsumer": field is immutable',
      ],
    ],
    ['whether it may grow', storageClasses, { provisioner: 'a', allowVolumeExpansion: true }, { provisioner: 'a' }, []],
    [
      'a VolumeAttributesClass',
      volumeAttributesClasses,
      { driverName: 'b', parameters: { a: '1' } },
      { driverName: 'a', parameters: { a: '1' } },
      ['driverName: Forbidden: updates to driverName are forbidden.'],
    ],
    [
      'a VolumeAttachment',
      volumeAttachments,
      { spec: { nodeName: 'b' } },
      { spec: { nodeName: 'a' } },
      ['spec: Invalid value: {"nodeName":"b","source":{}}: field is immutable'],
    ],
    [
      'a CSIStorageCapacity',
      csiStorageCapacities,
      { storageClassName: 'b', capacity: '2' },
      { storageClassName: 'a', capacity: '1' },
      ['storageClassName: Invalid value: "b": field is immutable'],
    ],
    [
      'a CSIDriver',
      csiDrivers,
      { spec: { attachRequired: false, podInfoOnMount: true } },
      { spec: {} },
      ['spec.attachedRequired: Invalid value: false: field is immutable'],
    ],
    [
      'a driver of a CSINode, but for how many volumes fit',
      csiNodes,
      { spec: { drivers: [{ ...driver, nodeID: 'n2', allocatable: { count: 2 } }] } },
      { spec: { drivers: [{ ...driver, allocatable: { count: 1 } }] } },
      ['spec.drivers: Invalid value: {"name":"d.example.com","nodeID":"n2"}: field is immutable'],
    ],
  ])('%s', (_, def, next, old, expected) => expect(updateErrors(def, next, old)).toEqual(expected))
})

test('the status of an attachment is its driver’s', () => {
  const object = objectOf(volumeAttachments, { ...attachment({}), status: { attached: true } })
  volumeAttachments.strategy?.prepareForCreate?.(object as never)
  expect(object.status).toEqual({ attached: false })
  const said = { ...object, status: { attached: false, attachError: { message: 'x'.repeat(1025), errorCode: -1 } } }
  expect(texts(volumeAttachments.subresources?.status?.validateUpdate?.(said as never, object as never))).toEqual([
    'status.attachError.message: Too long: may not be more than 262144 bytes',
    'status.attachError.errorCode: Invalid value: -1: must be between 0 and 2147483647, inclusive',
  ])
})

test('old names of labels are warned of', () => {
  const key = 'failure-domain.beta.kubernetes.io/zone'
  const object = objectOf(storageClasses, topology({ key, values: ['a'] }))
  expect(storageClasses.strategy?.warnings?.(object as never)).toEqual([
    `allowedTopologies[0].matchLabelExpressions[0].key: ${key} is deprecated since v1.17; use "topology.kubernetes.io/zone" instead`,
  ])
})
