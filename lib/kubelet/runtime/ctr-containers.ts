// A container's life through `ctr`: snapshot → mount → container → task → exit → nothing. The record is written before
// each step that makes something, so that whatever a killed kubelet left can be found and taken away.

import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Clock } from '../../util/clock.ts'
import type { Logger } from '../../util/log.ts'
import type { Cgroups } from '../cgroups.ts'
import type { SandboxFacts } from '../oci-spec-input.ts'
import { logUri } from './container-logger.ts'
import { type Ctr, ctrMessage, isConnectionLost, type Task } from './ctr-command.ts'
import { makeContainer } from './ctr-container-make.ts'
import type { CtrImages } from './ctr-images.ts'
import {
  type ContainerRecord,
  containerStatus,
  type Exit,
  exited,
  type SandboxRecord,
  startFailed,
  vanished,
} from './ctr-records.ts'
import { KeyedLock } from './keyed-lock.ts'
import { unmountTree } from './mount-points.ts'
import type { Records } from './records.ts'
import { type ContainerConfig, type ContainerStatus, RuntimeError } from './runtime.ts'
import { endShim, findShims } from './shims.ts'

export interface ContainerParts {
  clusterName: string
  ctr: Ctr
  records: Records<ContainerRecord>
  images: CtrImages
  cgroups: Cgroups
  /** Path of the program that writes logs. */
  logger: string
  clock: Clock
  log: Logger
}

export class CtrContainers {
  readonly #parts: ContainerParts
  readonly #lock = new KeyedLock()
  readonly #inMaking = new Set<string>()
  /** Made, and perhaps started: the kubelet or containerd was killed before it could say so. */
  readonly #unsure = new Set<string>()

  constructor(parts: ContainerParts) {
    this.#parts = parts
  }

  async load(): Promise<void> {
    const { records } = this.#parts
    for (const id of await records.load()) await this.#destroy(id)
    for (const { id, state } of records.all()) if (state === 'created') this.#unsure.add(id)
  }

  /** What runs, as containerd says now; ends that nobody saw are looked up, what was left half made is removed. */
  async list(signal: AbortSignal): Promise<ContainerStatus[]> {
    const { ctr, records } = this.#parts
    const tasks = await ctr.tasks(signal)
    await Promise.all(records.all().map(record => this.#reconciled(record, tasks.get(record.id))))
    return records
      .all()
      .filter(({ id }) => !this.#inMaking.has(id))
      .map(containerStatus)
  }

  of(sandboxId: string): ContainerRecord[] {
    return this.#parts.records.all().filter(record => record.sandboxId === sandboxId)
  }

  get(id: string): ContainerRecord | undefined {
    return this.#parts.records.get(id)
  }

  /** What cannot be brought in line now is tried again with the next list; the others must not wait for it. */
  async #reconciled(seen: ContainerRecord, task: Task | undefined): Promise<void> {
    try {
      await this.#reconcile(seen, task)
    } catch (error) {
      this.#parts.log.warn({ err: error, container: seen.id }, 'a container could not be brought in line')
    }
  }

  async #reconcile(seen: ContainerRecord, task: Task | undefined): Promise<void> {
    const { id, state } = seen
    if (this.#inMaking.has(id) || state === 'exited') return
    // One in the place of a container in which nothing ran is no restart.
    if (state === 'creating' || (this.#unsure.has(id) && state === 'created' && !hasRun(task)))
      return this.#lock.run(id, () => this.#destroyIfNeverRan(id))
    if (task?.state === 'stopped') return this.finish(id)
    if (task?.state === 'running' && state === 'created') return this.#adopt(id, task.pid)
    if (state === 'running' && !task) return this.#lost(id)
  }

  async #destroyIfNeverRan(id: string): Promise<void> {
    const state = this.get(id)?.state
    // Asked again, as the list may be older than the start.
    if (state === 'created' && hasRun((await this.#parts.ctr.tasks()).get(id))) return
    if (state === 'creating' || state === 'created') await this.#destroy(id)
    this.#unsure.delete(id)
  }

  /** Started by a kubelet that was killed before it could say so. */
  async #adopt(id: string, pid: number): Promise<void> {
    const { records, clock } = this.#parts
    await this.#lock.run(id, async () => {
      const record = records.get(id)
      if (record?.state === 'created') await records.put({ ...record, state: 'running', pid, startedAtMs: clock.now() })
    })
  }

  /** Asked again under the lock: the list may be older than the start. */
  async #lost(id: string): Promise<void> {
    const { records, clock, ctr } = this.#parts
    await this.#lock.run(id, async () => {
      const record = records.get(id)
      if (record?.state !== 'running' || (await ctr.tasks()).has(id)) return
      await records.put(vanished(record, clock.now()))
    })
  }

