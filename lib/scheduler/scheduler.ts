// The loop: take a pod, decide, assume it there, bind in the background, take the next. Decisions are `schedule`'s.

import { hasReason } from '../api/errors.ts'
import { keyOf, splitKey } from '../api/meta.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/events.ts'
import type { Informer } from '../client/informer.ts'
import type { Node } from '../kinds/core/node.ts'
import { type Pod, pods } from '../kinds/core/pod.ts'
import { inBackground } from '../util/async.ts'
import { type Clock, rfc3339 } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { hasEnded, SchedulerCache } from './cache.ts'
import { type ClusterEvent, type Decision, schedule, type WeightedPlugin, whyUnschedulable } from './framework.ts'
import type { SchedulerMetrics } from './metrics.ts'
import { gatedBy } from './plugins/index.ts'
import { type QueuedPod, SchedulingQueue } from './queue.ts'
import { podRequests } from './resources.ts'

export interface SchedulerOptions {
  /** Pods that name another scheduler are left to it. */
  name: string
  plugins: readonly WeightedPlugin[]
  pods: Informer<Pod>
  nodes: Informer<Node>
  client: Client
  recorder: EventRecorder
  metrics: SchedulerMetrics
  clock: Clock
  log: Logger
  random?: () => number
}

/** How many bindings may be under way: more waits, so that a slow API server is not buried. */
const maxBindings = 64

