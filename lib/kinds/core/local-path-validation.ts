// What paths inside volumes may be: none that climbs out.

import { type FieldError, invalid } from '../../api/field-errors.ts'

export function noBacksteps(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : []
}

/** Relative, without `..`. */
export function descendingPath(field: string, path: string): FieldError[] {
  return [
    ...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []),
    ...noBacksteps(field, path),
  ]
}

/** A descending path that does not begin with `..` either: such names are the volume's own. */
export function nonReservedPath(field: string, path: string): FieldError[] {
  const isReserved = path.startsWith('..') && !path.startsWith('../')
  return [...descendingPath(field, path), ...(isReserved ? [invalid(field, path, "must not start with '..'")] : [])]
}

export function fileMode(field: string, mode: number | undefined): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return []
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')]
}

/** What a hostPath may ask to be there: of pods' volumes and of PersistentVolumes. */
export const hostPathTypes = [
  '',
  'BlockDevice',
  'CharDevice',
  'Directory',
  'DirectoryOrCreate',
  'File',
  'FileOrCreate',
  'Socket',
]
