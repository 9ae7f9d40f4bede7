// Writes a set of files so that a reader sees all of the old ones or all of the new ones: the files stand in a directory
// with a time for a name, `..data` is a link to it that is replaced by one rename, and each name leads through `..data`.

import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface FileEntry {
  data: Buffer
  mode: number
}

/** By path below the volume. */
export type Files = Map<string, FileEntry>

const dataLink = '..data'

/** Answers whether anything had to be written. `gid`: the group that may read too. */
export async function writeFilesAtomically(dir: string, files: Files, gid?: number): Promise<boolean> {
  await mkdir(dir, { recursive: true, mode: 0o755 })
  const previous = await readlink(join(dir, dataLink)).catch(() => undefined)
  if (previous && (await isSame(join(dir, previous), files))) {
    // A kubelet may have been killed before it had made the names.
    await linkNames(dir, files)
    return false
  }
  const fresh = await writeDirectory(dir, files, gid)
  await rm(join(dir, '..data_tmp'), { force: true })
  await symlink(fresh, join(dir, '..data_tmp'))
  await rename(join(dir, '..data_tmp'), join(dir, dataLink))
  await linkNames(dir, files)
  await removeOld(dir, fresh)
  return true
}

/** The directory before this one, and those of a kubelet that was killed while it wrote them. */
async function removeOld(dir: string, current: string): Promise<void> {
  const old = (await readdir(dir)).filter(name => name.startsWith('..') && name !== dataLink && name !== current)
  for (const name of old) await rm(join(dir, name), { recursive: true, force: true })
}

async function writeDirectory(dir: string, files: Files, gid: number | undefined): Promise<string> {
  const stamp = new Date().toISOString().replace(/[-:T]/g, '_').slice(0, 19)
  const path = await mkdtemp(join(dir, `..${stamp}.`))
  await chmod(path, 0o755)
  for (const [name, { data, mode }] of files) {
    const file = join(path, name)
    await mkdir(dirname(file), { recursive: true, mode: 0o755 })
    await writeFile(file, data)
    await chmod(file, gid === undefined ? mode : mode | 0o440)
    if (gid !== undefined) await chown(file, -1, gid)
  }
  return path.slice(dir.length + 1)
}

async function isSame(path: string, files: Files): Promise<boolean> {
  const there = await filesBelow(path)
  if (there.length !== files.size) return false
  for (const name of there) {
    const wanted = files.get(name)
    if (!wanted?.data.equals(await readFile(join(path, name)))) return false
    if (((await stat(join(path, name))).mode & wanted.mode) !== wanted.mode) return false
  }
  return true
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name).slice(path.length + 1))
}

/** Each first part of a path is a link through `..data`; links to what is gone are taken away. */
async function linkNames(dir: string, files: Files): Promise<void> {
  const wanted = new Set([...files.keys()].map(name => name.split('/')[0] ?? name))
  for (const name of await readdir(dir)) {
    if (!name.startsWith('..') && !wanted.has(name)) await rm(join(dir, name), { recursive: true, force: true })
  }
  for (const name of wanted) {
    if (await lstat(join(dir, name)).catch(() => undefined)) continue
    await symlink(join(dataLink, name), join(dir, name))
  }
}