export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #cache = new SchedulerCache()
  readonly #queue: SchedulingQueue
  readonly #requeueOn: Map<string, readonly ClusterEvent[]>
  readonly #lastDecisions = new Map<string, Decision>()
  readonly #bindings = new Set<Promise<void>>()

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#queue = new SchedulingQueue(options.clock)
    this.#requeueOn = new Map(options.plugins.map(({ plugin }) => [plugin.name, plugin.requeueOn]))
    options.metrics.pending(() => this.#queue.sizes)
  }

  /** The last verdict on a pending pod, node by node. */
  why(key: string): Decision | undefined {
    return this.#lastDecisions.get(key)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { pods: podInformer, nodes: nodeInformer } = this.#options
    await Promise.all([podInformer.synced(signal), nodeInformer.synced(signal)])
    const stopNodes = nodeInformer.onChange((old, node) => this.#nodeChanged(old, node))
    const stopPods = podInformer.onChange((old, pod) => this.#podChanged(old, pod))
    try {
      while (!signal.aborted) await this.#scheduleOne(await this.#queue.take(signal), signal)
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      stopNodes()
      stopPods()
      await Promise.allSettled(this.#bindings)
    }
  }

  #helps = (plugin: string, event: ClusterEvent) => this.#requeueOn.get(plugin)?.includes(event) ?? true

  #nodeChanged(old: Node | undefined, node: Node | undefined): void {
    if (node) {
      this.#cache.setNode(node)
      if (!old) this.#queue.event('node-added', this.#helps)
      else if (concernsScheduling(old, node)) this.#queue.event('node-changed', this.#helps)
    } else if (old) {
      this.#cache.removeNode(old.metadata.name ?? '')
    }
  }

  #podChanged(old: Pod | undefined, pod: Pod | undefined): void {
    const current = pod ?? old
    if (!current) return
    const key = keyOf(current)
    if (!pod || hasEnded(pod)) {
      const heldRoom = current.spec?.nodeName || this.#cache.isAssumed(key)
      this.#cache.removePod(key)
      this.#drop(key)
      if (heldRoom) this.#queue.event('pod-gone', this.#helps)
    } else if (pod.spec?.nodeName) {
      this.#cache.setPod(pod)
      this.#drop(key)
      if (old?.spec?.nodeName && asksLess(old, pod)) this.#queue.event('pod-changed', this.#helps)
    } else if (this.#isOurs(pod)) {
      this.#enqueue(old, pod)
    }
  }

  #isOurs(pod: Pod): boolean {
    return pod.spec?.schedulerName === this.#options.name && !pod.metadata.deletionTimestamp && !gatedBy(pod)
  }

  #enqueue(old: Pod | undefined, pod: Pod): void {
    if (this.#cache.isAssumed(keyOf(pod))) return
    this.#queue.set(pod, JSON.stringify(old?.spec) !== JSON.stringify(pod.spec))
  }

  #drop(key: string): void {
    this.#queue.remove(key)
    this.#lastDecisions.delete(key)
  }

  async #scheduleOne(queued: QueuedPod, signal: AbortSignal): Promise<void> {
    const { log } = this.#options
    const pod = this.#options.pods.get(queued.key)
    if (!pod || pod.spec?.nodeName || pod.metadata.deletionTimestamp) return this.#queue.succeeded(queued)
    const decision = this.#decide(pod)
    if (!decision) return this.#queue.failed({ ...queued, pod }, new Set(), this.#helps)
    if (decision.kind === 'fits') {
      this.#cache.assume(pod, decision.node)
      return this.#startBinding({ ...queued, pod }, decision.node, signal)
    }
    this.#lastDecisions.set(queued.key, decision)
    const rejectedBy = new Set([...decision.rejections.values()].map(rejection => rejection.plugin))
    // Without any node no plugin was asked: the first node is what helps.
    this.#queue.failed({ ...queued, pod }, rejectedBy.size > 0 ? rejectedBy : new Set(['NodeName']), this.#helps)
    inBackground(log, 'telling why a pod is pending', this.#tellPending(pod, decision, signal), signal)
  }

  /** undefined: a plugin failed, which concerns this pod alone. */
  #decide(pod: Pod): Decision | undefined {
    const { plugins, metrics, clock, log, random = Math.random } = this.#options
    const startedMs = clock.now()
    const took = () => (clock.now() - startedMs) / 1000
    try {
      const decision = schedule(plugins, pod, this.#cache.nodes(), random)
      metrics.attempt(decision.kind === 'fits' ? 'scheduled' : 'unschedulable', took())
      return decision
    } catch (error) {
      metrics.attempt('error', took())
      log.error({ err: error, pod: keyOf(pod) }, 'a pod could not be judged: it is tried again')
      return undefined
    }
  }

  async #startBinding(queued: QueuedPod, node: string, signal: AbortSignal): Promise<void> {
    const binding = this.#bind(queued, node, signal).finally(() => this.#bindings.delete(binding))
    this.#bindings.add(binding)
    if (this.#bindings.size >= maxBindings) await Promise.race(this.#bindings)
  }

  async #bind(queued: QueuedPod, node: string, signal: AbortSignal): Promise<void> {
    const { client, recorder, log } = this.#options
    const { pod, key } = queued
    const at = splitKey(key)
    try {
      await client.createSubresource(
        pods,
        at,
        'binding',
        {
          apiVersion: 'v1',
          kind: 'Binding',
          metadata: { ...at, ...(pod.metadata.uid ? { uid: pod.metadata.uid } : {}) },
          target: { apiVersion: 'v1', kind: 'Node', name: node },
        },
        signal,
      )
      this.#queue.succeeded(queued)
      this.#lastDecisions.delete(key)
      recorder.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${node}`)
    } catch (error) {
      this.#cache.forget(pod)
      // It held room that others may have been refused for.
      this.#queue.event('pod-gone', this.#helps)
      if (signal.aborted || hasReason(error, 'NotFound')) return this.#queue.succeeded(queued)
      log.warn({ err: error, pod: key, node }, 'binding failed')
      this.#queue.failed(queued, new Set(), this.#helps)
    }
  }

  async #tellPending(
    pod: Pod,
    decision: Extract<Decision, { kind: 'unschedulable' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, recorder, clock } = this.#options
    const message = whyUnschedulable(decision)
    recorder.event(pod, 'Warning', 'FailedScheduling', message)
    const condition = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
    if (condition?.status === 'False' && condition.reason === 'Unschedulable' && condition.message === message) return
    const changed = {
      type: 'PodScheduled',
      status: 'False',
      reason: 'Unschedulable',
      message,
      lastTransitionTime: condition?.status === 'False' ? condition.lastTransitionTime : rfc3339(clock.now()),
      ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    }
    try {
      await client.patch(
        pods,
        splitKey(keyOf(pod)),
        { metadata: { uid: pod.metadata.uid }, status: { conditions: [changed] } },
        { type: 'strategic', subresource: 'status' },
        signal,
      )
    } catch (error) {
      if (!hasReason(error, 'NotFound', 'Conflict')) throw error
    }
  }
}

/** A pod's status changes all the time; only room that it gives back can help another. */
function asksLess(old: Pod, pod: Pod): boolean {
  const [before, after] = [podRequests(old), podRequests(pod)]
  return Object.keys(before).some(name => (after[name] ?? 0) < (before[name] ?? 0))
}

/** Heartbeats change a node all the time; only these parts can make a pod fit. */
function concernsScheduling(old: Node, node: Node): boolean {
  const parts = ({ metadata, spec, status }: Node) => [
    metadata.labels,
    spec?.taints,
    spec?.unschedulable,
    status?.allocatable,
  ]
  return JSON.stringify(parts(old)) !== JSON.stringify(parts(node))
}
