// What a volume type is: one function that brings a volume into the state its pod asks for, called first before the
// pod's containers start and again whenever what it shows may have changed.

import type { Clock } from '../../util/clock.ts'
import type { References } from '../container-env.ts'
import type { DownwardFacts } from '../downward.ts'
import type { Mounts } from '../mounts.ts'
import type { Pod, Volume } from '../pod.ts'

export interface TokenRequest {
  audience?: string | undefined
  expirationSeconds: number
}

/** Tokens of the pod's service account, renewed in time. */
export interface TokenSource {
  token(pod: Pod, request: TokenRequest, signal: AbortSignal): Promise<{ token: string; renewAtMs: number }>
}

export interface VolumeContext {
  pod: Pod
  volume: Volume
  /** The volume's own directory on the node; it may not exist yet. */
  path: string
  references: References
  facts: DownwardFacts
  tokens: TokenSource
  mounts: Mounts
  clock: Clock
}

export interface VolumeState {
  /** What is mounted into containers. */
  hostPath: string
  /** When to be asked again even if nothing changed. */
  refreshAtMs?: number
}

export interface VolumeType {
  /** `kubernetes.io/empty-dir` */
  plugin: string
  /** The member of the pod's volume that chooses this type. */
  source: keyof Volume
  /** May be called again at any time. Throws an error whose message says what is missing. */
  setUp(context: VolumeContext, signal: AbortSignal): Promise<VolumeState>
}
