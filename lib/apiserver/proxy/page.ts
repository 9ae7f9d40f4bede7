// A proxied HTML page, read whole so that its addresses can be changed.

import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { deflateRaw, gunzip, gzip, inflateRaw } from 'node:zlib'
import { rewriteHtml } from './rewrite-html.ts'

/** A larger page passes as it is. */
const maxPageBytes = 16 * 1024 * 1024

interface Coding {
  decode(bytes: Buffer): Promise<Buffer>
  encode(bytes: Buffer): Promise<Buffer>
}

const unpackLimit = { maxOutputLength: maxPageBytes }
const codings = new Map<string, Coding>([
  ['', { decode: async bytes => bytes, encode: async bytes => bytes }],
  ['gzip', { decode: bytes => promisify(gunzip)(bytes, unpackLimit), encode: promisify<Buffer, Buffer>(gzip) }],
  [
    'deflate',
    { decode: bytes => promisify(inflateRaw)(bytes, unpackLimit), encode: promisify<Buffer, Buffer>(deflateRaw) },
  ],
])

export function isPage({ headers }: IncomingMessage): boolean {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim()
  return type === 'text/html' && codings.has(headers['content-encoding'] ?? '')
}

/** The page with its addresses changed; one too large to hold streams on unchanged. */
export async function pageBody(
  answer: IncomingMessage,
  rewrite: (url: string) => string,
): Promise<Buffer | AsyncIterable<Buffer>> {
  const source = answer[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  const chunks: Buffer[] = []
  let size = 0
  for (let next = await source.next(); !next.done; next = await source.next()) {
    chunks.push(next.value)
    size += next.value.length
    if (size > maxPageBytes) return unchanged(chunks, source)
  }
  return rewritten(Buffer.concat(chunks), answer.headers['content-encoding'] ?? '', rewrite)
}

async function* unchanged(read: Buffer[], source: AsyncIterator<Buffer, undefined>): AsyncGenerator<Buffer> {
  try {
    yield* read
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value
  } finally {
    await source.return?.()
  }
}

/** As Latin-1, in which every byte is a character: whatever the page is written in, its bytes stay. */
async function rewritten(bytes: Buffer, encoding: string, rewrite: (url: string) => string): Promise<Buffer> {
  const coding = codings.get(encoding)
  const plain = await coding?.decode(bytes).catch(() => undefined)
  // What cannot be unpacked is the client's to deal with.
  if (!coding || !plain) return bytes
  return coding.encode(Buffer.from(rewriteHtml(plain.toString('latin1'), rewrite), 'latin1'))
}
