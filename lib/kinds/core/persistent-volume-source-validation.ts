// Where a persistent volume is kept: exactly one source, each with its own rules.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { dnsLabel, dnsSubdomain, eachEntry, optionalWord, requiredText } from '../../api/validation-rules.ts'
import { validateDriverName } from '../storage/csi-driver-name.ts'
import { hostPathTypes, noBacksteps } from './local-path-validation.ts'
import type { PersistentVolumeSpec } from './persistent-volume-validation.ts'

/** The order in which upstream looks at them: of several, the first counts. */
export const volumeSources = [
  'hostPath',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'glusterfs',
  'flocker',
  'nfs',
  'rbd',
  'quobyte',
  'cephfs',
  'iscsi',
  'cinder',
  'fc',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const satisfies (keyof PersistentVolumeSpec)[]

type SourceName = (typeof volumeSources)[number]

export function validateVolumeSource(spec: PersistentVolumeSpec, field: string): FieldError[] {
  const [first, ...others] = volumeSources.filter(name => spec[name] !== undefined)
  if (!first) return [required(field, 'must specify a volume type')]
  return [
    ...(checks[first]?.(spec, `${field}.${first}`) ?? []),
    ...others
      .filter(name => name !== 'flexVolume')
      .map(name =>
        fieldForbidden(`${field}.${forbiddenNames[name] ?? name}`, 'may not specify more than 1 volume type'),
      ),
  ]
}

const forbiddenNames: Partial<Record<SourceName, string>> = { cephfs: 'cephFS' }

interface Reference {
  name?: string
  namespace?: string
}

/** Both a name and a namespace, without more. */
function bothParts(reference: Reference | undefined, field: string): FieldError[] {
  if (!reference) return []
  return [...requiredText(`${field}.name`, reference.name), ...requiredText(`${field}.namespace`, reference.namespace)]
}

function secretReference(reference: Reference | undefined, field: string): FieldError[] {
  if (!reference) return []
  const { name, namespace } = reference
  return [
    ...(name ? dnsSubdomain(`${field}.name`, name) : [required(`${field}.name`)]),
    ...(namespace ? dnsLabel(`${field}.namespace`, namespace) : [required(`${field}.namespace`)]),
  ]
}

function partition(number: number | undefined, field: string): FieldError[] {
  const isRight = number === undefined || (number >= 0 && number <= 255)
  return isRight ? [] : [invalid(`${field}.partition`, number, 'must be between 0 and 255, inclusive')]
}

const cachingModes = ['None', 'ReadOnly', 'ReadWrite']
const diskKinds = ['Dedicated', 'Managed', 'Shared']
const registryText = 'must be a host:port pair or multiple pairs separated by commas'

type Check = (spec: PersistentVolumeSpec, field: string) => FieldError[]

const checks: Partial<Record<SourceName, Check>> = {
  hostPath: ({ hostPath }, field) => {
    if (!hostPath?.path) return [required(`${field}.path`)]
    const { path, type } = hostPath
    return [...noBacksteps(`${field}.path`, path), ...optionalWord(`${field}.type`, type, hostPathTypes)]
  },
  gcePersistentDisk: ({ gcePersistentDisk: disk }, field) => {
    // Upstream's name for it in paths.
    const at = field.replace(/gcePersistentDisk$/, 'persistentDisk')
    return [...requiredText(`${at}.pdName`, disk?.pdName), ...partition(disk?.partition, at)]
  },
  awsElasticBlockStore: ({ awsElasticBlockStore: disk }, field) => [
    ...requiredText(`${field}.volumeID`, disk?.volumeID),
    ...partition(disk?.partition, field),
  ],
  glusterfs: ({ glusterfs }, field) => {
    const namespace = glusterfs?.endpointsNamespace
    const at = `${field}.endpointsNamespace`
    const empty = 'if the endpointnamespace is set, it must be a valid namespace name'
    return [
      ...requiredText(`${field}.endpoints`, glusterfs?.endpoints),
      ...requiredText(`${field}.path`, glusterfs?.path),
      ...(namespace === '' ? [invalid(at, namespace, empty)] : namespace ? dnsLabel(at, namespace) : []),
    ]
  },
  flocker: ({ flocker: { datasetName = '', datasetUUID = '' } = {} }, field) => [
    ...(datasetName || datasetUUID ? [] : [required(field, 'one of datasetName and datasetUUID is required')]),
    ...(datasetName && datasetUUID
      ? [invalid(field, 'resource', 'datasetName and datasetUUID can not be specified simultaneously')]
      : []),
    ...(datasetName.includes('/') ? [invalid(`${field}.datasetName`, datasetName, "must not contain '/'")] : []),
  ],
  nfs: ({ nfs }, field) => [
    ...requiredText(`${field}.server`, nfs?.server),
    ...requiredText(`${field}.path`, nfs?.path),
    ...(nfs?.path.startsWith('/') ? [] : [invalid(`${field}.path`, nfs?.path ?? '', 'must be an absolute path')]),
  ],
  rbd: ({ rbd }, field) => [
    ...(rbd?.monitors?.length ? [] : [required(`${field}.monitors`)]),
    ...requiredText(`${field}.image`, rbd?.image),
  ],
  quobyte: ({ quobyte }, field) => {
    const { registry = '', tenant = '', volume } = quobyte ?? {}
    const tooLong = 'must be a UUID and may not exceed a length of 64 characters'
    const pairs = registry.split(',').filter(pair => !/^(\[[^\]]*\]|[^:]*):[^:]*$/.test(pair))
    return [
      ...(registry === ''
        ? [required(`${field}.registry`, registryText)]
        : tenant.length >= 65
          ? [required(`${field}.tenant`, tooLong)]
          : pairs.map(() => invalid(`${field}.registry`, registry, registryText))),
      ...requiredText(`${field}.volume`, volume),
    ]
  },
  cephfs: ({ cephfs }, field) => (cephfs?.monitors?.length ? [] : [required(`${field}.monitors`)]),
  iscsi: ({ iscsi }, field) => {
    const { iqn = '', lun = 0, chapAuthDiscovery, chapAuthSession, secretRef } = iscsi ?? {}
    const needsSecret = (chapAuthDiscovery || chapAuthSession) && !secretRef
    return [
      ...requiredText(`${field}.targetPortal`, iscsi?.targetPortal),
      ...(iqn === ''
        ? [required(`${field}.iqn`)]
        : /^(iqn\.|eui\.|naa\.)/.test(iqn)
          ? []
          : [invalid(`${field}.iqn`, iqn, 'must be valid format starting with iqn, eui, or naa')]),
      ...(lun < 0 || lun > 255 ? [invalid(`${field}.lun`, lun, 'must be between 0 and 255, inclusive')] : []),
      ...(needsSecret ? [required(`${field}.secretRef`)] : []),
      ...(secretRef ? requiredText(`${field}.secretRef.name`, secretRef.name) : []),
    ]
  },
  cinder: ({ cinder }, field) => [
    ...requiredText(`${field}.volumeID`, cinder?.volumeID),
    ...bothParts(cinder?.secretRef, `${field}.secretRef`),
  ],
  fc: ({ fc: { targetWWNs = [], wwids = [], lun } = {} }, field) => {
    if (targetWWNs.length === 0 && wwids.length === 0) {
      return [required(`${field}.targetWWNs`, 'must specify either targetWWNs or wwids, but not both')]
    }
    if (targetWWNs.length > 0 && wwids.length > 0) {
      return [invalid(`${field}.targetWWNs`, targetWWNs, 'targetWWNs and wwids can not be specified simultaneously')]
    }
    if (targetWWNs.length === 0) return []
    if (lun === undefined) return [required(`${field}.lun`, 'lun is required if targetWWNs is specified')]
    return lun < 0 || lun > 255 ? [invalid(`${field}.lun`, lun, 'must be between 0 and 255, inclusive')] : []
  },
  flexVolume: ({ flexVolume }, field) => [
    ...requiredText(`${field}.driver`, flexVolume?.driver),
    ...eachEntry(flexVolume?.options, `${field}.options`, (_, at, key) => {
      const [domain = ''] = key.split('/')
      const isReserved = /\.(kubernetes|k8s)\.io$/.test(`.${domain.toLowerCase()}`)
      return isReserved ? [invalid(at, key, 'kubernetes.io and k8s.io namespaces are reserved')] : []
    }),
  ],
  azureFile: ({ azureFile }, field) => [
    ...requiredText(`${field}.secretName`, azureFile?.secretName),
    ...requiredText(`${field}.shareName`, azureFile?.shareName),
    ...(azureFile?.secretNamespace === '' ? [required(`${field}.secretNamespace`)] : []),
  ],
  vsphereVolume: ({ vsphereVolume }, field) => requiredText(`${field}.volumePath`, vsphereVolume?.volumePath),
  photonPersistentDisk: ({ photonPersistentDisk: disk }, field) => requiredText(`${field}.pdID`, disk?.pdID),
  portworxVolume: ({ portworxVolume }, field) => requiredText(`${field}.volumeID`, portworxVolume?.volumeID),
  azureDisk: ({ azureDisk }, field) => [
    ...requiredText(`${field}.diskName`, azureDisk?.diskName),
    ...requiredText(`${field}.diskURI`, azureDisk?.diskURI),
    ...optionalWord(`${field}.cachingMode`, azureDisk?.cachingMode, cachingModes),
    ...optionalWord(`${field}.kind`, azureDisk?.kind, diskKinds),
  ],
  scaleIO: ({ scaleIO }, field) => [
    ...requiredText(`${field}.gateway`, scaleIO?.gateway),
    ...requiredText(`${field}.system`, scaleIO?.system),
    ...requiredText(`${field}.volumeName`, scaleIO?.volumeName),
  ],
  local: ({ local, nodeAffinity }, field) => [
    ...(local?.path ? noBacksteps(`${field}.path`, local.path) : [required(`${field}.path`)]),
    ...(nodeAffinity ? [] : [required(field.replace(/local$/, 'nodeAffinity'), 'Local volume requires node affinity')]),
  ],
  storageos: ({ storageos: { volumeName, volumeNamespace, secretRef } = {} }, field) => [
    ...(volumeName ? dnsLabel(`${field}.volumeName`, volumeName) : [required(`${field}.volumeName`)]),
    ...(volumeNamespace ? dnsLabel(`${field}.volumeNamespace`, volumeNamespace) : []),
    ...bothParts(secretRef, `${field}.secretRef`),
  ],
  csi: ({ csi }, field) => [
    ...validateDriverName(csi?.driver, `${field}.driver`),
    ...requiredText(`${field}.volumeHandle`, csi?.volumeHandle),
    ...secretReference(csi?.controllerPublishSecretRef, `${field}.controllerPublishSecretRef`),
    ...secretReference(csi?.controllerExpandSecretRef, `${field}.controllerExpandSecretRef`),
    ...secretReference(csi?.nodePublishSecretRef, `${field}.nodePublishSecretRef`),
    ...secretReference(csi?.nodeExpandSecretRef, `${field}.nodeExpandSecretRef`),
  ],
}
