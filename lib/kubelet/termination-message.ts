// The last words of a container: what it wrote to its termination message path, or the end of its log if it failed
// without a word and asked for that.

import { open, readFile } from 'node:fs/promises'
import { parseLogLine } from './log-line.ts'
import type { Container } from './pod.ts'
import type { ContainerStatus } from './runtime/runtime.ts'

const maxMessageBytes = 4096
const maxLogBytes = 2048
const maxLogLines = 80

/** '' when it said nothing. `path`: where its message file lies on the node. */
export async function terminationMessage(spec: Container, ended: ContainerStatus, path: string): Promise<string> {
  const message = await start(path, maxMessageBytes)
  if (message || spec.terminationMessagePolicy !== 'FallbackToLogsOnError' || !ended.exitCode) return message
  return logEnd(ended.logPath)
}

async function start(path: string, maxBytes: number): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes), 0, maxBytes, 0)
      return buffer.subarray(0, bytesRead).toString('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

async function logEnd(path: string): Promise<string> {
  const text = await readFile(path).catch(() => Buffer.alloc(0))
  const lines = text.toString('utf8').split('\n').filter(Boolean).slice(-maxLogLines)
  const words = lines.map(line => parseLogLine(line)?.content ?? '').join('')
  return Buffer.from(words).subarray(-maxLogBytes).toString('utf8')
}
