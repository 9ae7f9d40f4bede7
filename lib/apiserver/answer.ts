// Objects as the client asked to see them: the stored bytes as they are where nothing else was asked, or a Table,
// metadata only, YAML, indented.

import { notAcceptable } from '../api/errors.ts'
import type { KubeObject, ListMeta } from '../api/meta.ts'
import { apiVersionOf } from '../api/resource.ts'
import type { CacheEntry } from '../storage/entry.ts'
import type { ApiResponse } from './chain.ts'
import type { ResourceRequest } from './resource-request.ts'
import { includeObject, partialMetadata, tableOf } from './table.ts'

type Shown = Pick<ResourceRequest, 'def' | 'output' | 'request' | 'context'>

const newline = Buffer.from('\n')

export async function answerEntry(r: Shown, entry: CacheEntry, status = 200): Promise<ApiResponse> {
  if (!isPlain(r)) return answerObject(r, entry.object, status)
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.concat([entry.bytes, newline]) }
}

export async function answerObject(r: Shown, object: KubeObject, status = 200): Promise<ApiResponse> {
  return encoded(r, viewed(r, object), status)
}

/** Something that has no other views: a Status. */
export function answerStatus(r: Pick<Shown, 'output'>, object: unknown, status = 200): Promise<ApiResponse> {
  return encoded(r, object, status)
}

/** True when the client takes the stored bytes. */
export function isPlain({ output }: Pick<Shown, 'output'>): boolean {
  return output.media === 'application/json' && !output.as && !output.isPretty
}

function viewed({ def, output, request, context }: Shown, object: KubeObject): unknown {
  if (!output.as) return object
  const { kind, version } = output.as
  if (kind === 'PartialObjectMetadataList') {
    throw notAcceptable(`you requested ${kind}, but the requested object is not a list (${def.kind})`)
  }
  if (kind === 'PartialObjectMetadata') return partialMetadata(object, version)
  const { resourceVersion } = object.metadata
  const metadata = resourceVersion ? { resourceVersion } : {}
  return tableOf(def, [object], metadata, { version, include: includeObject(request.query), now: context.clock.now() })
}

/** A list from its entries; `metadata` is the list's. */
export async function answerList(r: Shown, entries: CacheEntry[], metadata: ListMeta): Promise<ApiResponse> {
  if (isPlain(r)) return joined(r, entries, metadata)
  return encoded(r, viewedList(r, entries, metadata), 200)
}

function viewedList({ def, output, request, context }: Shown, entries: CacheEntry[], metadata: ListMeta): unknown {
  const items = entries.map(entry => entry.object)
  if (!output.as) return { kind: `${def.kind}List`, apiVersion: apiVersionOf(def), metadata, items }
  const { kind, version } = output.as
  if (kind === 'PartialObjectMetadata') {
    throw notAcceptable(`you requested ${kind}, but the requested object is a list (${def.kind}List)`)
  }
  if (kind === 'Table') {
    return tableOf(def, items, metadata, { version, include: includeObject(request.query), now: context.clock.now() })
  }
  const apiVersion = `meta.k8s.io/${version}`
  return { kind, apiVersion, metadata, items: items.map(item => partialMetadata(item, version)) }
}

const comma = Buffer.from(',')
const end = Buffer.from(']}\n')

/** No object is parsed for this. */
function joined({ def }: Shown, entries: CacheEntry[], metadata: ListMeta): ApiResponse {
  const head = `{"kind":"${def.kind}List","apiVersion":"${apiVersionOf(def)}","metadata":${JSON.stringify(metadata)},"items":[`
  const parts: Buffer[] = [Buffer.from(head)]
  for (const [index, entry] of entries.entries()) {
    if (index > 0) parts.push(comma)
    parts.push(entry.bytes)
  }
  parts.push(end)
  return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.concat(parts) }
}

async function encoded({ output }: Pick<Shown, 'output'>, value: unknown, status: number): Promise<ApiResponse> {
  const headers = { 'content-type': output.media }
  if (output.media === 'application/yaml') {
    const { stringifyYaml } = await import('./yaml.ts')
    return { status, headers, body: stringifyYaml(value) }
  }
  return { status, headers, body: `${JSON.stringify(value, null, output.isPretty ? 2 : undefined)}\n` }
}
