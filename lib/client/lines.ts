// Splits a stream of bytes into lines, for a watch's one JSON document a line. Bytes are joined only once a line.

const newline = 0x0a

/** Yields the lines of each chunk together; an unfinished last line is dropped, since its document is not whole. */
export async function* lines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pending: Buffer[] = []
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      pending.push(chunk.subarray(start, end))
      const line = pending.length === 1 ? pending[0] : Buffer.concat(pending)
      pending = []
      start = end + 1
      if (line?.length) yield line.toString('utf8')
    }
    if (start < chunk.length) pending.push(chunk.subarray(start))
  }
}
