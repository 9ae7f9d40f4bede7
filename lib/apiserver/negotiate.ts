// In which form the answer goes out, and in which the body came in: upstream's content negotiation. Protobuf is
// taken, but never sent.

import { notAcceptable, unsupportedMediaType } from '../api/errors.ts'
import { type AcceptClause, parseAccept, takes } from './accept.ts'
import type { ApiRequest } from './chain.ts'

export type Media = 'application/json' | 'application/yaml'
export const protobufMedia = 'application/vnd.kubernetes.protobuf'
export type InputMedia = Media | typeof protobufMedia

export interface Output {
  media: Media
  /** Another view of the object, in `meta.k8s.io/<version>`. */
  as?: { kind: 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'; version: 'v1' | 'v1beta1' }
  isPretty: boolean
}

export const served: readonly Media[] = ['application/json', 'application/yaml']
const streamed: readonly Media[] = ['application/json']
const taken: readonly InputMedia[] = [...served, protobufMedia]
type View = NonNullable<Output['as']>['kind']
const allViews: readonly View[] = ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']

interface Offer {
  isStream?: boolean
  /** In which other forms there is an answer. Defaults to all. */
  views?: readonly View[]
}

/** Throws NotAcceptable when nothing the client takes is served. A watch is framed by lines, which YAML cannot be. */
export function negotiateOutput(request: ApiRequest, { isStream = false, views = allViews }: Offer = {}): Output {
  const media = isStream ? streamed : served
  for (const clause of parseAccept(request.headers.accept)) {
    const found = media.find(one => takes(clause, one))
    const as = found && viewOf(clause, views)
    if (found && as !== 'unknown') return { media: found, isPretty: isPretty(request, clause), ...(as ? { as } : {}) }
  }
  const known = upstreamMedia(request, media).map(one => (isStream ? `${one};stream=watch` : one))
  throw notAcceptable(`only the following media types are accepted: ${known.join(', ')}`)
}

/** As upstream names them; but nobody who asked for protobuf alone is told that it would be accepted. */
function upstreamMedia({ headers }: ApiRequest, media: readonly Media[]): string[] {
  return headers.accept?.includes(protobufMedia) ? [...media] : [...media, protobufMedia]
}

function viewOf({ params }: AcceptClause, views: readonly View[]): Output['as'] | 'unknown' {
  if (params.as === undefined) return undefined
  const kind = views.find(view => view === params.as)
  const isOurs = params.g === 'meta.k8s.io' && (params.v === 'v1' || params.v === 'v1beta1')
  return kind && isOurs ? ({ kind, version: params.v } as NonNullable<Output['as']>) : 'unknown'
}

/** People at a terminal or in a browser get lines and indentation. */
export function isPretty(request: ApiRequest, { params }: Pick<AcceptClause, 'params'> = { params: {} }): boolean {
  const asked = request.query.get('pretty') ?? params.pretty
  if (asked !== undefined && asked !== null) return asked !== '0' && asked !== 'false'
  return /^(curl|Wget|Mozilla\/5\.0)/.test(request.headers['user-agent'] ?? '')
}

/** The media type of the body, without parameters; JSON when the client does not say. */
export function contentTypeOf(request: ApiRequest): string {
  return (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() || 'application/json'
}

/** Throws UnsupportedMediaType for what cannot be read. */
export function negotiateInput(request: ApiRequest): InputMedia {
  const type = contentTypeOf(request)
  const found = taken.find(one => one === type)
  if (!found) throw unknownFormat(taken)
  return found
}

export function unknownFormat(accepted: readonly string[]) {
  const list = accepted.join(', ')
  return unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${list}`,
  )
}
