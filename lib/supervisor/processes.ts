// Processes that outlive whoever started them: each leaves a record in run/, and a pid is ours only while its start time
// is the one recorded, so a pid that the kernel gave to another is never touched.

import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../util/clock.ts'

export interface ProcessRecord {
  name: string
  pid: number
  /** Clock ticks since boot, field 22 of /proc/<pid>/stat. */
  startTicks: string
}

export interface ProcessSpec {
  name: string
  command: string
  args: string[]
  env?: Record<string, string>
}

export interface Started {
  record: ProcessRecord
  /** Resolves with what ended it. */
  exited: Promise<string>
  /** Lets the process that started it end first. */
  release(): void
}

/** Starts a process in a session of its own, its output appended to logs/<name>.log. */
export async function startProcess(stateDir: string, spec: ProcessSpec): Promise<Started> {
  await mkdir(join(stateDir, 'run'), { recursive: true })
  await mkdir(join(stateDir, 'logs'), { recursive: true, mode: 0o700 })
  const log = openSync(join(stateDir, 'logs', `${spec.name}.log`), 'a', 0o600)
  const child = spawn(spec.command, spec.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, ...spec.env },
  })
  closeSync(log)
  const exited = new Promise<string>(resolve => {
    child.on('error', error => resolve(error.message))
    child.on('exit', (code, killedBy) => resolve(killedBy ? `killed by ${killedBy}` : `exit code ${code}`))
  })
  const record = { name: spec.name, pid: child.pid ?? 0, startTicks: (child.pid && startTicksOf(child.pid)) || '' }
  await writeFile(recordPath(stateDir, spec.name), JSON.stringify(record))
  return { record, exited, release: () => child.unref() }
}

function recordPath(stateDir: string, name: string): string {
  return join(stateDir, 'run', `${name}.json`)
}

/** undefined: no such process, or one that has ended and was not yet waited for. */
function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export function isAlive(record: ProcessRecord): boolean {
  return record.pid > 0 && startTicksOf(record.pid) === record.startTicks
}

/** Every process on record that still runs. */
export async function runningProcesses(stateDir: string): Promise<ProcessRecord[]> {
  const files = await readdir(join(stateDir, 'run')).catch(() => [])
  const records = await Promise.all(
    files.filter(file => file.endsWith('.json')).map(file => readRecord(join(stateDir, 'run', file))),
  )
  return records.filter(record => record !== undefined).filter(isAlive)
}

/** A record cut short by a crash says nothing; its process was never reported as started. */
async function readRecord(path: string): Promise<ProcessRecord | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessRecord
  } catch {
    return undefined
  }
}

/** SIGTERM, then SIGKILL after `graceMs`; returns when it is gone. */
export async function stopProcess(
  stateDir: string,
  record: ProcessRecord,
  { clock, graceMs }: { clock: Clock; graceMs: number },
): Promise<void> {
  const deadline = clock.now() + graceMs
  if (isAlive(record)) process.kill(record.pid, 'SIGTERM')
  while (isAlive(record)) {
    if (clock.now() > deadline) process.kill(record.pid, 'SIGKILL')
    await clock.sleep(20)
  }
  await rm(recordPath(stateDir, record.name), { force: true })
}
