// Keeps the Node object of this machine: made at the start when it is missing, its status written when it changed or
// after five minutes, its pod range handed to the runtime.

import { notFound } from '../api/errors.ts'
import type { Client } from '../client/client.ts'
import type { EventSink } from '../client/events.ts'
import type { Informer } from '../client/informer.ts'
import { type Node, nodes } from '../kinds/core/node.ts'
import { deferred } from '../util/async.ts'
import { backoffMs } from '../util/backoff.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { isSameNodeStatus, type NodeInput, newNode, nodeLabels, nodeStatus } from './node-status.ts'
import { Wakeup } from './wakeup.ts'

export interface NodeRegistrationOptions {
  client: Client
  /** This node alone. */
  nodes: Informer<Node>
  events: EventSink
  clock: Clock
  log: Logger
  /** The node as it is now. */
  inspect(): Promise<NodeInput>
  /** Called whenever the node's pod ranges are known anew. */
  usePodCidrs(cidrs: string[]): Promise<void>
}

const lookEveryMs = 10_000
const writeEveryMs = 300_000
const retry = { initialMs: 200, maxMs: 7000 }
/** While something is missing it is looked for more often. */
const notReadyLookMs = 500
const sufficient = ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID']

export class NodeRegistration {
  readonly #options: NodeRegistrationOptions
  readonly #wakeup: Wakeup
  readonly #registered = deferred<Node>()
  /** As of our last write, which the informer may not have seen yet. */
  #written: Node | undefined
  #writtenMs = 0
  #cidrs = ''
  #wasReady: boolean | undefined

  constructor(options: NodeRegistrationOptions) {
    this.#options = options
    this.#wakeup = new Wakeup(options.clock)
  }

  /** The Node as the API had it when it was first there. */
  get registered(): Promise<Node> {
    return this.#registered.promise
  }

  /** Something about the node changed: look now. */
  poke(): void {
    this.#wakeup.wake()
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options
    this.#options.nodes.onChange((_, current) => {
      if (!current) this.#written = undefined
      this.poke()
    })
    let failures = 0
    while (!signal.aborted) {
      let pauseMs = lookEveryMs
      try {
        const isReady = await this.#sync(signal)
        if (!isReady) pauseMs = notReadyLookMs
        failures = 0
      } catch (error) {
        if (signal.aborted) return
        log.warn({ err: error }, 'the node could not be written: trying again')
        pauseMs = backoffMs(failures++, retry)
      }
      await this.#wakeup.sleep(clock.now() + pauseMs, signal).catch(() => {})
    }
  }

  async #sync(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.#options
    let input = await this.#options.inspect()
    let node = await this.#present(input, signal)
    this.#registered.resolve(node)
    if (await this.#takeCidrs(node)) input = await this.#options.inspect()
    const wanted = nodeStatus(input, node.status, clock.now())
    const isDue = clock.now() - this.#writtenMs >= writeEveryMs
    const before = readiness(node)
    if (isDue || !isSameNodeStatus(node.status, wanted)) node = await this.#write(node, wanted, signal)
    this.#tell(node, before, input)
    return input.notReadyReason === undefined
  }

  /** Who deletes a node means it: it is made at the start alone. */
  async #present(input: NodeInput, signal: AbortSignal): Promise<Node> {
    const { client, clock, nodes: informer } = this.#options
    await informer.synced(signal)
    const seen = newer(informer.get(input.name), this.#written)
    if (seen) return this.#labelled(seen, input, signal)
    if (this.#wasReady !== undefined) throw notFound(nodes, input.name)
    this.#written = await client.create(nodes, newNode(input, clock.now()), signal)
    this.#writtenMs = clock.now()
    return this.#written
  }

  /** The labels that say what the machine is are kept right; all others are left alone. */
  async #labelled(node: Node, input: NodeInput, signal: AbortSignal): Promise<Node> {
    const wanted = nodeLabels(input, input.labels)
    const labels = node.metadata.labels ?? {}
    if (Object.entries(wanted).every(([key, value]) => labels[key] === value)) return node
    const patch = { metadata: { labels: wanted } }
    const { client } = this.#options
    this.#written = await client.patch(nodes, { name: input.name }, patch, { type: 'strategic' }, signal)
    return this.#written
  }

  /** Answers whether they changed. */
  async #takeCidrs({ spec }: Node): Promise<boolean> {
    const cidrs = spec?.podCIDRs ?? (spec?.podCIDR ? [spec.podCIDR] : [])
    if (cidrs.length === 0 || cidrs.join() === this.#cidrs) return false
    await this.#options.usePodCidrs(cidrs)
    this.#cidrs = cidrs.join()
    return true
  }

  async #write(node: Node, status: NonNullable<Node['status']>, signal: AbortSignal): Promise<Node> {
    const { client, clock } = this.#options
    const addresses = [...(status.addresses ?? []), { $patch: 'replace' }]
    const patch = { status: { ...status, addresses } }
    const options = { type: 'strategic', subresource: 'status' } as const
    this.#written = await client.patch<Node>(nodes, { name: node.metadata.name ?? '' }, patch, options, signal)
    this.#writtenMs = clock.now()
    return this.#written
  }

  /** `before`: as the API had it; a node that registers has become neither ready nor not ready. */
  #tell(node: Node, before: string | undefined, { name, notReadyReason }: NodeInput): void {
    const isReady = notReadyReason === undefined
    const tell = (word: string) =>
      this.#options.events.event(nodeReference(node), 'Normal', word, `Node ${name} status is now: ${word}`)
    if (this.#wasReady === undefined) for (const word of sufficient) tell(word)
    if (before !== undefined && before !== readiness(node)) tell(isReady ? 'NodeReady' : 'NodeNotReady')
    if (isReady === this.#wasReady) return
    this.#wasReady = isReady
    this.#options.log.info(
      { node: name, reason: notReadyReason },
      isReady ? 'the node is ready' : 'the node is not ready',
    )
  }
}

function readiness({ status }: Node): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.status
}

/** Our own write, until the informer has seen it. */
function newer(seen: Node | undefined, written: Node | undefined): Node | undefined {
  if (!seen || !written || seen.metadata.uid !== written.metadata.uid) return seen ?? written
  return BigInt(seen.metadata.resourceVersion ?? 0) >= BigInt(written.metadata.resourceVersion ?? 0) ? seen : written
}

/** Upstream's kubelet gives the node's name for its uid. */
export function nodeReference({ metadata }: { metadata: Node['metadata'] }) {
  const { name = '' } = metadata
  return { kind: 'Node', apiVersion: 'v1', name, uid: name }
}
