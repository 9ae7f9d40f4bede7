// Images in containerd's store: found by name or id, pulled, removed. What a digest names never changes, so it is read once.

import type { ImageConfig } from '../oci-spec-process.ts'
import { type Ctr, ctrMessage, isNotFound, rows } from './ctr-command.ts'
import {
  chainId,
  type ImageJson,
  type Index,
  imageConfig,
  imageSize,
  type Manifest,
  manifestFor,
} from './image-content.ts'
import { isImageId, normalizeReference, repository } from './image-reference.ts'
import { type Image, RuntimeError } from './runtime.ts'

/** An image's name and what it names. */
interface Entry {
  reference: string
  digest: string
}

export interface ImageContent {
  id: string
  manifestDigest: string
  sizeBytes: number
  config: ImageConfig
  /** The committed snapshot of all its layers. */
  chainId: string
}

export class CtrImages {
  readonly #ctr: Ctr
  readonly #contents = new Map<string, Promise<ImageContent>>()
  /** What was read, by id; the image may be gone since, which its missing snapshot will show. */
  readonly #byId = new Map<string, ImageContent>()

  constructor(ctr: Ctr) {
    this.#ctr = ctr
  }

  async list(signal?: AbortSignal): Promise<Image[]> {
    const entries = await this.#entries(signal)
    const images = new Map<string, Image>()
    for (const { reference, digest } of entries) {
      const content = await this.#contentIfWhole(digest)
      if (!content) continue
      const { id, sizeBytes, config } = content
      const image = images.get(id) ?? { id, tags: [], digests: [], sizeBytes, user: config.user }
      if (!reference.includes('@')) image.tags.push(reference)
      const byDigest = `${repository(reference)}@${digest}`
      if (!image.digests.includes(byDigest)) image.digests.push(byDigest)
      images.set(id, image)
    }
    return [...images.values()]
  }

  async find(reference: string): Promise<Image | undefined> {
    const images = await this.list()
    if (isImageId(reference)) {
      const byId = images.find(({ id }) => id.startsWith(`sha256:${reference.replace(/^sha256:/, '')}`))
      if (byId) return byId
    }
    const name = normalizeReference(reference)
    return images.find(({ tags, digests }) =>
      [...tags, ...digests].some(known => known === name || known === reference),
    )
  }

  /** By `sha256:…` of its configuration. Throws RuntimeError when it is not here. */
  async content(id: string): Promise<ImageContent> {
    const known = this.#byId.get(id)
    if (known) return known
    for (const { digest } of await this.#entries()) {
      const content = await this.#contentIfWhole(digest)
      if (content?.id === id) return content
    }
    throw new RuntimeError('ErrImageNeverPull', `image "${id}" not found`)
  }

  /** Layers are unpacked by pull and import; one that was cut short is made good here. */
  async unpack({ manifestDigest }: ImageContent, signal: AbortSignal): Promise<void> {
    await this.#ctr.runLong(['snapshots', 'unpack', manifestDigest], { signal })
  }

  async pull(reference: string, signal: AbortSignal): Promise<Image> {
    const name = normalizeReference(reference)
    const plain = /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?\//.test(name) ? ['--plain-http'] : []
    try {
      await this.#ctr.runLong(['images', 'pull', ...plain, name], { signal })
    } catch (cause) {
      throw new RuntimeError('ErrImagePull', `failed to pull and unpack image "${name}": ${ctrMessage(cause)}`, cause)
    }
    const image = await this.find(name)
    if (!image) throw new RuntimeError('ErrImagePull', `image "${name}" was pulled and is not there`)
    return image
  }

  /** Every name of it; its layers go when nothing uses them. */
  async remove(id: string): Promise<void> {
    const names: string[] = []
    for (const { reference, digest } of await this.#entries()) {
      if ((await this.#contentIfWhole(digest))?.id === id) names.push(reference)
    }
    this.#byId.delete(id)
    if (names.length > 0) await this.#ctr.runIfThere(['images', 'rm', '--sync', ...names])
  }

  async #entries(signal?: AbortSignal): Promise<Entry[]> {
    const table = await this.#ctr.run(['images', 'ls'], signal ? { signal } : {})
    return rows(table).map(([reference = '', , digest = '']) => ({ reference, digest }))
  }

  /** undefined: removed between the list and now, or only partly here, which is as good as not here. */
  async #contentIfWhole(digest: string): Promise<ImageContent | undefined> {
    const known = this.#contents.get(digest) ?? this.#read(digest)
    this.#contents.set(digest, known)
    try {
      const content = await known
      this.#byId.set(content.id, content)
      return content
    } catch (error) {
      this.#contents.delete(digest)
      if (isNotFound(error)) return undefined
      throw error
    }
  }

  async #read(digest: string): Promise<ImageContent> {
    const top: Index | Manifest = await this.#json(digest)
    const manifestDigest = 'manifests' in top ? (manifestFor(top, process.arch) ?? '') : digest
    if (!manifestDigest) throw new RuntimeError('ErrImagePull', `image ${digest} has no manifest for this machine`)
    const manifest: Manifest = 'manifests' in top ? await this.#json(manifestDigest) : top
    const json: ImageJson = await this.#json(manifest.config.digest)
    return {
      id: manifest.config.digest,
      manifestDigest,
      sizeBytes: imageSize(manifest),
      config: imageConfig(json),
      chainId: chainId(json.rootfs.diff_ids),
    }
  }

  async #json<T>(digest: string): Promise<T> {
    return JSON.parse(await this.#ctr.run(['content', 'get', digest]))
  }
}
