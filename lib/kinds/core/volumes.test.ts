import { describe, expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { type PersistentVolume, persistentVolumes } from './persistent-volume.ts'
import { persistentVolumeClaims } from './persistent-volume-claim.ts'

const errorsOf = (def: ResourceDefinition, fields: Fields) => texts(def.strategy?.validate?.(objectOf(def, fields)))
const by = { user: { name: 'a', groups: [], extra: {} }, nowMs: Date.parse('2026-02-02T00:00:00Z') }

describe('PersistentVolume', () => {
  const basic = { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } }
  const volume = (fields: object) => ({ spec: { ...basic, hostPath: { path: '/data' }, ...fields } })
  const of = (source: object) => volume({ hostPath: undefined, ...source })

  test.each<[string, Fields, string[]]>([
    ['minimal', volume({}), []],
    [
      'nothing',
      { spec: {} },
      [
        'spec.accessModes: Required value',
        'spec.capacity: Required value',
        'spec.capacity: Unsupported value: {}: supported values: "storage"',
        'spec: Required value: must specify a volume type',
      ],
    ],
    [
      'access modes',
      volume({ accessModes: ['Always', 'ReadWriteOncePod', 'ReadOnlyMany'] }),
      [
        'spec.accessModes: Unsupported value: "Always": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
        'spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes',
      ],
    ],
    [
      'capacity',
      volume({ capacity: { storage: '-1', cpu: '1' } }),
      [
        'spec.capacity: Unsupported value: {"storage":"-1","cpu":"1"}: supported values: "storage"',
        'spec.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
        'spec.capacity[storage]: Invalid value: "-1": must be greater than zero',
      ],
    ],
    [
      'words',
      volume({ persistentVolumeReclaimPolicy: 'Keep', volumeMode: 'Tape', storageClassName: 'A' }),
      [
        'spec.persistentVolumeReclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Recycle", "Retain"',
        expect.stringContaining('spec.storageClassName: Invalid value: "A": ') as unknown as string,
        'spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"',
      ],
    ],
    [
      'two sources',
      volume({ nfs: { server: 'a', path: '/' }, cephfs: { monitors: ['a'] } }),
      [
        'spec.nfs: Forbidden: may not specify more than 1 volume type',
        'spec.cephFS: Forbidden: may not specify more than 1 volume type',
      ],
    ],
    [
      'recycling everything',
      volume({ hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' }),
      ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
    ],
    [
      'local without nodes',
      of({ local: { path: '/a/../b' } }),
      [
        'spec.local.path: Invalid value: "/a/../b": must not contain \'..\'',
        'spec.nodeAffinity: Required value: Local volume requires node affinity',
      ],
    ],
    [
      'affinity to nothing',
      volume({ nodeAffinity: {} }),
      ['spec.nodeAffinity.required: Required value: must specify required node constraints'],
    ],
    [
      'csi',
      of({ csi: { driver: '', volumeHandle: '', controllerExpandSecretRef: { name: 'a' } } }),
      [
        'spec.csi.driver: Required value',
        'spec.csi.volumeHandle: Required value',
        'spec.csi.controllerExpandSecretRef.namespace: Required value',
      ],
    ],
    [
      'nfs',
      of({ nfs: { server: '', path: 'a' } }),
      ['spec.nfs.server: Required value', 'spec.nfs.path: Invalid value: "a": must be an absolute path'],
    ],
    [
      'iscsi',
      of({ iscsi: { targetPortal: 'a', iqn: 'x', lun: 256, chapAuthSession: true } }),
      [
        'spec.iscsi.iqn: Invalid value: "x": must be valid format starting with iqn, eui, or naa',
        'spec.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive',
        'spec.iscsi.secretRef: Required value',
      ],
    ],
    [
      'gce',
      of({ gcePersistentDisk: { pdName: '', partition: 256 } }),
      [
        'spec.persistentDisk.pdName: Required value',
        'spec.persistentDisk.partition: Invalid value: 256: must be between 0 and 255, inclusive',
      ],
    ],
    [
      'fc',
      of({ fc: { targetWWNs: ['a'] } }),
      ['spec.fc.lun: Required value: lun is required if targetWWNs is specified'],
    ],
    [
      'attributes without csi',
      volume({ volumeAttributesClassName: '' }),
      [
        'spec.volumeAttributesClassName: Required value: an empty string is disallowed',
        'spec.csi: Required value: has to be specified when using volumeAttributesClassName',
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(persistentVolumes, fields)).toEqual(expected))

  const updateErrors = (next: Fields, old: Fields) =>
    texts(
      persistentVolumes.strategy?.validateUpdate?.(
        objectOf(persistentVolumes, next) as never,
        objectOf(persistentVolumes, old) as never,
      ),
    )
  const affinity = (key: string) => ({
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: 'Exists' }] }] } },
  })

  test('where it is kept never changes; the message says what would', () => {
    const [error = ''] = updateErrors(volume({ hostPath: { path: '/b' } }), volume({ hostPath: { path: '/a' } }))
    const [head, ...diff] = error.split('\n')
    expect(head).toBe('spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation')
    expect(diff).toEqual([
      '@@ -2,7 +2,7 @@',
      '  "GCEPersistentDisk": null,',
      '  "AWSElasticBlockStore": null,',
      '  "HostPath": {',
      '-  "path": "/a",',
      '+  "path": "/b",',
      '   "type": ""',
      '  },',
      '  "Glusterfs": null,',
      '',
    ])
  })

  test.each<[string, object, object, string[]]>([
    ['capacity', { capacity: { storage: '2Gi' } }, {}, []],
    ['mode', { volumeMode: 'Block' }, {}, ['volumeMode: Invalid value: "Block": field is immutable']],
    ['affinity that was not there', affinity('a'), {}, []],
    [
      'affinity under a newer name',
      affinity('topology.kubernetes.io/zone'),
      affinity('failure-domain.beta.kubernetes.io/zone'),
      [],
    ],
    [
      'affinity',
      { nodeAffinity: undefined },
      affinity('a'),
      ['nodeAffinity: Invalid value: null: field is immutable, except for updating from beta label to GA'],
    ],
    [
      'class of attributes',
      {},
      { volumeAttributesClassName: 'a' },
      ['spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden'],
    ],
  ])('an update of %s', (_, next, old, expected) => expect(updateErrors(volume(next), volume(old))).toEqual(expected))

  test('the time of its phase is the server’s, unless it is said', () => {
    const created = objectOf(persistentVolumes, volume({})) as unknown as PersistentVolume
    persistentVolumes.strategy?.prepareForCreate?.(created)
    persistentVolumes.strategy?.stamp?.(created, by)
    expect(created.status).toEqual({ phase: 'Pending', lastPhaseTransitionTime: '2026-02-02T00:00:00Z' })
    const { stamp } = persistentVolumes.subresources?.status ?? {}
    const said = (status: object) => {
      const next = { ...created, status: { ...created.status, ...status } }
      stamp?.(next, created, { ...by, nowMs: by.nowMs + 1000 })
      return next.status.lastPhaseTransitionTime
    }
    expect(said({ phase: 'Available' })).toBe('2026-02-02T00:00:01Z')
    expect(said({ phase: 'Available', lastPhaseTransitionTime: createdAt })).toBe(createdAt)
    expect(said({ reason: 'a' })).toBe('2026-02-02T00:00:00Z')
  })

  test('old ways are warned of', () => {
    const annotations = { 'volume.beta.kubernetes.io/mount-options': 'ro' }
    const fields = of({ rbd: {}, persistentVolumeReclaimPolicy: 'Recycle', capacity: { storage: '1500m' } })
    expect(
      persistentVolumes.strategy?.warnings?.(objectOf(persistentVolumes, fields, { annotations }) as never),
    ).toEqual([
      'metadata.annotations[volume.beta.kubernetes.io/mount-options]: deprecated since v1.31; use "mountOptions" attribute instead',
      'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
      'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
      'spec.capacity[storage]: fractional byte value "1500m" is invalid, must be an integer',
    ])
  })
})

