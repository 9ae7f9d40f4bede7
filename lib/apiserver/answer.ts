// Objects as the client asked to see them: the stored bytes as they are where nothing else was asked, or a Table,
// metadata only, YAML, indented.

import { notAcceptable } from '../api/errors.ts'
import type { KubeObject, ListMeta } from '../api/meta.ts'
import { apiVersionOf } from '../api/resource.ts'
import type { CacheEntry } from '../storage/entry.ts'
import type { ApiResponse } from './chain.ts'
import { listBody } from './list-body.ts'
import { type Item, itemBytes, itemObject } from './list-items.ts'
import type { ResourceRequest } from './resource-request.ts'
import { includeObject, partialMetadata, rowOf, tableHead, tableOf } from './table.ts'
import { viewOf } from './view-of.ts'

type Shown = Pick<ResourceRequest, 'def' | 'output' | 'request' | 'context'> &
  Partial<Pick<ResourceRequest, 'subresource'>>

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

function viewed({ def, output, request, context, subresource = '' }: Shown, object: KubeObject): unknown {
  if (!output.as) return object
  const { kind, version } = output.as
  if (kind === 'PartialObjectMetadataList') {
    throw notAcceptable(`you requested ${kind}, but the requested object is not a list (${def.kind})`)
  }
  if (kind === 'PartialObjectMetadata') return partialMetadata(object, version)
  const { resourceVersion } = object.metadata
  const metadata = resourceVersion ? { resourceVersion } : {}
  const options = { version, include: includeObject(request.query), now: context.clock.now() }
  // A Scale is no Deployment, and has other columns.
  return tableOf(viewOf(def, subresource)?.kind ?? def, [object], metadata, options)
}

/** A list from its entries; `metadata` is the list's. A large one is written while it is sent. */
export async function answerList(r: Shown, entries: Iterable<Item>, metadata: ListMeta): Promise<ApiResponse> {
  const { head, member, item } = listForm(r, metadata)
  const { media, isPretty } = r.output
  if (media !== 'application/json' || isPretty) return encoded(r, { ...head, [member]: Array.from(entries, item) }, 200)
  const body = listBody(head, member, piecesOf(entries, isPlain(r) ? itemBytes(r.def) : asJson(item)))
  return { status: 200, headers: { 'content-type': media }, body, isCompressible: true }
}

function* piecesOf(entries: Iterable<Item>, pieces: (entry: Item) => readonly Buffer[]) {
  for (const entry of entries) yield pieces(entry)
}

function asJson(item: (entry: Item) => unknown): (entry: Item) => readonly Buffer[] {
  return entry => [Buffer.from(JSON.stringify(item(entry)))]
}

interface ListForm {
  /** The list without its items. */
  head: object
  /** What they are called. */
  member: 'items' | 'rows'
  item(entry: Item): unknown
}

function listForm({ def, output, request, context }: Shown, metadata: ListMeta): ListForm {
  const kind = def.listKind ?? `${def.kind}List`
  if (!output.as)
    return { head: { kind, apiVersion: apiVersionOf(def), metadata }, member: 'items', item: itemObject(def) }
  const { kind: asked, version } = output.as
  if (asked === 'PartialObjectMetadata') {
    throw notAcceptable(`you requested ${asked}, but the requested object is a list (${kind})`)
  }
  if (asked === 'Table') {
    const options = { version, include: includeObject(request.query), now: context.clock.now() }
    const row = rowOf(def, options)
    return { head: tableHead(def, metadata, options), member: 'rows', item: ({ object }) => row(object) }
  }
  const head = { kind: asked, apiVersion: `meta.k8s.io/${version}`, metadata }
  return { head, member: 'items', item: ({ object }) => partialMetadata(object, version) }
}

async function encoded({ output }: Pick<Shown, 'output'>, value: unknown, status: number): Promise<ApiResponse> {
  const headers = { 'content-type': output.media }
  if (output.media === 'application/yaml') {
    const { stringifyYaml } = await import('./yaml.ts')
    return { status, headers, body: stringifyYaml(value) }
  }
  return { status, headers, body: `${JSON.stringify(value, null, output.isPretty ? 2 : undefined)}\n` }
}
