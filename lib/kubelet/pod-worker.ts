// One pod's loop: look, decide, do, look again. It sleeps until something about its pod changes or a time has come, and
// never blocks another pod. Its status is told beside the loop, so that a long pull or a slow stop is seen as it goes.

import { hasReason } from '../api/errors.ts'
import { pods } from '../kinds/core/pod.ts'
import { inBackground, isAbortError } from '../util/async.ts'
import { deadlineExceeded, deadlineMs } from './active-deadline.ts'
import { killContainer, startContainer } from './container-steps.ts'
import type { NodeContext } from './node-context.ts'
import { type Observed, readySandbox } from './observed.ts'
import {
  containerRef,
  formatPod,
  gracePeriodSeconds,
  hasFinalPhase,
  type Pod,
  type PodEnd,
  type PodStatus,
  podUid,
} from './pod.ts'
import { type PodAction, podActions } from './pod-actions.ts'
import { PodObserver } from './pod-observer.ts'
import { podStatus, rejectedStatus } from './pod-status.ts'
import { createSandbox, prepareVolumes, removeContainer, removePod, tearDownVolumes } from './pod-steps.ts'
import type { MountedVolumes } from './pod-volumes.ts'
import { restartAtMs } from './restart-back-off.ts'
import { retryMs, StartError } from './start-failure.ts'
import { StatusWriter } from './status-writer.ts'
import { Wakeup } from './wakeup.ts'

export interface Rejection {
  reason: string
  message: string
}

export class PodWorker {
  readonly #context: NodeContext
  readonly #lifetime: AbortSignal
  readonly #observer: PodObserver
  readonly #status: StatusWriter
  readonly #wakeup: Wakeup
  readonly #tellSoon: Wakeup
  /** Containers whose end was told, by id. */
  readonly #killed = new Set<string>()
  /** Ended containers whose back-off was told, by id. */
  readonly #backedOff = new Set<string>()
  #pod: Pod
  #rejection: Rejection | undefined
  /** Why this node ends it before it ends by itself. */
  #end: PodEnd | undefined
  /** The API knows it no more. */
  #removed = false
  /** Nothing of it runs any more, nor will: from then on its status is a final one. */
  #isOver = false
  /** Its volumes are gone too; it stands until it is deleted. */
  #ended = false
  #terminatingSinceMs: number | undefined
  #volumes: MountedVolumes | undefined
  /** Ends what only waits in the current pass. */
  #pass = new AbortController()