describe('PersistentVolumeClaim', () => {
  const claim = (fields: object, more: object = {}) => ({
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...fields },
    ...more,
  })
  const bound = { status: { phase: 'Bound', capacity: { storage: '1Gi' } } }
  const size = (storage: string) => ({ resources: { requests: { storage } } })

  test.each<[string, Fields, string[]]>([
    ['minimal', claim({}), []],
    [
      'nothing',
      { spec: {} },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    ['size', claim(size('0')), ['spec.resources[storage]: Invalid value: "0": must be greater than zero']],
    [
      'source',
      claim({ dataSource: { kind: 'Snapshot', name: '' } }),
      [
        'spec.dataSource.name: Required value',
        'spec.dataSource: Invalid value: "Snapshot": must be \'PersistentVolumeClaim\' when referencing the default apiGroup',
      ],
    ],
    [
      'two sources',
      claim({
        dataSource: { kind: 'PersistentVolumeClaim', name: 'a' },
        dataSourceRef: { kind: 'PersistentVolumeClaim', name: 'b' },
      }),
      ['spec: Invalid value: "spec.dataSource": must match dataSourceRef'],
    ],
    [
      'mode',
      claim({ volumeMode: 'Tape' }),
      ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"'],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(persistentVolumeClaims, fields)).toEqual(expected))

  const updateErrors = (next: Fields, old: Fields) =>
    texts(
      persistentVolumeClaims.strategy?.validateUpdate?.(
        objectOf(persistentVolumeClaims, next) as never,
        objectOf(persistentVolumeClaims, old) as never,
      ),
    )

  test.each<[string, Fields, Fields, string[]]>([
    ['nothing', claim({}), claim({}), []],
    ['its volume, once', claim({ volumeName: 'a' }), claim({}), []],
    ['its class, where it had none', claim({ storageClassName: 'a' }), claim({}), []],
    ['its size, once there is a volume', claim(size('2Gi'), bound), claim({}, bound), []],
    [
      'the class of its attributes',
      claim({ volumeAttributesClassName: 'b' }),
      claim({ volumeAttributesClassName: 'a' }),
      [],
    ],
    [
      'a smaller size than it has',
      claim(size('500Mi'), bound),
      claim(size('2Gi'), bound),
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
    [
      'no attributes',
      claim({}),
      claim({ volumeAttributesClassName: 'a' }),
      ['spec.volumeAttributesClassName: Forbidden: update from non-nil value to nil is forbidden'],
    ],
  ])('an update of %s', (_, next, old, expected) => expect(updateErrors(next, old)).toEqual(expected))

  test.each<[string, object, object, string[]]>([
    [
      'its class',
      { storageClassName: 'b' },
      { storageClassName: 'a' },
      ['-"StorageClassName": "a",', '+"StorageClassName": "b",'],
    ],
    ['its size without a volume', size('2Gi'), {}, ['-"storage": "1Gi"', '+"storage": "2Gi"']],
    ['its volume', { volumeName: 'b' }, { volumeName: 'a' }, ['-"VolumeName": "a",', '+"VolumeName": "b",']],
  ])('an update may not change %s, and the message says how it would', (_, next, old, changes) => {
    const [error = '', ...more] = updateErrors(claim(next), claim(old))
    expect(more).toEqual([])
    const [head, ...diff] = error.split('\n')
    expect(head).toBe(
      'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims',
    )
    const changed = diff.filter(line => /^[-+]/.test(line)).map(line => line.replace(/^([-+]) */, '$1'))
    expect(changed).toEqual(changes)
  })

  test('a source is said in both of its forms', () => {
    const dataSource = { kind: 'PersistentVolumeClaim', name: 'a' }
    for (const fields of [{ dataSource }, { dataSourceRef: dataSource }]) {
      const object = objectOf(persistentVolumeClaims, claim(fields))
      persistentVolumeClaims.strategy?.prepareForCreate?.(object as never)
      expect(object.spec).toMatchObject({ dataSource, dataSourceRef: dataSource })
    }
  })

  test('a status says what is resized', () => {
    const status = {
      allocatedResourceStatuses: { storage: 'Soon', cpu: 'NodeResizePending' },
      capacity: { storage: '-1' },
    }
    const object = objectOf(persistentVolumeClaims, claim({}, { status }))
    expect(
      texts(persistentVolumeClaims.subresources?.status?.validateUpdate?.(object as never, object as never)),
    ).toEqual([
      'status.capacity[storage]: Invalid value: -1: must be a valid resource quantity',
      'status.allocatedResourceStatus: Unsupported value: "storage": supported values: "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending"',
      'status.allocatedResourceStatus: Unsupported value: "cpu": supported values: "storage"',
    ])
  })
})