  async create(
    sandbox: SandboxRecord,
    facts: SandboxFacts,
    config: ContainerConfig,
    signal: AbortSignal,
  ): Promise<string> {
    const { images, records, clock } = this.#parts
    const image = await images.content(config.imageId)
    const id = randomBytes(32).toString('hex')
    const record: ContainerRecord = {
      ...{ id, sandboxId: sandbox.id, pod: sandbox.config.pod, config, createdAtMs: clock.now() },
      stopSignal: config.stopSignal || image.config.stopSignal || 'SIGTERM',
      cgroup: join(sandbox.config.cgroupParent, id),
      state: 'creating',
    }
    this.#inMaking.add(id)
    try {
      await records.put(record)
      await makeContainer(this.#parts, { record, facts, image }, signal)
      await records.put({ ...record, state: 'created' })
      return id
    } catch (cause) {
      await this.#discard(id)
      if (cause instanceof RuntimeError) throw cause
      throw new RuntimeError(
        'CreateContainerError',
        `failed to create containerd container: ${ctrMessage(cause)}`,
        cause,
      )
    } finally {
      this.#inMaking.delete(id)
    }
  }

  async start(id: string, signal: AbortSignal): Promise<void> {
    const { ctr, records, clock, logger } = this.#parts
    await this.#lock.run(id, async () => {
      const record = this.#known(id)
      if (record.state !== 'created')
        throw new RuntimeError('RunContainerError', `container is in ${record.state} state`)
      await mkdir(dirname(record.config.logPath), { recursive: true })
      const pidFile = join(records.directory(id), 'pid')
      const uri = logUri(logger, record.config.logPath)
      try {
        await ctr.run(['tasks', 'start', '--detach', '--log-uri', uri, '--pid-file', pidFile, id], { signal })
      } catch (cause) {
        // Given up halfway, it is for the next kubelet to find.
        signal.throwIfAborted()
        // `already exists`: a kubelet that was killed had begun to start it.
        if (!/already exists/.test(ctrMessage(cause))) throw await this.#startFailed(record, cause)
      }
      const pid = await this.#pidOf(id, pidFile)
      await records.put({ ...record, state: 'running', startedAtMs: clock.now(), pid })
    })
  }

  /** Written by ctr; by containerd's list when the ctr that would have written it was killed. */
  async #pidOf(id: string, pidFile: string): Promise<number> {
    const written = Number(await readFile(pidFile, 'utf8').catch(() => ''))
    return written || ((await this.#parts.ctr.tasks()).get(id)?.pid ?? 0)
  }

  async #startFailed(record: ContainerRecord, cause: unknown): Promise<RuntimeError> {
    const { records, clock } = this.#parts
    const message = `failed to create containerd task: ${ctrMessage(cause)}`
    // Not the container's fault: the next list finds out whether it was started.
    if (isConnectionLost(cause)) this.#unsure.add(record.id)
    else {
      await this.#removeTask(record.id, '--force')
      await records.put(startFailed(record, message, clock.now()))
    }
    return new RuntimeError('RunContainerError', message, cause)
  }

  /** The process has ended: what it left is read and its task taken away, which also writes its log to the end. */
  async finish(id: string, seen?: Exit): Promise<void> {
    const { records, cgroups, clock } = this.#parts
    await this.#lock.run(id, async () => {
      const record = records.get(id)
      if (!record || record.state === 'exited') return
      const end = seen ?? (await this.#exitOf(id))
      if (end === 'running') return
      const oomKills = await cgroups.oomKills(record.cgroup)
      await this.#removeTask(id)
      const started = { ...record, startedAtMs: record.startedAtMs ?? record.createdAtMs }
      await records.put(end === 'unknown' ? vanished(started, clock.now()) : exited(started, end, oomKills))
    })
  }

  /** Only the task's shim remembers how it ended. */
  async #exitOf(id: string): Promise<Exit | 'running' | 'unknown'> {
    const stopped = 3
    try {
      const state = JSON.parse(await this.#parts.ctr.run(['shim', '--id', id, 'state']))
      if (state.status !== stopped) return 'running'
      return { exitCode: state.exit_status ?? 0, finishedAtMs: Date.parse(state.exited_at) }
    } catch (error) {
      this.#parts.log.warn({ err: error, container: id }, 'how a container ended is not known')
      return 'unknown'
    }
  }

  async stop(id: string, graceMs: number, signal: AbortSignal): Promise<void> {
    const { ctr, clock } = this.#parts
    const record = this.get(id)
    if (record?.state !== 'running') return
    const deadline = clock.now() + graceMs
    if (graceMs > 0) {
      await ctr.runIfThere(['tasks', 'kill', '--signal', record.stopSignal, id], { signal })
      if (await this.#untilExited(record, deadline, signal)) return
    }
    await ctr.runIfThere(['tasks', 'kill', '--all', '--signal', 'SIGKILL', id], { signal })
    await this.#untilExited(record, Number.POSITIVE_INFINITY, signal)
  }

  /** Looks at the process, not at events: nothing can be missed. False at the deadline. */
  async #untilExited({ id, pid }: ContainerRecord, deadlineMs: number, signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#parts
    for (let pauseMs = 5; ; pauseMs = Math.min(100, pauseMs * 1.3)) {
      if (!pid || !isAlive(pid)) await this.finish(id)
      if (this.get(id)?.state !== 'running') return true
      const restMs = deadlineMs - clock.now()
      if (restMs <= 0) return false
      await clock.sleep(Math.min(pauseMs, restMs), signal)
    }
  }

  /** Running or not. */
  async remove(id: string, signal: AbortSignal): Promise<void> {
    await this.stop(id, 0, signal)
    await this.#lock.run(id, () => this.#destroy(id))
  }

  /** Everything of it, whether it is there or not. */
  async #destroy(id: string): Promise<void> {
    const { ctr, records, cgroups, clock } = this.#parts
    const record = records.get(id)
    // The task of one that has ended went with its end.
    if (record?.state !== 'exited') await this.#removeTask(id, '--force')
    const layers = async () => {
      await unmountTree(records.directory(id))
      await ctr.runIfThere(['snapshots', 'rm', id])
    }
    await Promise.all([ctr.runIfThere(['containers', 'rm', id]), layers()])
    if (record) {
      // A process that was just starting when containerd was killed is not known to the next containerd.
      await cgroups.kill(record.cgroup)
      await cgroups.remove(record.cgroup, clock)
    }
    await records.remove(id)
  }

  /** Its shim ends with it; one whose start containerd did not outlive is not known to the next containerd. */
  async #removeTask(id: string, ...flags: string[]): Promise<void> {
    const { ctr, clock } = this.#parts
    if (await ctr.runIfThere(['tasks', 'rm', ...flags, id])) return
    for (const shim of await findShims(ctr)) if (shim.id === id) await endShim(shim, clock)
  }

  async #discard(id: string): Promise<void> {
    try {
      await this.#destroy(id)
    } catch (error) {
      this.#parts.log.warn({ err: error, container: id }, 'a container that failed could not be removed yet')
    }
  }

  #known(id: string): ContainerRecord {
    const record = this.get(id)
    if (!record) throw new RuntimeError('RunContainerError', `container "${id}" not found`)
    return record
  }
}

function hasRun(task: Task | undefined): boolean {
  return task?.state === 'running' || task?.state === 'stopped'
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
