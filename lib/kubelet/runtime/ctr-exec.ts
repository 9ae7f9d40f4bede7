// A command run in a container to its end, with a deadline: exec probes and hooks.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../util/clock.ts'
import type { Ctr } from './ctr-command.ts'
import { type ExecSyncResult, RuntimeError } from './runtime.ts'

export interface ExecRequest {
  ctr: Ctr
  clock: Clock
  id: string
  command: string[]
  /** 0: none. */
  timeoutMs: number
  signal: AbortSignal
}

/** Output beyond this is read and forgotten, as upstream does. */
const maxBytes = 16 * 1024 * 1024

/** Throws RuntimeError when the command could not be started, or had to be killed. */
export async function execInContainer({
  ctr,
  clock,
  id,
  command,
  timeoutMs,
  signal,
}: ExecRequest): Promise<ExecSyncResult> {
  const execId = `exec-${randomBytes(8).toString('hex')}`
  const ended = new AbortController()
  const run = runToEnd(ctr, ['tasks', 'exec', '--exec-id', execId, id, ...command])
  const kill = () => ctr.runIfThere(['tasks', 'kill', '--signal', 'SIGKILL', '--exec-id', execId, id])
  const late = waitUnlessEnded(clock, timeoutMs, AbortSignal.any([signal, ended.signal]))
  try {
    const first = await Promise.race([run, late])
    if (first === 'late') {
      await kill()
      await run
      throw signal.aborted
        ? signal.reason
        : new RuntimeError('DeadlineExceeded', `command ${JSON.stringify(command)} timed out`)
    }
    return checked(first ?? (await run), command)
  } finally {
    ended.abort()
  }
}

/** `late` when the time is up or the caller has given up; undefined when the command ended first. */
async function waitUnlessEnded(clock: Clock, timeoutMs: number, signal: AbortSignal): Promise<'late' | undefined> {
  const forever = 2 ** 31 - 1
  try {
    await clock.sleep(timeoutMs > 0 ? timeoutMs : forever, signal)
  } catch {
    // Aborted, by the caller or since the command has ended: `late` harms nobody in the second case.
  }
  return 'late'
}

function runToEnd(ctr: Ctr, args: string[]): Promise<ExecSyncResult> {
  return new Promise((resolve, reject) => {
    const child = spawn('ctr', ctr.arguments(args), { stdio: ['ignore', 'pipe', 'pipe'] })
    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    child.on('error', reject)
    child.on('close', code => resolve({ exitCode: code ?? 137, stdout: stdout(), stderr: stderr() }))
  })
}

function collect(stream: NodeJS.ReadableStream): () => Buffer {
  const chunks: Buffer[] = []
  let size = 0
  stream.on('data', (chunk: Buffer) => {
    if (size < maxBytes) chunks.push(chunk.subarray(0, maxBytes - size))
    size += chunk.length
  })
  return () => Buffer.concat(chunks)
}

/** ctr ends with the command's code, or with 1 and a last line of its own when there was no command to run. */
function checked(result: ExecSyncResult, command: string[]): ExecSyncResult {
  const lastLine = result.stderr.toString('utf8').trimEnd().split('\n').at(-1) ?? ''
  if (result.exitCode !== 1 || !lastLine.startsWith('ctr: ')) return result
  throw new RuntimeError('ExecFailed', `failed to exec ${JSON.stringify(command)}: ${lastLine.slice('ctr: '.length)}`)
}
