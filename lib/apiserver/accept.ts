// The Accept header: what the client would take, the best first.

export interface AcceptClause {
  type: string
  subtype: string
  /** 0 to 1. */
  quality: number
  params: Record<string, string>
}

/** `application/json;as=Table;v=v1;g=meta.k8s.io,application/json;q=0.9`. An absent header takes anything. */
export function parseAccept(header: string | undefined): AcceptClause[] {
  const clauses = (header?.trim() || '*/*').split(',').map(parseClause)
  return clauses
    .filter(clause => clause.quality > 0)
    .sort((a, b) => b.quality - a.quality || wildcards(a) - wildcards(b))
}

function parseClause(text: string): AcceptClause {
  const [media = '', ...rest] = text.split(';').map(part => part.trim())
  const [type = '*', subtype = '*'] = media.split('/')
  const params: Record<string, string> = {}
  for (const param of rest) {
    const equals = param.indexOf('=')
    if (equals > 0)
      params[param.slice(0, equals).trim()] = param
        .slice(equals + 1)
        .trim()
        .replace(/^"|"$/g, '')
  }
  const quality = params.q === undefined ? 1 : Number(params.q)
  delete params.q
  return { type, subtype, quality: Number.isNaN(quality) ? 1 : quality, params }
}

function wildcards({ type, subtype }: AcceptClause): number {
  return (type === '*' ? 1 : 0) + (subtype === '*' ? 1 : 0)
}

/** True when the clause names this media type or leaves it open. */
export function takes({ type, subtype }: AcceptClause, mediaType: string): boolean {
  const [ours, oursSub] = mediaType.split('/')
  return (type === '*' || type === ours) && (subtype === '*' || subtype === oursSub)
}
