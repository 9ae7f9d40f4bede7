// An OCI image archive of one layer, from a directory: what `ctr images import` takes. The same input gives the same
// digest.

import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exec } from '../../lib/util/exec.ts'

export interface ImageConfig {
  /** `binnacle.local/web:1` */
  name: string
  entrypoint?: string[]
  cmd?: string[]
  env?: string[]
  exposedPorts?: string[]
}

interface Blob {
  mediaType: string
  digest: string
  size: number
}

const plain = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']

/** Writes the archive whole, or not at all. Answers the digest of its manifest. */
export async function writeImageArchive(path: string, rootfs: string, config: ImageConfig): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  const work = await mkdtemp(`${path}.`)
  try {
    const manifest = await writeLayout(work, rootfs, config)
    await exec('tar', ['--create', ...plain, '--file', `${work}.tar`, '--directory', work, '.'])
    await rename(`${work}.tar`, path)
    return manifest.digest
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function writeLayout(dir: string, rootfs: string, config: ImageConfig): Promise<Blob> {
  const blobs = join(dir, 'blobs/sha256')
  await mkdir(blobs, { recursive: true })
  const put = async (mediaType: string, content: Buffer): Promise<Blob> => {
    const hash = createHash('sha256').update(content).digest('hex')
    await writeFile(join(blobs, hash), content)
    return { mediaType, digest: `sha256:${hash}`, size: content.length }
  }
  const putJson = (mediaType: string, value: unknown) => put(mediaType, Buffer.from(JSON.stringify(value)))

  const layerFile = join(dir, 'layer.tar')
  await exec('tar', ['--create', ...plain, '--file', layerFile, '--directory', rootfs, '.'])
  const layer = await put('application/vnd.oci.image.layer.v1.tar', await readFile(layerFile))
  await rm(layerFile)
  const image = await putJson('application/vnd.oci.image.config.v1+json', imageConfig(config, layer.digest))
  const manifest = await putJson('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: image,
    layers: [layer],
  })
  const annotations = { 'io.containerd.image.name': config.name }
  await writeFile(
    join(dir, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...manifest, annotations }] }),
  )
  await writeFile(join(dir, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  return manifest
}

function imageConfig({ entrypoint, cmd, env = [], exposedPorts = [] }: ImageConfig, layerDigest: string): object {
  return {
    architecture: { x64: 'amd64', arm64: 'arm64' }[process.arch as string] ?? process.arch,
    os: 'linux',
    config: {
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env],
      ...(entrypoint ? { Entrypoint: entrypoint } : {}),
      ...(cmd ? { Cmd: cmd } : {}),
      ExposedPorts: Object.fromEntries(exposedPorts.map(port => [port, {}])),
      WorkingDir: '/',
    },
    rootfs: { type: 'layers', diff_ids: [layerDigest] },
    history: [{ created_by: 'binnacle' }],
  }
}
