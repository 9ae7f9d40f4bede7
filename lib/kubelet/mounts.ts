// The mounts that the kubelet itself makes for pods: tmpfs, and taking away whatever is mounted below a directory.

import { mkdir, readFile, rm } from 'node:fs/promises'
import { exec } from '../util/exec.ts'

export interface Mounts {
  /** Makes the directory and mounts a tmpfs there unless one is. */
  tmpfs(path: string, options?: { sizeBytes?: number }): Promise<void>
  /** Takes away every mount at and below the directory, then the directory. Never deletes through a mount. */
  removeTree(path: string): Promise<void>
}

export const systemMounts: Mounts = {
  async tmpfs(path, { sizeBytes } = {}) {
    await mkdir(path, { recursive: true, mode: 0o755 })
    if ((await mountsAt(path)).includes(path)) return
    const size = sizeBytes ? ['-o', `size=${sizeBytes}`] : []
    await exec('mount', ['-t', 'tmpfs', ...size, 'tmpfs', path])
  },

  async removeTree(path) {
    // Lazily: whoever stands in it (somebody's shell, a backup) must not keep a pod from ending.
    for (const mount of (await mountsAt(path)).reverse()) await exec('umount', ['--lazy', mount])
    const left = await mountsAt(path)
    if (left.length > 0) throw new Error(`${left[0]} is still mounted: ${path} is left as it is`)
    await rm(path, { recursive: true, force: true })
  },
}

/** At the path or below it, outermost first. */
async function mountsAt(path: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n')
  const points = lines.map(line => unescaped(line.split(' ')[4] ?? ''))
  return points.filter(point => point === path || point.startsWith(`${path}/`))
}

/** Blanks and the like are written in octal. */
function unescaped(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}
