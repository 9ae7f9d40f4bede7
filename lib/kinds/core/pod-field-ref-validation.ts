// What the downward API may refer to: fields of the pod, and amounts of a container's resources.

import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import { canonicalQuantity } from '../../api/quantity.ts'
import { qualifiedName } from '../../api/validation-rules.ts'
import type { Container } from './pod-types.ts'

type Source = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>

/** Convertible for v1, though each use allows fewer. */
const knownPaths = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

/** `allowed` without subscripts; labels and annotations may be subscripted everywhere. */
export function validateFieldRef(ref: NonNullable<Source['fieldRef']>, allowed: string[], field: string): FieldError[] {
  if (!ref.apiVersion) return [required(`${field}.apiVersion`)]
  if (!ref.fieldPath) return [required(`${field}.fieldPath`)]
  const [, path = '', subscript] = /^(.*?)(?:\['(.*)'\])?$/s.exec(ref.fieldPath) ?? []
  if (!knownPaths.includes(path)) {
    const text = `error converting fieldPath: field label not supported: ${ref.fieldPath}`
    return [invalid(`${field}.fieldPath`, ref.fieldPath, text)]
  }
  if (subscript === undefined) return allowed.includes(path) ? [] : [notSupported(`${field}.fieldPath`, path, allowed)]
  if (path === 'metadata.annotations') return qualifiedName(field, subscript.toLowerCase())
  if (path === 'metadata.labels') return qualifiedName(field, subscript)
  return [invalid(field, path, 'does not support subscript')]
}

const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const byteDivisors = ['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei']

/** In a volume, the container must be named. */
export function validateResourceFieldRef(
  ref: NonNullable<Source['resourceFieldRef']>,
  field: string,
  isVolume: boolean,
): FieldError[] {
  return [...resourceErrors(ref, field, isVolume), ...divisorErrors(ref, `${field}.divisor`)]
}

function resourceErrors(
  { containerName, resource }: NonNullable<Source['resourceFieldRef']>,
  field: string,
  isVolume: boolean,
): FieldError[] {
  if (isVolume && !containerName) return [required(`${field}.containerName`)]
  if (!resource) return [required(`${field}.resource`)]
  if (resources.includes(resource) || /^(requests|limits)\.hugepages-/.test(resource)) return []
  return [notSupported(`${field}.resource`, resource, resources)]
}

function divisorErrors({ resource = '', divisor }: { resource?: string; divisor?: string }, field: string) {
  if (divisor === undefined || divisor === '' || canonicalQuantity(divisor) === '0') return []
  if (!resources.includes(resource) && !resource.includes('.hugepages-')) return []
  const isCpu = resource.endsWith('.cpu')
  const allowed = isCpu ? ['1m', '1'] : byteDivisors
  if (allowed.includes(canonicalQuantity(divisor))) return []
  const name = resource.includes('hugepages-')
    ? 'hugepages'
    : (resource.split('.')[1] ?? '').replace('ephemeral-storage', 'local ephemeral storage')
  const values = isCpu ? '1m and 1' : byteDivisors.join(', ')
  return [invalid(field, resource, `only divisor's values ${values} are supported with the ${name} resource`)]
}
