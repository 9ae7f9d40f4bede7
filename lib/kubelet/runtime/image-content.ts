// What an image is made of, read from its manifest and configuration: pure.
// https://github.com/opencontainers/image-spec

import { createHash } from 'node:crypto'
import type { ImageConfig } from '../oci-spec-process.ts'

interface Descriptor {
  digest: string
  size: number
  platform?: { architecture: string; os: string; variant?: string }
}

export interface Manifest {
  config: Descriptor
  layers: Descriptor[]
}

export interface Index {
  manifests: Descriptor[]
}

/** The members of an image's configuration that matter here. */
export interface ImageJson {
  config?: {
    Entrypoint?: string[] | null
    Cmd?: string[] | null
    Env?: string[] | null
    WorkingDir?: string
    User?: string
    StopSignal?: string
  }
  rootfs: { diff_ids: string[] }
}

/** Which manifest of an index is for this machine. `architecture`: Node's process.arch. */
export function manifestFor(index: Index, architecture: string): string | undefined {
  const wanted = { x64: 'amd64', ia32: '386' }[architecture] ?? architecture
  const found = index.manifests.find(({ platform }) => platform?.os === 'linux' && platform.architecture === wanted)
  return (found ?? index.manifests.find(({ platform }) => !platform))?.digest
}

export function imageConfig({ config = {} }: ImageJson): ImageConfig {
  return {
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    env: config.Env ?? [],
    workingDir: config.WorkingDir ?? '',
    user: config.User ?? '',
    stopSignal: config.StopSignal ?? '',
  }
}

/** The name of the snapshot that holds all layers: each link is the digest of the one before and the next layer. */
export function chainId(diffIds: string[]): string {
  const [first = '', ...rest] = diffIds
  return rest.reduce(
    (parent, diffId) => `sha256:${createHash('sha256').update(`${parent} ${diffId}`).digest('hex')}`,
    first,
  )
}

export function imageSize({ config, layers }: Manifest): number {
  return layers.reduce((sum, { size }) => sum + size, config.size)
}
