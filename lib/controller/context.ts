// What every controller is made from. A controller takes of it what it needs.

import type { ResourceDefinition } from '../api/resource.ts'
import type { Client } from '../client/client.ts'
import type { EventSink } from '../client/events.ts'
import type { Informers } from '../client/informers.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { Controller } from './controller.ts'

export interface ControllerContext {
  /** Writes under the controller's own identity. */
  client: Client
  /** Shared by all controllers. */
  informers: Informers
  events: EventSink
  clock: Clock
  log: Logger
  /** Every kind the cluster serves. */
  kinds: ResourceDefinition[]
  options: ControllerOptions
}

export interface ControllerOptions {
  /** PEM, published to every namespace. */
  rootCa?: string
  /** `10.244.0.0/16`; absent: no node is given a pod range. */
  clusterCidr?: string
  nodeCidrMaskSize: number
  nodeMonitorGracePeriodMs: number
  nodeStartupGracePeriodMs: number
  terminatedPodGcThreshold: number
}

/** One entry of index.ts. */
export interface ControllerEntry {
  /** What `--controllers` calls it: `deployment-controller`. */
  name: string
  /** The ServiceAccount in kube-system it acts as: `deployment-controller`. */
  serviceAccount: string
  /** Who its events come from; defaults to `name`. */
  eventSource?: string
  make(context: ControllerContext): Controller | undefined
}
