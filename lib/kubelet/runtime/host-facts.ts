// Facts of this machine and of an image's files that a container's specification needs.

import { lstat, readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { capabilitiesOfMask } from '../oci-spec-capabilities.ts'
import type { OciDevice } from '../oci-spec-types.ts'
import type { UserFiles } from '../oci-spec-user.ts'

export async function hostCapabilities(): Promise<string[]> {
  const status = await readFile('/proc/self/status', 'utf8')
  return capabilitiesOfMask(/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0')
}

export async function userFiles(rootfs: string): Promise<UserFiles> {
  const [passwd, group] = await Promise.all([inside(rootfs, 'etc/passwd'), inside(rootfs, 'etc/group')])
  return { passwd, group }
}

/** Empty when it is not there, or a link that leads out of the image. */
async function inside(rootfs: string, path: string): Promise<string> {
  try {
    const file = await realpath(join(rootfs, path))
    return file.startsWith(`${await realpath(rootfs)}/`) ? await readFile(file, 'utf8') : ''
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

/** Made anew in every container, or a link in it. */
const notShared = new Set(['pts', 'shm', 'mqueue', 'fd', 'console', '.lxc', '.lxd-mounts', '.udev'])

export async function hostDevices(directory = '/dev'): Promise<OciDevice[]> {
  const names = (await readdir(directory)).filter(name => !notShared.has(name))
  const found = await Promise.all(names.map(name => devicesAt(join(directory, name))))
  return found.flat()
}

async function devicesAt(path: string): Promise<OciDevice[]> {
  const stat = await lstat(path)
  if (stat.isDirectory()) return hostDevices(path)
  if (!stat.isCharacterDevice() && !stat.isBlockDevice()) return []
  const { major, minor } = deviceNumbers(stat.rdev)
  const type = stat.isBlockDevice() ? 'b' : 'c'
  return [{ path, type, major, minor, fileMode: stat.mode & 0o777, uid: stat.uid, gid: stat.gid }]
}

/** Linux' encoding of a device number. */
export function deviceNumbers(rdev: number): { major: number; minor: number } {
  const number = BigInt(rdev)
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn)
  const minor = (number & 0xffn) | ((number >> 12n) & ~0xffn)
  return { major: Number(major), minor: Number(minor & 0xffffffffn) }
}
