// What is said to those who still use old ways to keep data.

import { goQuote } from '../../util/go-quote.ts'
import type { PersistentVolume } from './persistent-volume.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim.ts'
import { fractionalBytes } from './pod-warnings-containers.ts'

const storageClassAnnotation = 'volume.beta.kubernetes.io/storage-class'
const mountOptionsAnnotation = 'volume.beta.kubernetes.io/mount-options'

type Annotations = Record<string, string> | undefined

function annotationWarnings(annotations: Annotations, name: string, rest: string): string[] {
  return annotations && name in annotations ? [`metadata.annotations[${name}]: deprecated since ${rest}`] : []
}

export function claimWarnings({ metadata, spec }: PersistentVolumeClaim): string[] {
  return [
    ...annotationWarnings(
      metadata.annotations,
      storageClassAnnotation,
      'v1.8; use "storageClassName" attribute instead',
    ),
    ...fractionalBytes(spec?.resources?.requests, 'storage', 'spec.resources.requests'),
  ]
}

const sourceWarnings = {
  photonPersistentDisk: 'spec.photonPersistentDisk: deprecated in v1.11, non-functional in v1.16+',
  scaleIO: 'spec.scaleIO: deprecated in v1.16, non-functional in v1.22+',
  storageos: 'spec.storageOS: deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'spec.glusterfs: deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'spec.cephfs: deprecated in v1.28, non-functional in v1.31+',
  rbd: 'spec.rbd: deprecated in v1.28, non-functional in v1.31+',
} as const

export function volumeWarnings({ metadata, spec = {} }: PersistentVolume): string[] {
  const recycled =
    'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.'
  const sources = Object.keys(sourceWarnings) as (keyof typeof sourceWarnings)[]
  return [
    ...annotationWarnings(
      metadata.annotations,
      storageClassAnnotation,
      'v1.8; use "storageClassName" attribute instead',
    ),
    ...annotationWarnings(metadata.annotations, mountOptionsAnnotation, 'v1.31; use "mountOptions" attribute instead'),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle' ? [recycled] : []),
    ...termWarnings(spec.nodeAffinity?.required?.nodeSelectorTerms),
    ...sources.filter(name => spec[name]).map(name => sourceWarnings[name]),
    ...fractionalBytes(spec.capacity, 'storage', 'spec.capacity'),
  ]
}

const newNames: Record<string, string> = {
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
}
const since: Record<string, string> = { 'beta.kubernetes.io/arch': 'v1.14', 'beta.kubernetes.io/os': 'v1.14' }

/** The name that a label of nodes has by now, if it has another one. */
export function newLabelName(key: string): string | undefined {
  return Object.hasOwn(newNames, key) ? newNames[key] : undefined
}

/** What is said of a label of nodes that has another name by now; undefined for the others. */
export function nodeLabelWarning(key: string, field: string): string | undefined {
  const name = newLabelName(key)
  if (!name) return undefined
  return `${field}: ${key} is deprecated since ${since[key] ?? 'v1.17'}; use ${goQuote(name)} instead`
}

interface Term {
  matchExpressions?: { key: string }[]
}

function termWarnings(terms: Term[] = []): string[] {
  const at = 'spec.nodeAffinity.required.nodeSelectorTerms'
  return terms.flatMap(({ matchExpressions = [] }, i) =>
    matchExpressions.flatMap(({ key }, j) => {
      const warning = nodeLabelWarning(key, `${at}[${i}].matchExpressions[${j}].key`)
      return warning ? [warning] : []
    }),
  )
}
