// What must hold for a pod's volumes: a name of its own and exactly one type, valid for itself.

import { duplicate, type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { asInvalid, validateAnnotations, validateLabels } from '../../api/validation.ts'
import { dnsSubdomainErrors } from '../../api/validation-names.ts'
import { dnsLabel, eachItem, optionalWord, quantityOf, requiredText, requiredWord } from '../../api/validation-rules.ts'
import { goQuote } from '../../util/go-quote.ts'
import { fileMode, hostPathTypes, noBacksteps } from './local-path-validation.ts'
import { validateClaimSpec } from './persistent-volume-claim-validation.ts'
import { diskChecks } from './pod-disk-validation.ts'
import type { Volume } from './pod-types.ts'
import { validateDownwardFile, validateKeyToPath, validateProjected } from './pod-volume-files-validation.ts'

export interface CheckedVolumes {
  errors: FieldError[]
  /** Those that have none. */
  valid: Volume[]
}

export function validateVolumes(volumes: Volume[] = [], field: string, podName: string | undefined): CheckedVolumes {
  const created = volumes.filter(volume => volume.ephemeral && podName).map(({ name }) => `${podName}-${name}`)
  const valid: Volume[] = []
  const errors = eachItem(volumes, field, (volume, at) => {
    const wrong = [
      ...sourceErrors(volume, at, podName),
      ...(volume.name ? dnsLabel(`${at}.name`, volume.name) : [required(`${at}.name`)]),
      ...(valid.some(({ name }) => name === volume.name) ? [duplicate(`${at}.name`, volume.name)] : []),
    ]
    if (wrong.length === 0) valid.push(volume)
    return [...wrong, ...claimOfEphemeral(volume, created, at)]
  })
  return { errors, valid }
}

function claimOfEphemeral({ persistentVolumeClaim: claim }: Volume, created: string[], field: string): FieldError[] {
  if (!claim || !created.includes(claim.claimName)) return []
  const text = 'must not reference a PVC that gets created for an ephemeral volume'
  return [invalid(`${field}.persistentVolumeClaim.claimName`, claim.claimName, text)]
}

type SourceName = Exclude<keyof Volume, 'name'>

/** The order in which upstream looks at them: of several, the first counts. */
const sourceNames: SourceName[] = [
  'emptyDir',
  'hostPath',
  'gitRepo',
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'secret',
  'nfs',
  'iscsi',
  'glusterfs',
  'flocker',
  'persistentVolumeClaim',
  'rbd',
  'cinder',
  'cephfs',
  'quobyte',
  'downwardAPI',
  'fc',
  'flexVolume',
  'configMap',
  'azureFile',
  'vsphereVolume',
  'photonPersistentDisk',
  'portworxVolume',
  'azureDisk',
  'storageos',
  'projected',
  'scaleIO',
  'csi',
  'ephemeral',
  'image',
]

function sourceErrors(volume: Volume, field: string, podName: string | undefined): FieldError[] {
  const [first, ...others] = sourceNames.filter(name => volume[name] !== undefined)
  if (!first) return [required(field, 'must specify a volume type')]
  const errorsOf = checks[first]
  return [
    ...(errorsOf ? errorsOf(volume, `${field}.${first}`, podName) : []),
    ...others.map(name =>
      fieldForbidden(`${field}.${forbiddenNames[name] ?? name}`, 'may not specify more than 1 volume type'),
    ),
  ]
}

/** How upstream spells them there. */
const forbiddenNames: Partial<Record<SourceName, string>> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' }

type Check = (volume: Volume, field: string, podName: string | undefined) => FieldError[]

const checks: Partial<Record<SourceName, Check>> = {
  ...diskChecks,
  emptyDir: ({ emptyDir }, field) => {
    const isNegative = (quantityOf(emptyDir?.sizeLimit)?.unscaled ?? 0n) < 0n
    const text = 'SizeLimit field must be a valid resource quantity'
    return isNegative ? [fieldForbidden(`${field}.sizeLimit`, text)] : []
  },
  hostPath: ({ hostPath }, field) => hostPathErrors(hostPath, field),
  secret: ({ secret }, field) => [
    ...requiredText(`${field}.secretName`, secret?.secretName),
    ...fileMode(`${field}.defaultMode`, secret?.defaultMode),
    ...eachItem(secret?.items, `${field}.items`, validateKeyToPath),
  ],
  configMap: ({ configMap }, field) => [
    ...requiredText(`${field}.name`, configMap?.name),
    ...fileMode(`${field}.defaultMode`, configMap?.defaultMode),
    ...eachItem(configMap?.items, `${field}.items`, validateKeyToPath),
  ],
  downwardAPI: ({ downwardAPI }, field) => [
    ...fileMode(`${field}.defaultMode`, downwardAPI?.defaultMode),
    ...(downwardAPI?.items ?? []).flatMap(file => validateDownwardFile(file, field)),
  ],
  projected: ({ projected }, field) => (projected ? validateProjected(projected, field) : []),
  persistentVolumeClaim: ({ persistentVolumeClaim: claim }, field) =>
    requiredText(`${field}.claimName`, claim?.claimName),
  image: ({ image }, field) => [
    ...requiredText(`${field}.reference`, image?.reference),
    ...requiredWord(`${field}.pullPolicy`, image?.pullPolicy, ['Always', 'IfNotPresent', 'Never']),
  ],
  ephemeral: ({ ephemeral, name }, field, podName) => {
    if (!ephemeral?.volumeClaimTemplate) return [required(`${field}.volumeClaimTemplate`)]
    const errors = claimTemplate(ephemeral.volumeClaimTemplate, `${field}.volumeClaimTemplate`)
    const claim = `${podName}-${name}`
    const wrong = podName && name ? dnsSubdomainErrors(claim) : []
    const at = field.replace(/\.ephemeral$/, '.name')
    const texts = wrong.map(text => `PVC name ${goQuote(claim)}: ${text}`)
    return [...errors, ...asInvalid(at, name, texts)]
  },
}

function hostPathErrors(hostPath: Volume['hostPath'], field: string): FieldError[] {
  if (!hostPath?.path) return [required(`${field}.path`)]
  const { path, type = '' } = hostPath
  return [...noBacksteps(`${field}.path`, path), ...optionalWord(`${field}.type`, type, hostPathTypes)]
}

type ClaimTemplate = NonNullable<NonNullable<Volume['ephemeral']>['volumeClaimTemplate']>

/** Of its metadata only labels and annotations go to the claim; nothing else may be said. */
function claimTemplate({ metadata = {}, spec }: ClaimTemplate, field: string): FieldError[] {
  const { labels, annotations, ...others } = metadata
  const said = Object.entries(others).filter(([, value]) => value !== undefined && value !== '')
  return [
    ...validateAnnotations(annotations, `${field}.metadata.annotations`),
    ...validateLabels(labels, `${field}.metadata.labels`),
    ...said.map(([name]) => fieldForbidden(`${field}.metadata.${name}`, 'cannot be set')),
    ...validateClaimSpec(spec ?? {}, `${field}.spec`),
  ]
}
