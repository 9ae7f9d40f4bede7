// A child process as a promise: its output collected, killed when it takes too long or the signal is aborted.

import { spawn } from 'node:child_process'

export interface ExecOptions {
  input?: string | Buffer
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Killed with SIGKILL when it takes longer. Defaults to two minutes; 0: never. */
  timeoutMs?: number
  signal?: AbortSignal
}

const defaultTimeoutMs = 120_000

export interface ExecResult {
  stdout: string
  stderr: string
}

/** A command that ended with another code than 0, or by a signal, or could not be started. */
export class ExecError extends Error {
  readonly command: string
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string

  constructor(command: string, exitCode: number | undefined, stdout: string, stderr: string, cause?: Error) {
    const why = stderr.trim() || (cause?.message ?? `exit code ${exitCode}`)
    super(`${command}: ${why}`, { cause })
    this.name = 'ExecError'
    this.command = command
    this.exitCode = exitCode
    this.stdout = stdout
    this.stderr = stderr
  }
}

/** Runs a program (no shell). Throws ExecError, and the signal's reason when it is aborted. */
export function exec(file: string, args: string[], options: ExecOptions = {}): Promise<ExecResult> {
  const command = [file, ...args].join(' ')
  const { timeoutMs = defaultTimeoutMs, signal } = options
  const late = timeoutMs > 0 ? AbortSignal.timeout(timeoutMs) : undefined
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: options.env,
      cwd: options.cwd,
      killSignal: 'SIGKILL',
      signal: AbortSignal.any([signal, late].filter(given => given !== undefined)),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout.on('data', chunk => stdout.push(chunk))
    child.stderr.on('data', chunk => stderr.push(chunk))
    // A program that ends without reading its input is not an error of ours: its exit code tells.
    child.stdin.on('error', () => {})
    child.stdin.end(options.input)
    const text = (chunks: Buffer[]) => Buffer.concat(chunks).toString('utf8')
    const fail = (code: number | undefined, cause?: Error) =>
      reject(new ExecError(command, code, text(stdout), text(stderr), cause))
    child.on('error', cause => {
      if (signal?.aborted) return reject(signal.reason)
      fail(undefined, late?.aborted ? new Error(`not finished within ${timeoutMs} ms`) : cause)
    })
    // What the program started may hold its output open for as long as it likes.
    child.on('exit', () => {
      if (child.killed) for (const stream of [child.stdout, child.stderr]) stream.destroy()
    })
    child.on('close', (code, killedBy) => {
      if (code === 0) return resolve({ stdout: text(stdout), stderr: text(stderr) })
      fail(code ?? undefined, killedBy ? new Error(`killed by ${killedBy}`) : undefined)
    })
  })
}
