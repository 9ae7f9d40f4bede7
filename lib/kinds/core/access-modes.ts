// Access modes of volumes: which there are, and how kubectl prints them: `RWO,ROX`.

import { type FieldError, fieldForbidden, notSupported } from '../../api/field-errors.ts'

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']
const alone = 'ReadWriteOncePod'

/** Always in the same order, whatever the order given. */
export function accessModesText(modes: string[] | undefined): string {
  const given = Object.keys(shortModes).filter(mode => modes?.includes(mode))
  return given.map(mode => shortModes[mode]).join(',')
}

export function validateAccessModes(modes: string[] = [], field: string): FieldError[] {
  const known = modes.filter(mode => accessModes.includes(mode))
  const isMixed = known.includes(alone) && known.some(mode => mode !== alone)
  return [
    ...modes.filter(mode => !accessModes.includes(mode)).map(mode => notSupported(field, mode, accessModes)),
    ...(isMixed ? [fieldForbidden(field, `may not use ${alone} with other access modes`)] : []),
  ]
}
