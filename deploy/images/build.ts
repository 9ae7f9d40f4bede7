// Builds the images a cluster starts with, from Debian's packages: so the first try needs no registry. Run by `make`;
// the archives are in dist/images, each with its name and digest beside it.

import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { exec } from '../../lib/util/exec.ts'
import { type ImageConfig, writeImageArchive } from './image-archive.ts'

const here = import.meta.dirname
const output = join(here, '../../dist/images')
/** Survives `make clean`, so that only the first build needs the package's server. */
const cache = join(here, '../../node_modules/.cache/binnacle')

const web: ImageConfig = { name: 'binnacle.local/web:1', cmd: ['serve'], exposedPorts: ['8080/tcp'] }

/** Writes the archive of `binnacle.local/web:1`; answers its manifest's digest. */
export async function buildWebImage(archive: string): Promise<string> {
  const work = await mkdtemp(join(tmpdir(), 'binnacle-image-'))
  try {
    const rootfs = join(work, 'rootfs')
    await busyboxRoot(work, rootfs)
    await copyFile(join(here, 'web/serve'), join(rootfs, 'bin/serve'))
    await chmod(join(rootfs, 'bin/serve'), 0o755)
    return await writeImageArchive(archive, rootfs, web)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * A root file system of busybox and the libraries it is linked to. Debian's other busybox, the static one, would need
 * no libraries, but crashes when it looks up names.
 */
async function busyboxRoot(work: string, rootfs: string): Promise<void> {
  const binary = await debianBusybox(work)
  await mkdir(join(rootfs, 'bin'), { recursive: true })
  await copyFile(binary, join(rootfs, 'bin/busybox'))
  for (const library of await linkedLibraries(binary)) {
    await mkdir(join(rootfs, dirname(library)), { recursive: true })
    await copyFile(library, join(rootfs, library))
  }
  const { stdout } = await exec(binary, ['--list'])
  for (const applet of stdout.split('\n').filter(name => name && name !== 'busybox')) {
    await symlink('busybox', join(rootfs, 'bin', basename(applet)))
  }
  for (const dir of ['etc', 'proc', 'sys', 'dev', 'root', 'var', 'usr'])
    await mkdir(join(rootfs, dir), { recursive: true })
  await mkdir(join(rootfs, 'tmp'))
  await chmod(join(rootfs, 'tmp'), 0o1777)
  await symlink('../bin', join(rootfs, 'usr/bin'))
  await writeFile(
    join(rootfs, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
  )
  await writeFile(join(rootfs, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n')
  await writeFile(join(rootfs, 'etc/nsswitch.conf'), 'hosts: files dns\n')
}

/** Fetched and unpacked, not installed: the machine may have the static one, and keeps it. */
async function debianBusybox(work: string): Promise<string> {
  const archive = (await cachedPackage()) ?? (await downloadPackage(work))
  await exec('dpkg-deb', ['--extract', archive, join(work, 'package')])
  return join(work, 'package/bin/busybox')
}

async function cachedPackage(): Promise<string | undefined> {
  await mkdir(cache, { recursive: true })
  const file = (await readdir(cache)).find(isBusyboxPackage)
  return file && join(cache, file)
}

async function downloadPackage(work: string): Promise<string> {
  const patience = { timeoutMs: 600_000 }
  const download = () =>
    exec('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'busybox'], { cwd: work, ...patience })
  try {
    await download()
  } catch {
    // The usual reason is that this machine never fetched the lists of packages.
    await exec('apt-get', ['update', '-qq'], patience)
    await download()
  }
  const file = (await readdir(work)).find(isBusyboxPackage)
  if (!file) throw new Error('apt-get download left no package')
  // Two builds may run at once: the whole file appears, or none.
  const partial = join(cache, `.${basename(work)}`)
  await copyFile(join(work, file), partial)
  await rename(partial, join(cache, file))
  return join(cache, file)
}

function isBusyboxPackage(file: string): boolean {
  return file.startsWith('busybox_') && file.endsWith('.deb')
}

async function linkedLibraries(binary: string): Promise<string[]> {
  const { stdout } = await exec('ldd', [binary])
  return stdout.match(/\/\S+/g) ?? []
}

if (import.meta.main) {
  const digest = await buildWebImage(join(output, 'web.tar'))
  await writeFile(join(output, 'web.json'), JSON.stringify({ name: web.name, digest }))
}
