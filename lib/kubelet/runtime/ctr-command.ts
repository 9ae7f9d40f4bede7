// containerd's command line: one call, about 10 ms. Errors are read here, and only here, from what it prints.

import { ExecError, type ExecOptions, exec } from '../../util/exec.ts'

export interface Task {
  id: string
  pid: number
  state: 'running' | 'stopped' | 'other'
}

/** More at a time only makes each slower on a small machine. */
const concurrent = 6

export class Ctr {
  readonly socket: string
  readonly namespace: string
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor(socket: string, namespace: string) {
    this.socket = socket
    this.namespace = namespace
  }

  arguments(args: string[]): string[] {
    return ['--address', this.socket, '--namespace', this.namespace, ...args]
  }

  /** Standard output. Throws ExecError. */
  async run(args: string[], options: ExecOptions = {}): Promise<string> {
    await this.#turn()
    try {
      return (await exec('ctr', this.arguments(args), options)).stdout
    } finally {
      this.#running--
      this.#waiting.shift()?.()
    }
  }

  /** As `run`, but for what may take minutes, which must not make others wait. */
  async runLong(args: string[], options: ExecOptions = {}): Promise<string> {
    return (await exec('ctr', this.arguments(args), { timeoutMs: 0, ...options })).stdout
  }

  /** As `run`, but what is not there (any more) is no error: false. */
  async runIfThere(args: string[], options: ExecOptions = {}): Promise<boolean> {
    try {
      await this.run(args, options)
      return true
    } catch (error) {
      if (isNotFound(error)) return false
      throw error
    }
  }

  async tasks(signal?: AbortSignal): Promise<Map<string, Task>> {
    const text = await this.run(['tasks', 'ls'], signal ? { signal } : {})
    return new Map(parseTasks(text).map(task => [task.id, task]))
  }

  async #turn(): Promise<void> {
    while (this.#running >= concurrent) await new Promise<void>(resolve => this.#waiting.push(resolve))
    this.#running++
  }
}

export function parseTasks(text: string): Task[] {
  return rows(text).map(([id = '', pid = '', status = '']) => ({
    id,
    pid: Number(pid),
    state: status === 'RUNNING' ? 'running' : status === 'STOPPED' ? 'stopped' : 'other',
  }))
}

/** The columns of a table, without its heading. */
export function rows(table: string): string[][] {
  return table
    .split('\n')
    .slice(1)
    .filter(Boolean)
    .map(line => line.trim().split(/\s+/))
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ExecError && /not found|does not exist|process already finished/.test(error.stderr)
}

/** containerd was not there, or went away before it answered; whether it did as it was told is not known. */
export function isConnectionLost(error: unknown): boolean {
  const lost = /^(failed to dial |connection error: desc|transport is closing: |error reading from server: )/
  return error instanceof ExecError && lost.test(ctrMessage(error))
}

/** What ctr says went wrong, without its name and without log lines around it. */
export function ctrMessage(error: unknown): string {
  if (!(error instanceof ExecError)) return error instanceof Error ? error.message : String(error)
  const line = error.stderr.split('\n').findLast(text => text.startsWith('ctr: '))
  return line?.slice('ctr: '.length) ?? error.message
}
