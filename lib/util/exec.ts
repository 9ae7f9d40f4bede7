// A child process as a promise: output collected, bounded, killed when the signal is aborted.

import { spawn } from 'node:child_process'

export interface ExecOptions {
  input?: string | Buffer
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Killed with SIGKILL when it takes longer. */
  timeoutMs?: number
  signal?: AbortSignal
}

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

  constructor(command: string, exitCode: number | undefined, stdout: string, stderr: string, cause?: unknown) {
    const why = stderr.trim() || (cause instanceof Error ? cause.message : `exit code ${exitCode}`)
    super(`${command}: ${why}`, { cause })
    this.name = 'ExecError'
    this.command = command
    this.exitCode = exitCode
    this.stdout = stdout
    this.stderr = stderr
  }
}

/** Runs a program (no shell). Throws ExecError. */
export function exec(file: string, args: string[], options: ExecOptions = {}): Promise<ExecResult> {
  const command = [file, ...args].join(' ')
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: options.env,
      cwd: options.cwd,
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
      signal: options.signal,
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
    child.on('error', cause => reject(new ExecError(command, undefined, text(stdout), text(stderr), cause)))
    child.on('close', (code, killedBy) => {
      if (code === 0) return resolve({ stdout: text(stdout), stderr: text(stderr) })
      const cause = killedBy ? new Error(`killed by ${killedBy}`) : undefined
      reject(new ExecError(command, code ?? undefined, text(stdout), text(stderr), cause))
    })
  })
}
