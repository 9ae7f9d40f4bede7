// secret: the keys of a Secret as files in memory that follow its changes.
// https://kubernetes.io/docs/concepts/storage/volumes/#secret

import type { References } from '../container-env.ts'
import { type Files, writeFilesAtomically } from './atomic-files.ts'
import { type KeySelection, keyFiles } from './key-files.ts'
import type { VolumeType } from './volume.ts'

export const secret: VolumeType = {
  plugin: 'kubernetes.io/secret',
  source: 'secret',
  async setUp({ volume, path, pod, references, mounts }) {
    const { secretName = '', defaultMode = 0o644, ...selection } = volume.secret ?? {}
    const files = secretFiles(secretName, { ...selection, defaultMode }, references)
    await mounts.tmpfs(path)
    await writeFilesAtomically(path, files, pod.spec?.securityContext?.fsGroup)
    return { hostPath: path }
  },
}

export function secretFiles(name: string, selection: KeySelection, references: References): Files {
  const found = references.secret(name)
  if (!found && !selection.optional) throw new Error(`secret "${name}" not found`)
  const data = Object.entries(found?.data ?? {}).map(([key, value]): [string, Buffer] => [
    key,
    Buffer.from(value, 'base64'),
  ])
  return keyFiles(new Map(data), selection)
}
