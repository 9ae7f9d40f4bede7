// Access modes of volumes as kubectl prints them: `RWO,ROX`.

const shortModes: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

export const accessModes = ['ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod']

/** Always in the same order, whatever the order given. */
export function accessModesText(modes: string[] | undefined): string {
  const given = Object.keys(shortModes).filter(mode => modes?.includes(mode))
  return given.map(mode => shortModes[mode]).join(',')
}
