// Puts the local images into containerd, those it does not have yet.

import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exec } from '../../lib/util/exec.ts'

/** Answers the names of those that were missing, or were another image by that name. */
export async function importLocalImages({ socket, dir }: { socket: string; dir: string }): Promise<string[]> {
  const ctr = (...args: string[]) =>
    exec('ctr', ['--address', socket, '--namespace', 'k8s.io', 'images', ...args], { timeoutMs: 600_000 })
  const { stdout } = await ctr('ls')
  const present = new Set(stdout.split('\n').map(line => presentKey(line.trim().split(/\s+/))))
  const imported: string[] = []
  for (const file of (await readdir(dir)).filter(name => name.endsWith('.json'))) {
    const { name, digest } = JSON.parse(await readFile(join(dir, file), 'utf8')) as { name: string; digest: string }
    if (present.has(presentKey([name, '', digest]))) continue
    await ctr('import', '--digests', join(dir, file.replace(/\.json$/, '.tar')))
    imported.push(name)
  }
  return imported
}

/** Of a row of `ctr images ls`: name, media type, digest. */
function presentKey([name, , digest]: string[]): string {
  return `${name} ${digest}`
}
