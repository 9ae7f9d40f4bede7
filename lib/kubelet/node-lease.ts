// The node's heartbeat: a Lease of its own, renewed every 10 s for 40 s, as cheap as a write can be.

import { hasReason } from '../api/errors.ts'
import type { Client } from '../client/client.ts'
import { type Lease, leases } from '../kinds/coordination/lease.ts'
import type { Node } from '../kinds/core/node.ts'
import { type Clock, rfc3339Micro } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'

export interface NodeLeaseOptions {
  client: Client
  clock: Clock
  log: Logger
  /** Resolves when the Node is there: the lease belongs to it. */
  node: Promise<Node>
}

const namespace = 'kube-node-lease'
const durationSeconds = 40
const renewEveryMs = 10_000
const retryMs = 500

export class NodeLease {
  readonly #options: NodeLeaseOptions
  #held: Lease | undefined

  constructor(options: NodeLeaseOptions) {
    this.#options = options
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#options
    const node = await this.#options.node
    while (!signal.aborted) {
      let pauseMs = renewEveryMs
      try {
        this.#held = await this.#renew(node, signal)
      } catch (error) {
        if (signal.aborted) return
        log.warn({ err: error }, 'the heartbeat could not be written: trying again')
        this.#held = undefined
        pauseMs = retryMs
      }
      await clock.sleep(pauseMs, signal).catch(() => {})
    }
  }

  async #renew(node: Node, signal: AbortSignal): Promise<Lease> {
    const { client, clock } = this.#options
    const { name = '' } = node.metadata
    const held = this.#held ?? (await this.#present(name, signal))
    const spec = {
      holderIdentity: name,
      leaseDurationSeconds: durationSeconds,
      renewTime: rfc3339Micro(clock.now()),
    }
    if (held) return client.update(leases, { ...held, spec: { ...held.spec, ...spec } }, {}, signal)
    return client.create(leases, { ...newLease(node), spec }, signal)
  }

  async #present(name: string, signal: AbortSignal): Promise<Lease | undefined> {
    try {
      return await this.#options.client.get(leases, { namespace, name }, signal)
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined
      throw error
    }
  }
}

function newLease({ metadata }: Node): Lease {
  const { name = '', uid = '' } = metadata
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace, ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }] },
  }
}
