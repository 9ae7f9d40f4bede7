import { describe, expect, test } from '@jest/globals'
import { errorsOfNew, podOf, web } from '../../../test/harness/pod-objects.ts'
import type { Container, Volume } from './pod-types.ts'

const at = 'spec.volumes[0]'
const claimSpec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }

describe('what is wrong with a volume', () => {
  test.each<[string, Partial<Volume>, string[]]>([
    ['nothing', { emptyDir: { sizeLimit: '1Gi' } }, []],
    [
      'less than no room',
      { emptyDir: { sizeLimit: '-1' } },
      [`${at}.emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity`],
    ],
    ['a disk', { gcePersistentDisk: { pdName: '' } }, [`${at}.persistentDisk.pdName: Required value`]],
    ['a repository', { gitRepo: { repository: '' } }, [`${at}.gitRepo.repository: Required value`]],
    [
      'a target',
      { iscsi: { targetPortal: '', iqn: 'disk', lun: 256, chapAuthSession: true } },
      [
        `${at}.iscsi.targetPortal: Required value`,
        `${at}.iscsi.iqn: Invalid value: "disk": must be valid format starting with iqn, eui, or naa`,
        `${at}.iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive`,
        `${at}.iscsi.secretRef: Required value`,
      ],
    ],
    [
      'a target’s name',
      { iscsi: { targetPortal: 'a', iqn: 'iqn.x', lun: 0 } },
      [`${at}.iscsi.iqn: Invalid value: "iqn.x": must be valid format`],
    ],
    ['a Cinder disk', { cinder: { volumeID: '' } }, [`${at}.cinder.volumeID: Required value`]],
    [
      'a share',
      { nfs: { server: '', path: 'a' } },
      [`${at}.nfs.server: Required value`, `${at}.nfs.path: Invalid value: "a": must be an absolute path`],
    ],
    [
      'an Azure disk',
      { azureDisk: { diskName: 'd', diskURI: 'x', kind: 'Managed', cachingMode: 'None' } },
      [
        `${at}.azureDisk.diskURI: Unsupported value: "x": supported values: "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}"`,
      ],
    ],
    ['a driver', { csi: { driver: '' } }, [`${at}.csi.driver: Required value`]],
    ['an image', { image: { reference: '' } }, [`${at}.image.reference: Required value`]],
    [
      'a claim template',
      {
        ephemeral: { volumeClaimTemplate: { metadata: { name: 'x' }, spec: { ...claimSpec, accessModes: [] } } },
      },
      [
        `${at}.ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set`,
        `${at}.ephemeral.volumeClaimTemplate.spec.accessModes: Required value: at least 1 access mode is required`,
      ],
    ],
    [
      'paths that two sources claim',
      {
        projected: {
          sources: [
            { secret: { name: 's', items: [{ key: 'k', path: 'a' }] } },
            { configMap: { name: 'c', items: [{ key: 'k', path: 'a' }] } },
            { secret: { name: 's' }, configMap: { name: 'c' } },
          ],
        },
      },
      [
        `${at}.projected: Invalid value: "c": conflicting duplicate paths`,
        `${at}.projected.sources[2]: Forbidden: may not specify more than 1 volume type per source`,
      ],
    ],
    [
      'a field that is no file',
      { downwardAPI: { items: [{ path: '../a', fieldRef: { fieldPath: 'spec.nodeName' } }] } },
      [
        `${at}.downwardAPI.path: Invalid value: "../a": must not contain '..'`,
        `${at}.downwardAPI.fieldRef.fieldPath: Unsupported value: "spec.nodeName": supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"`,
      ],
    ],
  ])('%s', (_, source, expected) =>
    expect(errorsOfNew(podOf({ volumes: [{ name: 'v', ...source }] }))).toEqual(expected),
  )

  test('a claim that the pod makes itself', () => {
    const volumes = [
      { name: 'v', ephemeral: { volumeClaimTemplate: { spec: claimSpec } } },
      { name: 'w', persistentVolumeClaim: { claimName: 'web-v' } },
    ]
    expect(errorsOfNew(podOf({ volumes }))).toEqual([
      'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "web-v": must not reference a PVC that gets created for an ephemeral volume',
    ])
  })
})

describe('what is wrong with a mount', () => {
  const volumes: Volume[] = [
    { name: 'v', emptyDir: {} },
    { name: 'c', persistentVolumeClaim: { claimName: 'c' } },
  ]
  const mount = (fields: object): Partial<Container> => ({ volumeMounts: [{ name: 'v', mountPath: '/v', ...fields }] })
  const mounts = 'spec.containers[0].volumeMounts'
  const devices = 'spec.containers[0].volumeDevices'
  test.each<[string, Partial<Container>, string[]]>([
    ['nothing', mount({ readOnly: true, recursiveReadOnly: 'IfPossible', subPathExpr: '$(A)' }), []],
    ['no place', mount({ mountPath: '' }), [`${mounts}[0].mountPath: Required value`]],
    [
      'two sub paths',
      mount({ subPath: 'a', subPathExpr: 'b' }),
      [`${mounts}[0].subPathExpr: Invalid value: "b": subPathExpr and subPath are mutually exclusive`],
    ],
    [
      'propagation both ways',
      mount({ mountPropagation: 'Bidirectional' }),
      [
        `${mounts}.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers`,
      ],
    ],
    [
      'read-only throughout, but to write',
      mount({ recursiveReadOnly: 'Enabled', mountPropagation: 'HostToContainer' }),
      [
        `${mounts}.recursiveReadOnly: Forbidden: may only be specified when readOnly is true`,
        `${mounts}.recursiveReadOnly: Forbidden: may only be specified when mountPropagation is None or not specified`,
      ],
    ],
    [
      'a device of files',
      { volumeDevices: [{ name: 'v', devicePath: '/dev/v' }] },
      [
        `${devices}[0].name: Invalid value: "v": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
      ],
    ],
    [
      'a device that is mounted',
      { volumeDevices: [{ name: 'c', devicePath: '/c' }], volumeMounts: [{ name: 'c', mountPath: '/c' }] },
      [
        `${mounts}[0].name: Invalid value: "c": must not already exist in volumeDevices`,
        `${mounts}[0].mountPath: Invalid value: "/c": must not already exist as a path in volumeDevices`,
        `${devices}[0].name: Invalid value: "c": must not already exist in volumeMounts`,
        `${devices}[0].devicePath: Invalid value: "/c": must not already exist as a path in volumeMounts`,
      ],
    ],
    [
      'a file of variables in no volume',
      { env: [{ name: 'A', valueFrom: { fileKeyRef: { key: 'A', path: 'env', volumeName: 'x' } } }] },
      ['spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: "x"'],
    ],
    [
      'a file of variables elsewhere',
      { env: [{ name: 'A', valueFrom: { fileKeyRef: { key: '=', path: '../env', volumeName: 'c' } } }] },
      [
        `spec.containers[0].env[0].valueFrom.fileKeyRef.key: Invalid value: "=": a valid environment variable name must consist only of printable ASCII characters other than '='`,
        `spec.containers[0].env[0].valueFrom.fileKeyRef.path: Invalid value: "../env": must not contain '..'`,
        'spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Invalid value: "c": referenced volume must be of type emptyDir',
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOfNew(podOf({ volumes, ...web(fields) }))).toEqual(expected))
})
