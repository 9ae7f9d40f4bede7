// A path below a volume for a container's subPath: made when it is missing, refused when a link leads out of the volume.

import { mkdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from './config-error.ts'

/** Throws ConfigError. */
export function resolveSubPath(volumePath: string, subPath: string): string {
  const root = realpathSync(volumePath)
  const parts = join('/', subPath).split('/').filter(Boolean)
  let path = root
  for (const part of parts) {
    path = join(path, part)
    if (!exists(path)) mkdirSync(path, { mode: 0o750 })
    path = realpathSync(path)
    if (path !== root && !path.startsWith(`${root}/`)) {
      throw new ConfigError(
        `failed to prepare subPath for volumeMount: ${subPath} leads out of its volume`,
        'CreateContainerConfigError',
      )
    }
  }
  return path
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}
