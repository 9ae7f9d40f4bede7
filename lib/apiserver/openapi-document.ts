// The OpenAPI documents as bytes: made when first asked for, kept until the kinds that are served change.

import { createHash } from 'node:crypto'
import type { ResourceDefinition } from '../api/resource.ts'
import { openApiV2 } from './openapi-v2.ts'
import { groupVersionPath, openApiV3 } from './openapi-v3.ts'

export interface OpenApiDocument {
  contentType: string
  body: Buffer
  /** A hash of the JSON form, in upper-case hexadecimal; not quoted. */
  etag: string
}

export const protobufV2 = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

export class OpenApi {
  readonly #served: () => readonly ResourceDefinition[]
  #resources: readonly ResourceDefinition[] = []
  #documents = new Map<string, OpenApiDocument>()

  /** `served` is asked at each request: custom kinds come and go. */
  constructor(served: () => readonly ResourceDefinition[]) {
    this.#served = served
  }

  v2(): OpenApiDocument {
    return this.#document('v2', resources => openApiV2(resources))
  }

  async v2Protobuf(): Promise<OpenApiDocument> {
    const { etag, body } = this.v2()
    const known = this.#documents.get('v2 protobuf')
    if (known) return known
    const { encodeGnostic } = await import('./gnostic.ts')
    const encoded = encodeGnostic(JSON.parse(body.toString()) as Record<string, unknown>)
    const document = { contentType: protobufV2, body: encoded, etag }
    this.#documents.set('v2 protobuf', document)
    return document
  }

  /** Where the document of each group version is, with its hash, so that clients keep it until it changes. */
  v3Index(): OpenApiDocument {
    return this.#document('v3', resources => {
      const paths = [...new Set(resources.map(groupVersionPath))].sort()
      return { paths: Object.fromEntries(paths.map(path => [path, { serverRelativeURL: this.v3Url(path) }])) }
    })
  }

  /** `path` is `apis/apps/v1`. undefined when no kind of that group version is served. */
  v3(path: string): OpenApiDocument | undefined {
    if (!this.#current().some(def => groupVersionPath(def) === path)) return undefined
    return this.#document(`v3 ${path}`, resources => openApiV3(resources.filter(def => groupVersionPath(def) === path)))
  }

  v3Url(path: string): string {
    return `/openapi/v3/${path}?hash=${this.v3(path)?.etag ?? ''}`
  }

  #current(): readonly ResourceDefinition[] {
    const served = this.#served()
    const isSame = served.length === this.#resources.length && served.every((def, i) => def === this.#resources[i])
    if (!isSame) {
      this.#resources = [...served]
      this.#documents.clear()
    }
    return this.#resources
  }

  #document(name: string, make: (resources: readonly ResourceDefinition[]) => object): OpenApiDocument {
    const resources = this.#current()
    const known = this.#documents.get(name)
    if (known) return known
    const body = Buffer.from(JSON.stringify(make(resources)))
    const etag = createHash('sha512').update(body).digest('hex').toUpperCase()
    const document = { contentType: 'application/json', body, etag }
    this.#documents.set(name, document)
    return document
  }
}
