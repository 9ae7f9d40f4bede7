// What must hold for a container's environment.

import { type FieldError, fieldNotFound, invalid, required } from '../../api/field-errors.ts'
import { asInvalid } from '../../api/validation.ts'
import {
  configMapKeyErrors,
  dnsSubdomainErrors,
  envVarNameErrors,
  objectNameErrors,
} from '../../api/validation-names.ts'
import { dnsLabel, eachItem } from '../../api/validation-rules.ts'
import { noBacksteps } from './local-path-validation.ts'
import { validateFieldRef, validateResourceFieldRef } from './pod-field-ref-validation.ts'
import { type Container, eachContainer, type PodSpec } from './pod-types.ts'

type EnvVar = NonNullable<Container['env']>[number]
type EnvFrom = NonNullable<Container['envFrom']>[number]

const fieldPaths = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]

export function validateEnv(env: EnvVar[] | undefined, field: string): FieldError[] {
  return eachItem(env, field, (variable, at) => [
    ...(variable.name
      ? asInvalid(`${at}.name`, variable.name, envVarNameErrors(variable.name))
      : [required(`${at}.name`)]),
    ...valueFromErrors(variable, `${at}.valueFrom`),
  ])
}

function valueFromErrors({ value, valueFrom: source }: EnvVar, field: string): FieldError[] {
  if (!source) return []
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = source
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef].filter(ref => ref)
  return [
    ...(fieldRef ? validateFieldRef(fieldRef, fieldPaths, `${field}.fieldRef`) : []),
    ...(resourceFieldRef ? validateResourceFieldRef(resourceFieldRef, `${field}.resourceFieldRef`, false) : []),
    ...(configMapKeyRef ? keyRefErrors(configMapKeyRef, `${field}.configMapKeyRef`) : []),
    ...(secretKeyRef ? keyRefErrors(secretKeyRef, `${field}.secretKeyRef`) : []),
    ...(fileKeyRef ? fileRefErrors(fileKeyRef, `${field}.fileKeyRef`) : []),
    ...sourceCountErrors(sources.length, value, field),
  ]
}

function sourceCountErrors(count: number, value: string | undefined, field: string): FieldError[] {
  if (count === 0) {
    const text =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'
    return [invalid(field, '', text)]
  }
  if (value) return [invalid(field, '', 'may not be specified when `value` is not empty')]
  return count > 1 ? [invalid(field, '', 'may not have more than one field specified at a time')] : []
}

function keyRefErrors({ name = '', key }: { name?: string; key: string }, field: string): FieldError[] {
  return [
    ...asInvalid(`${field}.name`, name, dnsSubdomainErrors(name)),
    ...(key ? asInvalid(`${field}.key`, key, configMapKeyErrors(key)) : [required(`${field}.key`)]),
  ]
}

type FileRef = NonNullable<NonNullable<EnvVar['valueFrom']>['fileKeyRef']>

function fileRefErrors({ key, volumeName, path }: FileRef, field: string): FieldError[] {
  return [
    ...(key ? asInvalid(`${field}.key`, key, envVarNameErrors(key)) : [required(`${field}.key`)]),
    ...(volumeName ? dnsLabel(`${field}.volumeName`, volumeName) : [required(`${field}.volumeName`)]),
    ...(path ? noBacksteps(`${field}.path`, path) : [required(`${field}.path`)]),
  ]
}

/** Files of variables are read from volumes that containers wrote: they must be of the kind emptyDir. */
export function validateFileRefVolumes(spec: PodSpec, field: string): FieldError[] {
  return eachContainer(spec, field).flatMap(([{ env }, container]) =>
    eachItem(env, `${container}.env`, ({ valueFrom }, at) => {
      if (!valueFrom?.fileKeyRef) return []
      const { volumeName } = valueFrom.fileKeyRef
      const path = `${at}.valueFrom.fileKeyRef.volumeName`
      const volume = spec.volumes?.findLast(({ name }) => name === volumeName)
      if (!volume) return [fieldNotFound(path, volumeName)]
      return volume.emptyDir ? [] : [invalid(path, volumeName, 'referenced volume must be of type emptyDir')]
    }),
  )
}

export function validateEnvFrom(sources: EnvFrom[] | undefined, field: string): FieldError[] {
  return eachItem(sources, field, ({ prefix, configMapRef, secretRef }, at) => [
    ...(prefix ? asInvalid(`${at}.prefix`, prefix, envVarNameErrors(prefix)) : []),
    ...(configMapRef ? envSourceErrors(configMapRef, `${at}.configMapRef`) : []),
    ...(secretRef ? envSourceErrors(secretRef, `${at}.secretRef`) : []),
    ...(configMapRef || secretRef ? [] : [invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`')]),
    ...(configMapRef && secretRef ? [invalid(field, '', 'may not have more than one field specified at a time')] : []),
  ])
}

function envSourceErrors({ name }: { name?: string }, field: string): FieldError[] {
  if (!name) return [required(`${field}.name`)]
  return asInvalid(`${field}.name`, name, objectNameErrors('dns-subdomain', name, true))
}
