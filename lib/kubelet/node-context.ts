// What everything that works on pods of this node shares; joined in cmd/kubelet.ts.

import type { Client } from '../client/client.ts'
import type { EventSink } from '../client/events.ts'
import type { Service } from '../kinds/core/service.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { Images } from './images.ts'
import type { Mounts } from './mounts.ts'
import type { NodeDns } from './pod-dns.ts'
import type { PodPaths } from './pod-paths.ts'
import type { Prober } from './prober.ts'
import type { ObjectReferences } from './references.ts'
import type { ContainerRuntime } from './runtime/runtime.ts'
import type { RuntimeView } from './runtime-view.ts'
import type { ServiceAccountTokens } from './service-account-tokens.ts'

export interface NodeFacts {
  name: string
  ips: string[]
  memoryBytes: number
  /** Quantities by resource name. */
  allocatable: Record<string, string>
}

export interface NodeContext {
  client: Client
  runtime: ContainerRuntime
  view: RuntimeView
  clock: Clock
  log: Logger
  events: EventSink
  paths: PodPaths
  images: Images
  references: ObjectReferences
  tokens: ServiceAccountTokens
  mounts: Mounts
  prober: Pick<Prober, 'probe'>
  /** All services of the cluster; waits until they are known. */
  services(signal: AbortSignal): Promise<Service[]>
  node: NodeFacts
  /** Read anew for each sandbox: the node's resolv.conf may change. */
  dns(): Promise<NodeDns>
}
