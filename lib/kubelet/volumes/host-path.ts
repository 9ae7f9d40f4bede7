// hostPath: a path of the node itself, checked or made as its type says.
// https://kubernetes.io/docs/concepts/storage/volumes/#hostpath

import type { Stats } from 'node:fs'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import type { VolumeType } from './volume.ts'

const checks: Record<string, { is(found: Stats): boolean; what: string }> = {
  Directory: { is: found => found.isDirectory(), what: 'a directory' },
  DirectoryOrCreate: { is: found => found.isDirectory(), what: 'a directory' },
  File: { is: found => found.isFile(), what: 'a file' },
  FileOrCreate: { is: found => found.isFile(), what: 'a file' },
  Socket: { is: found => found.isSocket(), what: 'a socket file' },
  CharDevice: { is: found => found.isCharacterDevice(), what: 'a character device' },
  BlockDevice: { is: found => found.isBlockDevice(), what: 'a block device' },
}

export const hostPath: VolumeType = {
  plugin: 'kubernetes.io/host-path',
  source: 'hostPath',
  async setUp({ volume }) {
    const { path = '', type = '' } = volume.hostPath ?? {}
    const found = await stat(path).catch(() => undefined)
    const check = checks[type]
    // Without a type nothing is checked, but what is not there cannot be mounted.
    if (!found && (type === 'DirectoryOrCreate' || type === '')) await mkdir(path, { recursive: true, mode: 0o755 })
    else if (!found && type === 'FileOrCreate') await writeFile(path, '', { mode: 0o644 })
    else if (check && !(found && check.is(found)))
      throw new Error(`hostPath type check failed: ${path} is not ${check.what}`)
    return { hostPath: path }
  },
}
