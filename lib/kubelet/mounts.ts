// The mounts that the kubelet itself makes for pods: tmpfs, and taking away whatever is mounted below a directory.

import { mkdir, rm } from 'node:fs/promises'
import { exec } from '../util/exec.ts'
import { mountPoints, unmountTree } from './runtime/mount-points.ts'

export interface Mounts {
  /** Makes the directory and mounts a tmpfs there unless one is. */
  tmpfs(path: string, options?: { sizeBytes?: number }): Promise<void>
  /** Takes away every mount at and below the directory, then the directory. Never deletes through a mount. */
  removeTree(path: string): Promise<void>
}

export const systemMounts: Mounts = {
  async tmpfs(path, { sizeBytes } = {}) {
    await mkdir(path, { recursive: true, mode: 0o755 })
    if ((await mountPoints()).includes(path)) return
    const size = sizeBytes ? ['-o', `size=${sizeBytes}`] : []
    await exec('mount', ['-t', 'tmpfs', ...size, 'tmpfs', path])
  },

  async removeTree(path) {
    await unmountTree(path)
    const left = (await mountPoints()).find(point => point === path || point.startsWith(`${path}/`))
    if (left) throw new Error(`${left} is still mounted: ${path} is left as it is`)
    await rm(path, { recursive: true, force: true })
  },
}
