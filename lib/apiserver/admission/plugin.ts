// A step every write passes between prepare and store. Mutating steps run first, in order, then the validating ones.

import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import type { UserInfo } from '../authn/authenticator.ts'

export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  resource: ResourceDefinition
  subresource: string
  namespace: string
  name: string
  /** Absent on DELETE. A mutating plugin changes it in place. */
  object?: KubeObject
  /** Absent on CREATE. Never changed. */
  oldObject?: KubeObject
  user: UserInfo
  dryRun: boolean
  warnings: string[]
}

/** Throws StatusError to refuse. */
export interface AdmissionPlugin {
  name: string
  handles(request: AdmissionRequest): boolean
  mutate?(request: AdmissionRequest): void | Promise<void>
  validate?(request: AdmissionRequest): void | Promise<void>
  /**
   * Called once the write was tried (or refused by a later plugin): gives back what `mutate` reserved for an object that
   * was not stored, or what a stored change no longer needs. `stored` is false for a dry run. Must not throw.
   */
  settled?(request: AdmissionRequest, stored: boolean): void | Promise<void>
}