  constructor(context: NodeContext, pod: Pod, lifetime: AbortSignal) {
    this.#context = context
    this.#pod = pod
    this.#lifetime = lifetime
    this.#wakeup = new Wakeup(context.clock)
    this.#tellSoon = new Wakeup(context.clock)
    this.#observer = new PodObserver(context, () => this.poke())
    this.#status = new StatusWriter({ ...context, onWritten: written => this.update(written), signal: lifetime })
    context.references.register(pod, () => this.#referencesChanged())
    if (pod.metadata.deletionTimestamp) this.#terminatingSinceMs = context.clock.now()
  }

  get pod(): Pod {
    return this.#pod
  }

  /** A newer version of the pod; older ones are passed over. */
  update(pod: Pod): void {
    const old = this.#pod
    if (BigInt(pod.metadata.resourceVersion ?? 0) <= BigInt(old.metadata.resourceVersion ?? 0)) return
    this.#pod = pod
    if (pod.metadata.generation !== old.metadata.generation && !this.#ended) {
      this.#context.references.register(pod, () => this.#referencesChanged())
    }
    if (pod.metadata.deletionTimestamp) {
      const isShorter = !old.metadata.deletionTimestamp || gracePeriodSeconds(pod) < gracePeriodSeconds(old)
      if (isShorter) this.#terminate('the pod is deleted')
    }
    // Labels and annotations may be shown in files.
    const shown = ({ metadata: { labels, annotations } }: Pod) => JSON.stringify([labels, annotations])
    if (this.#volumes && shown(pod) !== shown(old)) this.#volumes.refreshAtMs = this.#context.clock.now()
    this.poke()
  }

  /** The API has forgotten it: what is left of it goes, without a word. */
  remove(): void {
    if (this.#removed) return
    this.#removed = true
    this.#terminate('the pod is gone')
    this.poke()
  }

  /** It does not fit here: nothing of it is started. */
  reject(rejection: Rejection): void {
    this.#rejection = rejection
    this.#terminatingSinceMs = this.#context.clock.now()
    this.poke()
  }

  /** Something about it changed: look again. */
  poke(): void {
    this.#wakeup.wake()
    this.#tellSoon.wake()
  }

  /** Resolves when nothing of the pod is left, or the signal is aborted. */
  async run(): Promise<void> {
    const telling = new AbortController()
    const signal = AbortSignal.any([telling.signal, this.#lifetime])
    inBackground(this.#context.log, 'telling the status of a pod', this.#tell(signal), signal)
    try {
      while (!this.#lifetime.aborted) {
        const next = await this.#onePass()
        if (next === 'gone') return
        await this.#wakeup.sleep(next, this.#lifetime)
      }
    } catch (error) {
      if (!this.#lifetime.aborted) throw error
    } finally {
      telling.abort()
      this.#observer.end()
      this.#context.references.unregister(podUid(this.#pod))
    }
  }

  #terminate(why: string): void {
    this.#terminatingSinceMs ??= this.#context.clock.now()
    this.#observer.endLiveness()
    this.#pass.abort(new DOMException(why, 'AbortError'))
  }

  #referencesChanged(): void {
    this.#observer.failures.clear()
    if (this.#volumes) this.#volumes.refreshAtMs = this.#context.clock.now()
    this.poke()
  }

  // --- one pass

  /** Answers when to look again at the latest. */
  async #onePass(): Promise<number | undefined | 'gone'> {
    const { clock, log } = this.#context
    this.#pass = new AbortController()
    const signal = AbortSignal.any([this.#pass.signal, this.#lifetime])
    try {
      return await this.#step(signal)
    } catch (error) {
      this.#lifetime.throwIfAborted()
      if (this.#pass.signal.aborted && isAbortError(error)) return clock.now()
      log.warn({ err: error, pod: formatPod(this.#pod) }, 'a pass over the pod failed: trying again')
      return clock.now() + retryMs
    }
  }

  async #step(signal: AbortSignal): Promise<number | undefined | 'gone'> {
    this.#endAtDeadline()
    const observed = await this.#look()
    this.#tellStatus(observed)
    const actions = this.#decide(observed)
    if (actions.some(action => action.type === 'finish')) return this.#finish(observed)
    const worked = await this.#carryOut(actions, observed, signal)
    if (worked) return this.#context.clock.now()
    const times = actions.flatMap(action => ('untilMs' in action ? [action.untilMs] : []))
    const refresh = await this.#keepVolumesFresh(observed, signal)
    const deadline = this.#terminatingSinceMs === undefined ? deadlineMs(this.#pod) : undefined
    return earliest([...times, ...[refresh, deadline].filter(time => time !== undefined)])
  }

  /** A pod that is being deleted ends anyway. */
  #endAtDeadline(): void {
    const { clock, events } = this.#context
    if (this.#terminatingSinceMs !== undefined || hasFinalPhase(this.#pod.status)) return
    if (clock.now() < (deadlineMs(this.#pod) ?? Number.POSITIVE_INFINITY)) return
    this.#end = deadlineExceeded
    this.#terminatingSinceMs = clock.now()
    this.#observer.endLiveness()
    events.event(this.#pod, 'Normal', deadlineExceeded.reason, deadlineExceeded.message)
  }

  #decide(observed: Observed): PodAction[] {
    const actions = podActions(this.#pod, observed, this.#context.clock.now())
    for (const action of actions) if (action.type === 'back-off') this.#tellBackOff(action, observed)
    return actions
  }

  /** Stops go side by side; everything else in order. Answers whether there was anything to do. */
  async #carryOut(actions: PodAction[], observed: Observed, signal: AbortSignal): Promise<boolean> {
    const kills = actions.filter(action => action.type === 'kill-container')
    await Promise.all(kills.map(action => this.#kill(action, observed, signal)))
    let worked = kills.length > 0
    for (const action of actions) {
      signal.throwIfAborted()
      if (!(await this.#do(action, observed, signal))) continue
      worked = true
      this.#tellSoon.wake()
    }
    return worked
  }

  async #do(action: PodAction, observed: Observed, signal: AbortSignal): Promise<boolean> {
    const { runtime } = this.#context
    switch (action.type) {
      case 'create-sandbox':
        await this.#attempt('', 'FailedCreatePodSandBox', async () => {
          this.#volumes = await prepareVolumes(this.#context, this.#pod, [], signal)
          if (action.attempt > 0) {
            const message = 'Pod sandbox changed, it will be killed and re-created.'
            this.#context.events.event(this.#pod, 'Normal', 'SandboxChanged', message)
          }
          await createSandbox(this.#context, this.#pod, action.attempt, this.#lifetime)
        })
        return true
      case 'start-container':
        await this.#attempt(action.container.spec.name, 'RunContainerError', () =>
          this.#start(action, observed, signal),
        )
        return true
      case 'stop-sandbox':
        await runtime.stopSandbox(action.id, signal)
        return true
      case 'remove-container':
        await removeContainer(this.#context, this.#pod, action.container, this.#lifetime)
        return true
      case 'remove-sandbox':
        await runtime.removeSandbox(action.id, this.#lifetime)
        return true
      default:
        return false
    }
  }

  /** Remembers why something could not be brought up, for the status and for when to try again. */
  async #attempt(name: string, reason: string, work: () => Promise<void>): Promise<void> {
    const { clock, log } = this.#context
    try {
      await work()
      this.#observer.failures.delete(name)
    } catch (error) {
      if (isAbortError(error)) throw error
      const message = error instanceof Error ? error.message : String(error)
      const known = error instanceof StartError ? error : undefined
      log.info({ pod: formatPod(this.#pod), container: name, why: message }, 'could not be brought up')
      this.#observer.failures.set(name, {
        reason: known?.reason ?? reason,
        message,
        retryAtMs: known?.retryAtMs ?? clock.now() + retryMs,
      })
    }
  }

  async #start(
    { container, attempt, backOffMs }: PodAction & { type: 'start-container' },
    observed: Observed,
    signal: AbortSignal,
  ): Promise<void> {
    const sandbox = readySandbox(observed)
    if (!sandbox) return
    this.#volumes ??= await prepareVolumes(this.#context, this.#pod, sandbox.ips, signal)
    const volumePaths = this.#volumes.hostPaths
    const input = { pod: this.#pod, sandbox, container, attempt, backOffMs, volumePaths }
    await startContainer(this.#context, input, signal, this.#lifetime)
  }

  async #kill(
    { container, message, graceSeconds }: PodAction & { type: 'kill-container' },
    observed: Observed,
    signal: AbortSignal,
  ): Promise<void> {
    const again = this.#killed.has(container.id)
    this.#killed.add(container.id)
    const podIP = readySandbox(observed)?.ips[0] ?? this.#context.node.ips[0] ?? ''
    await killContainer(
      this.#context,
      { pod: this.#pod, status: container, podIP, message, graceSeconds, again },
      signal,
    )
  }

  #tellBackOff({ container }: PodAction & { type: 'back-off' }, observed: Observed): void {
    const ended = observed.containers.find(({ name }) => name === container.spec.name)
    if (!ended || restartAtMs(ended) <= this.#context.clock.now() || this.#backedOff.has(ended.id)) return
    this.#backedOff.add(ended.id)
    const message = `Back-off restarting failed container ${container.spec.name} in pod ${formatPod(this.#pod)}`
    this.#context.events.event(containerRef(this.#pod, container), 'Warning', 'BackOff', message)
  }

  /** Answers when they are due next. */
  async #keepVolumesFresh(observed: Observed, signal: AbortSignal): Promise<number | undefined> {
    const sandbox = readySandbox(observed)
    if (!sandbox) return undefined
    const { clock, log } = this.#context
    // After a restart of the kubelet they are taken up again.
    if (this.#volumes && (this.#volumes.refreshAtMs ?? Number.POSITIVE_INFINITY) > clock.now()) {
      return this.#volumes.refreshAtMs
    }
    try {
      this.#volumes = await prepareVolumes(this.#context, this.#pod, sandbox.ips, signal)
      return this.#volumes.refreshAtMs
    } catch (error) {
      if (isAbortError(error)) throw error
      log.info({ err: error, pod: formatPod(this.#pod) }, 'a volume could not be brought up to date')
      return clock.now() + retryMs
    }
  }

  // --- the end

  async #finish(observed: Observed): Promise<undefined | 'gone'> {
    const { client, references } = this.#context
    const deleted = this.#pod.metadata.deletionTimestamp !== undefined
    this.#isOver = true
    if (!this.#ended) {
      this.#observer.end()
      this.#tellStatus(observed)
      await this.#status.flush()
      references.unregister(podUid(this.#pod))
      await tearDownVolumes(this.#context, this.#pod)
      this.#ended = true
    }
    if (!deleted && !this.#removed) return undefined
    await removePod(this.#context, this.#pod, observed, this.#lifetime)
    if (this.#removed) return 'gone'
    const { namespace = '', name = '' } = this.#pod.metadata
    const options = { gracePeriodSeconds: 0, preconditions: { uid: podUid(this.#pod) } }
    await client.delete(pods, { namespace, name }, options, this.#lifetime).catch(error => {
      if (!hasReason(error, 'NotFound', 'Conflict')) throw error
    })
    return 'gone'
  }

  // --- what is seen and told

  #look(): Promise<Observed> {
    return this.#observer.look(this.#pod, this.#terminatingSinceMs)
  }

  /** Tells the status at each change, while the loop may be busy. */
  async #tell(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#tellSoon.sleep(undefined, signal)
      try {
        this.#tellStatus(await this.#look())
      } catch (error) {
        // The loop is told the same, and comes back when the runtime answers again.
        this.#context.log.debug({ err: error, pod: formatPod(this.#pod) }, 'a pod could not be looked at')
      }
    }
  }

  #tellStatus(observed: Observed): void {
    if (this.#removed || this.#ended) return
    this.#status.set(this.#pod, this.#statusOf(observed, this.#isOver))
  }

  #statusOf(observed: Observed, ended: boolean): PodStatus {
    const nowMs = this.#context.clock.now()
    if (this.#rejection) return rejectedStatus(this.#pod, this.#rejection.reason, this.#rejection.message, nowMs)
    return podStatus(this.#pod, observed, { hostIPs: this.#context.node.ips, nowMs, ended, end: this.#end })
  }
}

function earliest(times: number[]): number | undefined {
  return times.length > 0 ? Math.min(...times) : undefined
}
