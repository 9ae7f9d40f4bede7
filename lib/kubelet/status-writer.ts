// Brings one pod's status to the API: only what changed, one write at a time, the newest wish wins.

import { hasReason } from '../api/errors.ts'
import type { Client } from '../client/client.ts'
import { pods } from '../kinds/core/pod.ts'
import { inBackground } from '../util/async.ts'
import { backoffMs } from '../util/backoff.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { formatPod, type Pod, type PodCondition, type PodStatus, podUid } from './pod.ts'

export interface StatusWriterOptions {
  client: Pick<Client, 'patch'>
  clock: Clock
  log: Logger
  /** The pod as the API answered. */
  onWritten: (pod: Pod) => void
  signal: AbortSignal
}

/** What a kubelet writes; the rest of a pod's status belongs to others. */
const managed = [
  'observedGeneration',
  'phase',
  'conditions',
  'message',
  'reason',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'qosClass',
] as const satisfies (keyof PodStatus)[]

const retry = { initialMs: 500, maxMs: 10_000 }

export class StatusWriter {
  readonly #options: StatusWriterOptions
  #wanted: { pod: Pod; status: PodStatus } | undefined
  #writing: Promise<void> | undefined

  constructor(options: StatusWriterOptions) {
    this.#options = options
  }

  /** `pod` is as last known, with the status that stands in the API. */
  set(pod: Pod, status: PodStatus): void {
    this.#wanted = { pod, status }
    if (this.#writing || !statusPatch(pod, status)) return
    const { log, signal } = this.#options
    this.#writing = this.#write()
    inBackground(log, 'writing the status of a pod', this.#writing, signal)
  }

  /** Resolves when the last wish stands in the API, or the pod is gone there. */
  async flush(): Promise<void> {
    await this.#writing
  }

  /** Says that it has ended in the same breath as it finds nothing more to write: a wish in between would be lost. */
  async #write(): Promise<void> {
    let failures = 0
    try {
      while (this.#wanted && !this.#options.signal.aborted) failures = await this.#tryWanted(failures)
    } finally {
      this.#writing = undefined
    }
  }

  /** Answers how often in a row it has failed now. */
  async #tryWanted(failures: number): Promise<number> {
    const { clock, signal, log } = this.#options
    const wanted = this.#wanted
    if (!wanted) return 0
    this.#wanted = undefined
    try {
      if (!(await this.#writeOnce(wanted.pod, wanted.status))) this.#wanted = undefined
      return 0
    } catch (error) {
      if (signal.aborted) throw error
      log.warn({ err: error, pod: formatPod(wanted.pod) }, 'the status of a pod could not be written: trying again')
      this.#wanted ??= wanted
      await clock.sleep(backoffMs(failures, retry), signal)
      return failures + 1
    }
  }

  /** false: the pod is no more. */
  async #writeOnce(pod: Pod, status: PodStatus): Promise<boolean> {
    const patch = statusPatch(pod, status)
    if (!patch) return true
    const { client, onWritten, signal } = this.#options
    const { namespace = '', name = '' } = pod.metadata
    const options = { type: 'strategic', subresource: 'status' } as const
    try {
      const written = await client.patch(pods, { namespace, name }, patch, options, signal)
      const wanted = this.#wanted
      onWritten(written)
      // What was wished meanwhile was compared with the status before this write.
      if (wanted && this.#wanted === wanted) this.#wanted = { pod: written, status: wanted.status }
      return true
    } catch (error) {
      if (hasReason(error, 'NotFound', 'Conflict')) return false
      throw error
    }
  }
}

/** The strategic merge patch that makes the pod's status this one; undefined when it is. */
export function statusPatch(pod: Pod, status: PodStatus): Record<string, unknown> | undefined {
  const old = pod.status ?? {}
  const changes: Record<string, unknown> = {}
  for (const name of managed) {
    if (name === 'conditions') continue
    if (isSame(old[name], status[name])) continue
    changes[name] = status[name] === undefined ? null : replacing(name, old[name], status[name])
  }
  const conditions = (status.conditions ?? []).flatMap(condition => conditionPatch(condition, old.conditions))
  if (conditions.length > 0) changes.conditions = conditions
  if (Object.keys(changes).length === 0) return undefined
  return { metadata: { uid: podUid(pod) }, status: changes }
}

/** Addresses merge by their ip; an old one has to be taken away. */
function replacing(name: string, old: unknown, value: unknown): unknown {
  const merges = name === 'podIPs' || name === 'hostIPs'
  return merges && Array.isArray(old) && Array.isArray(value) ? [...value, { $patch: 'replace' }] : value
}

function conditionPatch(condition: PodCondition, known: PodCondition[] = []): unknown[] {
  const old = known.find(({ type }) => type === condition.type)
  if (!old) return [condition]
  const { lastProbeTime: _, ...comparable } = old
  if (isSame(comparable, condition)) return []
  const gone = (['reason', 'message'] as const).filter(name => old[name] && !condition[name])
  return [{ ...condition, ...Object.fromEntries(gone.map(name => [name, null])) }]
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every(key => isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}
