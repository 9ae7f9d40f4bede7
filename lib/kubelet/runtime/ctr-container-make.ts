// A container's file system, specification and entry in containerd: all that is needed before its process can start.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cgroups } from '../cgroups.ts'
import { ociSpec } from '../oci-spec.ts'
import type { HostFacts, SandboxFacts } from '../oci-spec-input.ts'
import { resolveUser } from '../oci-spec-user.ts'
import { type Ctr, isNotFound } from './ctr-command.ts'
import type { CtrImages, ImageContent } from './ctr-images.ts'
import { clusterLabel } from './ctr-options.ts'
import type { ContainerRecord } from './ctr-records.ts'
import { hostCapabilities, hostDevices, userFiles } from './host-facts.ts'
import { mountSnapshot, type SnapshotMount } from './mount-points.ts'
import type { Records } from './records.ts'
import { RuntimeError } from './runtime.ts'

interface Tools {
  clusterName: string
  ctr: Ctr
  records: Records<ContainerRecord>
  images: CtrImages
  cgroups: Cgroups
}

interface Wanted {
  record: ContainerRecord
  facts: SandboxFacts
  image: ImageContent
}

export async function makeContainer(
  tools: Tools,
  { record, facts, image }: Wanted,
  signal: AbortSignal,
): Promise<void> {
  const { ctr, records, clusterName, cgroups } = tools
  const { id, config } = record
  const directory = records.directory(id)
  const rootfs = join(directory, 'rootfs')
  await mountSnapshot(await snapshot(tools, id, image, signal), rootfs)
  const sources = config.mounts.filter(({ tmpfsBytes }) => tmpfsBytes === undefined)
  await Promise.all(sources.map(({ hostPath }) => mkdirIfMissing(hostPath)))
  const host = await hostFacts(record, image, rootfs, cgroups)
  const spec = ociSpec({ config, image: image.config, sandbox: facts, host })
  if (spec.process.args.length === 0) throw new RuntimeError('CreateContainerError', 'no command specified')
  const specPath = join(directory, 'config.json')
  await writeFile(specPath, JSON.stringify(spec), { mode: 0o600 })
  const labels = Object.entries({ ...config.labels, [clusterLabel]: clusterName })
  const labelled = labels.flatMap(([name, value]) => ['--label', `${name}=${value}`])
  await ctr.run(['containers', 'create', '--config', specPath, ...labelled, id], { signal })
}

async function snapshot(
  { ctr, images }: Tools,
  id: string,
  image: ImageContent,
  signal: AbortSignal,
): Promise<SnapshotMount[]> {
  const prepare = () => ctr.run(['snapshots', 'prepare', '--mounts', id, image.chainId], { signal })
  try {
    return JSON.parse(await prepare())
  } catch (error) {
    if (!isNotFound(error)) throw error
    await images.unpack(image, signal)
    return JSON.parse(await prepare())
  }
}

async function hostFacts(
  { config, cgroup }: ContainerRecord,
  image: ImageContent,
  rootfs: string,
  cgroups: Cgroups,
): Promise<HostFacts> {
  const { security } = config
  const { seccomp } = security
  return {
    rootfs,
    cgroupsPath: cgroups.absolute(cgroup),
    cgroupVersion: cgroups.version,
    user: resolveUser(image.config.user, security, await userFiles(rootfs)),
    knownCapabilities: await hostCapabilities(),
    devices: security.privileged ? await hostDevices() : [],
    architecture: process.arch,
    ...(seccomp.type === 'localhost' ? { localSeccomp: JSON.parse(await readFile(seccomp.path, 'utf8')) } : {}),
  }
}

async function mkdirIfMissing(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    // A file is mounted as well as a directory.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
