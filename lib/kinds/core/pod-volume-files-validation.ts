// What must hold for the files that volumes make of keys, fields and tokens.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { eachItem, requiredText } from '../../api/validation-rules.ts'
import { fileMode, nonReservedPath } from './local-path-validation.ts'
import { validateFieldRef, validateResourceFieldRef } from './pod-field-ref-validation.ts'
import type { Volume } from './pod-types.ts'

type KeyToPath = NonNullable<NonNullable<Volume['secret']>['items']>[number]
type DownwardFile = NonNullable<NonNullable<Volume['downwardAPI']>['items']>[number]
type Projected = NonNullable<Volume['projected']>
type Projection = NonNullable<Projected['sources']>[number]

const fieldPaths = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']

export function validateKeyToPath({ key, path, mode }: KeyToPath, field: string): FieldError[] {
  return [
    ...requiredText(`${field}.key`, key),
    ...requiredText(`${field}.path`, path),
    ...nonReservedPath(`${field}.path`, path),
    ...fileMode(`${field}.mode`, mode),
  ]
}

export function validateDownwardFile(
  { path, fieldRef, resourceFieldRef, mode }: DownwardFile,
  field: string,
): FieldError[] {
  const neither =
    fieldRef || resourceFieldRef ? [] : [required(field, 'one of fieldRef and resourceFieldRef is required')]
  const both =
    fieldRef && resourceFieldRef
      ? [invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')]
      : []
  return [
    ...requiredText(`${field}.path`, path),
    ...nonReservedPath(`${field}.path`, path),
    ...(fieldRef ? validateFieldRef(fieldRef, fieldPaths, `${field}.fieldRef`) : []),
    ...both,
    ...(resourceFieldRef && !fieldRef
      ? validateResourceFieldRef(resourceFieldRef, `${field}.resourceFieldRef`, true)
      : []),
    ...neither,
    ...fileMode(`${field}.mode`, mode),
  ]
}

/** No two sources may make the same file. */
export function validateProjected(projected: Projected, field: string): FieldError[] {
  const paths = new Set<string>()
  const claim = (path: string, of: string) => {
    if (!path) return []
    if (paths.has(path)) return [invalid(field, of, 'conflicting duplicate paths')]
    paths.add(path)
    return []
  }
  return [
    ...fileMode(`${field}.defaultMode`, projected.defaultMode),
    ...eachItem(projected.sources, `${field}.sources`, (source, at) => [
      ...keySource(source.secret, `${at}.secret`, claim),
      ...keySource(source.configMap, `${at}.configMap`, claim),
      ...(source.downwardAPI?.items ?? []).flatMap(file => [
        ...validateDownwardFile(file, `${at}.downwardAPI`),
        ...claim(file.path, file.path),
      ]),
      ...tokenSource(source, at, field),
      ...(sourceCount(source) > 1 ? [fieldForbidden(at, 'may not specify more than 1 volume type per source')] : []),
    ]),
  ]
}

function sourceCount(source: Projection): number {
  return Object.values(source).filter(value => value !== undefined).length
}

function keySource(
  source: { name?: string; items?: KeyToPath[] } | undefined,
  field: string,
  claim: (path: string, of: string) => FieldError[],
): FieldError[] {
  if (!source) return []
  return [
    ...requiredText(`${field}.name`, source.name),
    ...eachItem(source.items, `${field}.items`, (item, at) => [
      ...validateKeyToPath(item, at),
      ...claim(item.path, source.name ?? ''),
    ]),
  ]
}

const minTokenSeconds = 10 * 60
const maxTokenSeconds = 2 ** 32

function tokenSource({ serviceAccountToken: token }: Projection, field: string, volume: string): FieldError[] {
  if (!token) return []
  const seconds = token.expirationSeconds ?? 0
  const at = `${field}.serviceAccountToken.expirationSeconds`
  return [
    ...(seconds < minTokenSeconds ? [invalid(at, seconds, 'may not specify a duration less than 10 minutes')] : []),
    ...(seconds > maxTokenSeconds ? [invalid(at, seconds, 'may not specify a duration larger than 2^32 seconds')] : []),
    ...requiredText(`${volume}.path`, token.path),
    ...(token.path ? nonReservedPath(`${volume}.path`, token.path) : []),
  ]
}
