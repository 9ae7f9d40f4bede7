// The probes of one pod's running containers: when each is due, and from which count of results on it means something.
// What they found is told as soon as it changes.

import type { EventSink } from '../client/events.ts'
import { inBackground } from '../util/async.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { apiContainerId } from './container-status.ts'
import type { ProbeResults } from './observed.ts'
import { apiStatusOf, containerRef, findContainer, type Pod, type PodContainer, type Probe } from './pod.ts'
import type { ProbeOutcome } from './probe-outcome.ts'
import type { Prober } from './prober.ts'
import type { ContainerStatus } from './runtime/runtime.ts'

export type ProbeKind = 'startup' | 'readiness' | 'liveness'

export interface ProbesOptions {
  prober: Pick<Prober, 'probe'>
  events: EventSink
  clock: Clock
  log: Logger
  /** The results of a container changed. */
  onChange: () => void
}

const kinds: ProbeKind[] = ['startup', 'readiness', 'liveness']

export class PodProbes {
  readonly #options: ProbesOptions
  readonly #results = new Map<string, ProbeResults>()
  /** By container id. */
  readonly #running = new Map<string, AbortController>()
  #onlyReadiness = false

  constructor(options: ProbesOptions) {
    this.#options = options
  }

  get results(): ReadonlyMap<string, ProbeResults> {
    return this.#results
  }

  /** Probes exactly these containers from now on. */
  watch(pod: Pod, podIP: string, running: ContainerStatus[]): void {
    const ids = new Set(running.map(({ id }) => id))
    for (const id of this.#running.keys()) if (!ids.has(id)) this.#stop(id)
    for (const status of running) {
      const container = findContainer(pod, status.name)
      if (!container || container.kind === 'init' || this.#running.has(status.id)) continue
      if (kinds.some(kind => container.spec[`${kind}Probe`])) this.#start(pod, podIP, container, status)
    }
  }

  /** While the pod ends only readiness still matters. */
  endLiveness(): void {
    this.#onlyReadiness = true
  }

  stop(): void {
    for (const id of [...this.#running.keys()]) this.#stop(id)
  }

  #stop(id: string): void {
    this.#running.get(id)?.abort()
    this.#running.delete(id)
    this.#results.delete(id)
  }

  #start(pod: Pod, podIP: string, container: PodContainer, status: ContainerStatus): void {
    const stop = new AbortController()
    this.#running.set(status.id, stop)
    this.#seed(pod, status)
    const loop = async () => {
      const { startupProbe, readinessProbe, livenessProbe } = container.spec
      const each = (kind: ProbeKind, probe: Probe | undefined) =>
        probe && this.#loop({ pod, podIP, container, status, kind, probe }, stop.signal)
      if (!this.#results.get(status.id)?.started) await each('startup', startupProbe)
      await Promise.all([each('readiness', readinessProbe), each('liveness', livenessProbe)])
    }
    inBackground(this.#options.log, `probing ${container.spec.name}`, loop(), stop.signal)
  }

  /** After a restart of the kubelet: what the API was told stays true until a probe says something else. */
  #seed(pod: Pod, status: ContainerStatus): void {
    const known = apiStatusOf(pod, status.name)
    if (!known?.started || known.containerID !== apiContainerId(status)) return
    this.#results.set(status.id, { started: true, ...(known.ready ? { ready: true } : {}) })
  }

  /** A startup probe ends when it has passed; a failed liveness or startup probe ends too. */
  async #loop(probing: Probing, signal: AbortSignal): Promise<void> {
    const { probe, status, kind } = probing
    const { clock } = this.#options
    const dueMs = (status.startedAtMs ?? status.createdAtMs) + (probe.initialDelaySeconds ?? 0) * 1000
    if (dueMs > clock.now()) await clock.sleep(dueMs - clock.now(), signal)
    let streak: Streak = { result: undefined, count: 0 }
    while (!signal.aborted) {
      if (this.#onlyReadiness && kind !== 'readiness') return
      const outcome = await this.#probe(probing, signal)
      if (outcome.result !== 'error') {
        streak = counted(streak, outcome.result)
        const verdict = verdictOf(streak, probe)
        if (verdict !== undefined) this.#found(status.id, kind, verdict)
        if (verdict !== undefined && (kind === 'startup' || (kind === 'liveness' && !verdict))) return
      }
      await clock.sleep((probe.periodSeconds ?? 10) * 1000, signal)
    }
  }

  async #probe({ pod, podIP, container, status, kind, probe }: Probing, signal: AbortSignal): Promise<ProbeOutcome> {
    const { events } = this.#options
    const title = kind.charAt(0).toUpperCase() + kind.slice(1)
    const tell = (message: string) =>
      signal.aborted || events.event(containerRef(pod, container), 'Warning', 'Unhealthy', message)
    const outcome = await this.#attempt(probe, { containerId: status.id, container: container.spec, podIP }, signal)
    if (outcome.result === 'failure') tell(`${title} probe failed: ${outcome.output}`)
    if (outcome.result === 'error') tell(`${title} probe errored and resulted in unknown state: ${outcome.output}`)
    return outcome
  }

  async #attempt(probe: Probe, target: Parameters<Prober['probe']>[1], signal: AbortSignal): Promise<ProbeOutcome> {
    try {
      return await this.#options.prober.probe(probe, target, signal)
    } catch (error) {
      signal.throwIfAborted()
      return { result: 'error', output: error instanceof Error ? error.message : String(error) }
    }
  }

  #found(id: string, kind: ProbeKind, passed: boolean): void {
    const old = this.#results.get(id) ?? {}
    const results = applied(old, kind, passed)
    if (JSON.stringify(old) === JSON.stringify(results)) return
    this.#results.set(id, results)
    this.#options.onChange()
  }
}

interface Probing {
  pod: Pod
  podIP: string
  container: PodContainer
  status: ContainerStatus
  kind: ProbeKind
  probe: Probe
}

/** The same result so many times in a row. */
export interface Streak {
  result: 'success' | 'failure' | undefined
  count: number
}

export function counted(streak: Streak, result: 'success' | 'failure'): Streak {
  return { result, count: streak.result === result ? streak.count + 1 : 1 }
}

/** undefined: below its threshold, nothing is said yet. */
export function verdictOf({ result, count }: Streak, probe: Probe): boolean | undefined {
  const threshold = result === 'success' ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3)
  return result !== undefined && count >= threshold ? result === 'success' : undefined
}

function applied(old: ProbeResults, kind: ProbeKind, passed: boolean): ProbeResults {
  if (kind === 'readiness') return { ...old, ready: passed }
  if (!passed) return { ...old, failed: kind }
  return kind === 'startup' ? { ...old, started: true } : old
}
