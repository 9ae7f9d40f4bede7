// The OpenAPI documents as bytes: made when first asked for, kept until the kinds in them change.

import { createHash } from 'node:crypto'
import type { ResourceDefinition } from '../api/resource.ts'
import { type GroupVersions, groupVersionsOf } from './group-versions.ts'
import { type Assembled, assemble, joined } from './openapi-assemble.ts'
import { allGroupVersions, groupVersionPath, isCustom } from './openapi-names.ts'
import type { Operation } from './openapi-operations.ts'
import { Parts } from './openapi-parts.ts'
import { resourceListOperation, rootOperations } from './openapi-roots.ts'
import { dialectV2, frameV2, writerV2 } from './openapi-v2.ts'
import { bearerToken, dialectV3, info, writerV3 } from './openapi-v3.ts'

export interface OpenApiDocument {
  contentType: string
  body: Buffer
  /** A hash of the JSON form, in upper-case hexadecimal; not quoted. */
  etag: string
}

export const protobufV2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** A document, and what it was made from: it is made anew when that has changed. */
interface Kept<T> {
  resources: readonly ResourceDefinition[]
  made: Promise<T>
}

export class OpenApi {
  readonly #served: () => readonly ResourceDefinition[]
  #v2Parts: Parts | undefined
  #v3Parts: Parts | undefined
  readonly #kept = new Map<string, Kept<unknown>>()

  /** `served` is asked at each request: custom kinds come and go. */
  constructor(served: () => readonly ResourceDefinition[]) {
    this.#served = served
  }

  v2(): Promise<OpenApiDocument> {
    return this.#keep('v2', this.#served(), async resources => {
      const { paths, definitions } = await this.#assembledV2(resources)
      const frame = JSON.stringify(frameV2()).slice(0, -1)
      return jsonDocument(`${frame},"paths":{${joined(paths)}},"definitions":{${joined(definitions)}}}`)
    })
  }

  v2Protobuf(): Promise<OpenApiDocument> {
    return this.#keep('v2 protobuf', this.#served(), async resources => {
      const [{ etag }, assembled] = await Promise.all([this.v2(), this.#assembledV2(resources)])
      const { encodeGnostic } = await import('./gnostic.ts')
      return { contentType: protobufV2, body: await encodeGnostic(frameV2(), assembled), etag }
    })
  }

  /** Where each document is, with its hash, so that clients keep it until it changes. */
  v3Index(): Promise<OpenApiDocument> {
    return this.#keep('v3', this.#served(), async resources => {
      const paths: Record<string, { serverRelativeURL: string }> = {}
      const wanted = documentPaths(resources)
      this.#forgetAllBut(wanted)
      for (const path of wanted) {
        const document = await this.v3(path)
        if (document) paths[path] = { serverRelativeURL: v3Url(path, document) }
      }
      return jsonDocument(JSON.stringify({ paths }))
    })
  }

  /** `path` is `apis/apps/v1`, or a root's: `apis/apps`. undefined when there is no such document. */
  v3(path: string): Promise<OpenApiDocument> | undefined {
    const served = this.#served()
    const resources = served.filter(def => groupVersionPath(def) === path)
    const root = resources.length > 0 ? undefined : rootOperations(builtinGroups(served)).get(path)
    if (!root && resources.length === 0) return undefined
    return this.#keep(`v3 ${path}`, resources, () => this.#makeV3(resources, root))
  }

  #assembledV2(resources: readonly ResourceDefinition[]): Promise<Assembled> {
    this.#v2Parts ??= new Parts(dialectV2, writerV2)
    const groups = builtinGroups(resources)
    const versions = groups.flatMap(({ group, versions }) => versions.map(v => resourceListOperation(group, v)))
    const operations = [...rootOperations(groups).values(), ...versions]
    return assemble(this.#v2Parts, { resources, operations, groupVersions: allGroupVersions })
  }

  async #makeV3(resources: readonly ResourceDefinition[], root: Operation | undefined): Promise<OpenApiDocument> {
    this.#v3Parts ??= new Parts(dialectV3, writerV3)
    const [first] = resources
    const list = first && !isCustom(first) ? [resourceListOperation(first.group, first.version)] : []
    const own = first && first.group !== '' && !isCustom(first) ? [`${first.group}/${first.version}`] : []
    const operations = root ? [root] : list
    const assembled = await assemble(this.#v3Parts, { resources, operations, groupVersions: ['v1', ...own] })
    const schemas = assembled.definitions.length > 0 ? `"schemas":{${joined(assembled.definitions)}},` : ''
    const components = `{${schemas}"securitySchemes":${JSON.stringify({ BearerToken: bearerToken })}}`
    const head = `{"openapi":"3.0.0","info":${JSON.stringify(info)}`
    return jsonDocument(`${head},"paths":{${joined(assembled.paths)}},"components":${components}}`)
  }

  #keep<T>(
    name: string,
    resources: readonly ResourceDefinition[],
    make: (resources: readonly ResourceDefinition[]) => Promise<T>,
  ): Promise<T> {
    const known = this.#kept.get(name) as Kept<T> | undefined
    if (known && isSame(known.resources, resources)) return known.made
    const kept = { resources, made: make(resources) }
    this.#kept.set(name, kept)
    // What could not be made is tried again by whoever asks next.
    kept.made.catch(() => {
      if (this.#kept.get(name) === kept) this.#kept.delete(name)
    })
    return kept.made
  }

  /** The documents of groups that are gone. */
  #forgetAllBut(paths: readonly string[]): void {
    const wanted = new Set(paths.map(path => `v3 ${path}`))
    for (const name of this.#kept.keys()) {
      if (name.startsWith('v3 ') && !wanted.has(name)) this.#kept.delete(name)
    }
  }
}

/** The groups of Kubernetes' own, which have documents of their own; a custom kind's group has none. */
function builtinGroups(served: readonly ResourceDefinition[]): GroupVersions[] {
  return groupVersionsOf(served.filter(def => !isCustom(def)))
}

function documentPaths(served: readonly ResourceDefinition[]): string[] {
  return [...new Set([...rootOperations(builtinGroups(served)).keys(), ...served.map(groupVersionPath)])].sort()
}

export function v3Url(path: string, { etag }: OpenApiDocument): string {
  return `/openapi/v3/${path}?hash=${etag}`
}

function isSame(before: readonly ResourceDefinition[], now: readonly ResourceDefinition[]): boolean {
  return before.length === now.length && now.every((def, index) => def === before[index])
}

function jsonDocument(text: string): OpenApiDocument {
  const body = Buffer.from(text)
  const etag = createHash('sha512').update(body).digest('hex').toUpperCase()
  return { contentType: 'application/json', body, etag }
}
