// Mounts of the node: what is mounted, mounting a snapshot, and taking all below a directory away.

import { mkdir, readFile } from 'node:fs/promises'
import { exec } from '../../util/exec.ts'

/** As `ctr snapshots mounts` prints one. */
export interface SnapshotMount {
  Type: string
  Source: string
  Options: string[] | null
}

/** Every mount point, in the order they were mounted. */
export async function mountPoints(): Promise<string[]> {
  return parseMountPoints(await readFile('/proc/self/mountinfo', 'utf8'))
}

export function parseMountPoints(mountinfo: string): string[] {
  return mountinfo
    .split('\n')
    .filter(Boolean)
    .map(line =>
      (line.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
    )
}

/** Unmounts the directory and all below it, the last mounted first. Nothing happens when nothing is mounted. */
export async function unmountTree(directory: string): Promise<void> {
  const below = (await mountPoints()).filter(path => path === directory || path.startsWith(`${directory}/`))
  // Lazily: somebody may be looking into it, and it must be gone all the same.
  if (below.length > 0) await exec('umount', ['--lazy', ...below.reverse()])
}

/**
 * How to call mount(8). The options of an overlay must fit in one page of memory, which the absolute paths of many
 * layers would not: the directory they have in common becomes the working directory.
 */
export function mountCommand(
  { Type, Source, Options }: SnapshotMount,
  target: string,
): { args: string[]; cwd: string } {
  const options = Options ?? []
  if (Type !== 'overlay')
    return { args: ['-t', Type === 'bind' ? 'none' : Type, '-o', options.join(','), Source, target], cwd: '/' }
  const lower = options.find(option => option.startsWith('lowerdir='))
  const directories = lower?.slice('lowerdir='.length).split(':') ?? []
  const first = directories[0]
  if (!first || directories.length < 2)
    return { args: ['-t', 'overlay', '-o', options.join(','), Source, target], cwd: '/' }
  const cwd = commonDirectory(directories)
  const short = `lowerdir=${directories.map(directory => directory.slice(cwd.length + 1)).join(':')}`
  const shortened = options.map(option => (option === lower ? short : option))
  return { args: ['-t', 'overlay', '-o', shortened.join(','), Source, target], cwd }
}

function commonDirectory(paths: string[]): string {
  const [first = [], ...rest] = paths.map(path => path.split('/'))
  let length = 0
  while (length < first.length - 1 && rest.every(parts => parts[length] === first[length])) length++
  return first.slice(0, length).join('/')
}

export async function mountSnapshot(mounts: SnapshotMount[], target: string): Promise<void> {
  await mkdir(target, { recursive: true })
  for (const mount of mounts) {
    const { args, cwd } = mountCommand(mount, target)
    await exec('mount', args, { cwd })
  }
}
