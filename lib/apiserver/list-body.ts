// The body of a list. A small one is sent whole; a large one in chunks, made while the client reads, so that neither the
// memory nor the other clients' time goes into it at once.

/** Larger bodies are sent in chunks of about this size. */
const chunkBytes = 128 * 1024

const comma = Buffer.from(',')

/** The members of `head`, then `member`: the list of the items, each JSON in pieces. */
export function listBody(
  head: object,
  member: string,
  items: Iterable<readonly Buffer[]>,
): Buffer | AsyncIterable<Buffer> {
  const chunks = chunked(joined(head, member, items))
  const { value: first = Buffer.alloc(0) } = chunks.next()
  const second = chunks.next()
  return second.done ? first : streamed(first, second.value, chunks)
}

function* joined(head: object, member: string, items: Iterable<readonly Buffer[]>): Generator<Buffer, void, undefined> {
  yield Buffer.from(`${JSON.stringify(head).slice(0, -1)},${JSON.stringify(member)}:[`)
  let isFirst = true
  for (const item of items) {
    if (!isFirst) yield comma
    isFirst = false
    yield* item
  }
  yield Buffer.from(']}\n')
}

function* chunked(pieces: Iterable<Buffer>): Generator<Buffer, void, undefined> {
  let parts: Buffer[] = []
  let size = 0
  for (const piece of pieces) {
    parts.push(piece)
    size += piece.length
    if (size < chunkBytes) continue
    yield Buffer.concat(parts, size)
    parts = []
    size = 0
  }
  if (size > 0) yield Buffer.concat(parts, size)
}

async function* streamed(
  first: Buffer,
  second: Buffer,
  rest: Iterable<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  yield first
  yield second
  yield* rest
}
