// Reads a container's log for a client: from the end or a time on, as far as asked, and along with it as it grows. It
// notices when the file is rotated, when the container has ended, and when the client is gone.

import { watch } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Clock } from '../util/clock.ts'
import { parseLogLine } from './log-line.ts'

export interface LogOptions {
  follow: boolean
  timestamps: boolean
  tailLines?: number
  sinceMs?: number
  limitBytes?: number
  stream?: 'stdout' | 'stderr'
}

export interface LogSource {
  path: string
  /** While it runs, more may come. */
  isRunning(): boolean
  clock: Clock
}

const blockBytes = 64 * 1024
const lookEveryMs = 1000

/** What the client is sent. Throws ENOENT when there is no log. */
export async function* readLog(source: LogSource, options: LogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY
  for await (const lines of logLines(source, options, signal)) {
    const text = lines.map(line => shown(line, options)).join('')
    if (!text) continue
    const bytes = Buffer.from(text)
    yield bytes.subarray(0, Math.min(left, bytes.length))
    left -= bytes.length
    if (left <= 0) return
  }
}

function shown(line: string, { timestamps, sinceMs, stream }: LogOptions): string {
  const parsed = parseLogLine(line)
  if (!parsed || (stream && parsed.stream !== stream)) return ''
  if (sinceMs !== undefined && Date.parse(parsed.time) < sinceMs) return ''
  return timestamps ? `${parsed.time} ${parsed.content}` : parsed.content
}

async function* logLines(source: LogSource, options: LogOptions, signal: AbortSignal): AsyncGenerator<string[]> {
  let file = await open(source.path)
  try {
    let position = options.tailLines === undefined ? 0 : await tailStart(file, options.tailLines)
    let rest: Buffer = Buffer.alloc(0)
    while (!signal.aborted) {
      // Asked before reading: what it wrote before its end is read then.
      const mayGrow = options.follow && source.isRunning()
      const chunk = await readAt(file, position)
      position += chunk.length
      if (chunk.length > 0) {
        const { lines, rest: after } = split(Buffer.concat([rest, chunk]))
        rest = after
        if (lines.length > 0) yield lines
        continue
      }
      const next = await rotated(file, source.path)
      if (next) {
        await file.close()
        file = next
        position = 0
      } else if (mayGrow) await growth(source, { file, position }, signal)
      else return
    }
  } finally {
    await file.close()
  }
}

async function readAt(file: FileHandle, position: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(blockBytes), 0, blockBytes, position)
  return buffer.subarray(0, bytesRead)
}

function split(bytes: Buffer): { lines: string[]; rest: Buffer } {
  const end = bytes.lastIndexOf(0x0a)
  if (end < 0) return { lines: [], rest: bytes }
  return { lines: bytes.subarray(0, end).toString('utf8').split('\n'), rest: bytes.subarray(end + 1) }
}

/** The file that now stands at the path, if it is another one. */
async function rotated(file: FileHandle, path: string): Promise<FileHandle | undefined> {
  const there = await stat(path).catch(() => undefined)
  if (!there || there.ino === (await file.stat()).ino) return undefined
  return open(path)
}

/** Until the log may have grown, or it is time to see whether the container still runs. */
async function growth({ path, clock }: LogSource, at: { file: FileHandle; position: number }, signal: AbortSignal) {
  const woken = new AbortController()
  const watcher = watch(dirname(path), () => woken.abort())
  try {
    // What came before the watch began would not be told.
    const [now, there] = await Promise.all([at.file.stat(), stat(path).catch(() => undefined)])
    if (now.size > at.position || (there && there.ino !== now.ino)) return
    await clock.sleep(lookEveryMs, AbortSignal.any([signal, woken.signal])).catch(() => {})
  } finally {
    watcher.close()
  }
}

/** Where the last so many lines begin. */
async function tailStart(file: FileHandle, tailLines: number): Promise<number> {
  const { size } = await file.stat()
  let end = size
  let wanted = tailLines + 1
  // The last line end closes the last line; it does not begin another.
  while (end > 0) {
    const start = Math.max(0, end - blockBytes)
    const { buffer } = await file.read(Buffer.alloc(end - start), 0, end - start, start)
    for (let at = buffer.length - 1; at >= 0; at--) {
      if (buffer[at] !== 0x0a) continue
      if (--wanted === 0) return start + at + 1
    }
    end = start
  }
  return 0
}
