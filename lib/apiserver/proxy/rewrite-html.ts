// HTML with the addresses in its tags changed, everything else byte for byte as it was. A scanner of tags, not a parser
// of documents. Pure.

/** The attributes that hold an address. */
const addressAttributes: Record<string, string[]> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
}

/** What stands in these is no markup until their end tag. */
const rawText = new Set(['script', 'style', 'title', 'textarea', 'iframe', 'noembed', 'noframes', 'xmp'])

const tagStart = /<(?:!--|[!?/]|([a-z][^\s/>]*))/gi
/** A name, and perhaps a value: in double quotes, in single quotes, or bare. */
const attribute = /[\s/]*([^\s=>/][^\s=>/]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/y

export function rewriteHtml(html: string, rewrite: (url: string) => string): string {
  const pieces: string[] = []
  let done = 0
  let at = 0
  for (let start = nextTag(html, at); start; start = nextTag(html, at)) {
    const { name } = start
    at = start.end
    if (name === undefined) {
      at = endOf(html, at, start.isComment ? '-->' : '>')
      continue
    }
    const { end, changes } = attributesOf(html, at, addressAttributes[name] ?? [], rewrite)
    if (end === undefined) break
    for (const { from, to, text } of changes) {
      pieces.push(html.slice(done, from), text)
      done = to
    }
    at = rawText.has(name) ? endOfRaw(html, end, name) : end
  }
  pieces.push(html.slice(done))
  return pieces.join('')
}

interface TagStart {
  /** undefined for a comment, an end tag or a declaration. */
  name: string | undefined
  isComment: boolean
  end: number
}

function nextTag(html: string, from: number): TagStart | undefined {
  tagStart.lastIndex = from
  const found = tagStart.exec(html)
  if (!found) return undefined
  return { name: found[1]?.toLowerCase(), isComment: found[0] === '<!--', end: tagStart.lastIndex }
}

function endOf(html: string, from: number, mark: string): number {
  const found = html.indexOf(mark, from)
  return found < 0 ? html.length : found + mark.length
}

function endOfRaw(html: string, from: number, name: string): number {
  const close = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
  close.lastIndex = from
  return close.exec(html)?.index ?? html.length
}

interface Change {
  from: number
  to: number
  text: string
}

/** `end` is behind the tag's `>`; undefined when it has none. */
function attributesOf(
  html: string,
  from: number,
  names: string[],
  rewrite: (url: string) => string,
): { end: number | undefined; changes: Change[] } {
  const changes: Change[] = []
  attribute.lastIndex = from
  let at = from
  for (let found = attribute.exec(html); found; found = attribute.exec(html)) {
    at = attribute.lastIndex
    const change = names.includes((found[1] ?? '').toLowerCase()) && changeOf(found, at, rewrite)
    if (change) changes.push(change)
  }
  const close = html.indexOf('>', at)
  return { end: close < 0 ? undefined : close + 1, changes }
}

/** `end` is behind the whole attribute. */
function changeOf(found: RegExpExecArray, end: number, rewrite: (url: string) => string): Change | undefined {
  const [, , double, single, bare] = found
  const value = double ?? single ?? bare
  if (value === undefined) return undefined
  const quotes = bare === undefined ? 1 : 0
  const address = unescaped(value)
  const rewritten = rewrite(address)
  if (rewritten === address) return undefined
  return { from: end - value.length - 2 * quotes, to: end, text: `"${escaped(rewritten)}"` }
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, (whole, decimal, hex, name) => {
    if (name) return entities[String(name).toLowerCase()] ?? whole
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16)
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&#34;')
}
