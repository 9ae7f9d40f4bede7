// A kind is a value, and everything reads it: the API server its paths, defaults, validation, storage key and table;
// the client its URL; discovery and OpenAPI their entries.

import type { Schema } from '../schema/schema.ts'
import type { FieldError } from './field-errors.ts'
import { type KubeObject, toApiVersion } from './meta.ts'

/** A cell of `kubectl get`: what the Table answer carries. */
export type Cell = string | number | boolean | null

export interface Column<T> {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  /** `name` for the column that names the object. */
  format?: string
  /** 0 is always shown, 1 only with -o wide. */
  priority?: 0 | 1
  description?: string
  /** `now` is in milliseconds, for ages. */
  value(obj: T, now: number): Cell
}

/** Who writes, and when. */
export interface Writer {
  user: { name: string; uid?: string; groups: string[]; extra: Record<string, string[]> }
  nowMs: number
}

/** What is special about writing a kind. All pure; all may change the object they are given, none the old one. */
export interface Strategy<T> {
  /** Clears what a creator may not set; sets what the server sets. Status is cleared for kinds with that subresource. */
  prepareForCreate?(obj: T): void
  prepareForUpdate?(obj: T, old: T): void
  /** After prepareForCreate: the few kinds that keep a record of who made them, or when. */
  stamp?(obj: T, by: Writer): void
  /** After schema and metadata validation. `old` is what an update replaces. */
  validate?(obj: T, old?: T): FieldError[]
  /** What is asked of new objects only, beside `validate`. */
  validateCreate?(obj: T): FieldError[]
  /** What an update may not do; `validate` is run on the new object too. */
  validateUpdate?(obj: T, old: T): FieldError[]
  /** Sent as Warning headers. */
  warnings?(obj: T, old?: T): string[]
  /**
   * How long a deletion of this object waits for whoever must finish it. Absent: no grace, the object goes at once.
   * `requested` is what the DeleteOptions say.
   */
  gracePeriodSeconds?(obj: T, requested: number | undefined): number
  /** What the beginning of a deletion changes beside metadata: a namespace's phase becomes Terminating. */
  prepareForDelete?(obj: T): void
  /** Something of the kind's own, beside metadata.finalizers, that must be gone first: a namespace's spec.finalizers. */
  blocksDeletion?(obj: T): boolean
  /** DELETE answers the object that is gone, not a Status: pods, services, service accounts and a few more. */
  returnsDeletedObject?: boolean
  /**
   * A deletion that says nothing of what the object owns leaves it: so it was for the first kinds, and old clients count
   * on it. `warning` is what a client is told that says nothing.
   */
  orphansByDefault?: { warning?: string }
  /** PUT creates the object when it is absent. */
  allowCreateOnUpdate?: boolean
  /** false: PUT must carry a resourceVersion. Defaults to true. */
  allowUnconditionalUpdate?: boolean
  /** A finalizer need not be qualified by a domain. */
  allowsPlainFinalizers?: boolean
  /** What its names may be; defaults to a DNS subdomain. */
  nameRule?: 'dns-subdomain' | 'dns-label' | 'dns-1035-label' | 'path-segment'
}

/** A part of a kind served under its own path, over the same stored object. */
export interface Subresource<T> {
  verbs: ('get' | 'create' | 'update' | 'patch' | 'delete')[]
  /** What it takes and answers, where that is not the parent kind: `autoscaling/v1` `Scale`. */
  kind?: { group: string; version: string; kind: string; schema: Schema; columns?: Column<KubeObject>[] }
  /** Keeps of an update only what this subresource may change: `status` copies all but status from `old`. */
  prepareForUpdate?(obj: T, old: T): void
  /** After prepareForUpdate: what is recorded of who changed what, or when. */
  stamp?(obj: T, old: T, by: Writer): void
  validateUpdate?(obj: T, old: T): FieldError[]
  /** What a write through here leaves as it was, and so cannot own: `metadata.labels`. Defaults to `spec` for status. */
  resetFields?: readonly string[]
  /** For `scale`: where the object keeps its replicas. Defaults to `spec.replicas`. */
  replicasPath?: string
  /** For `kind`: the view of an object, and the object after a changed view was written. */
  read?(obj: T): KubeObject
  /** As `read`, but for a write: also of an object that lacks what reading asks for. */
  readToWrite?(obj: T): KubeObject
  write?(obj: T, view: KubeObject): T
}

/**
 * Between this version and the one it is stored in (`storage`), where they differ by more than their apiVersion:
 * autoscaling v1 over v2, events.k8s.io over core. Pure; what they are given is theirs to change.
 */
export interface Conversion<T> {
  fromStored(stored: KubeObject): T
  toStored(obj: T): KubeObject
}

/** A method's type, so that a definition of one kind stands where one of any kind is asked for. */
type FieldOf<T> = { of(obj: T): string }['of']

export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  group: string
  version: string
  kind: string
  /** Defaults to the kind with `List` behind it. */
  listKind?: string
  plural: string
  /** Defaults to the kind in lower case. */
  singular?: string
  scope: 'Namespaced' | 'Cluster'
  shortNames?: string[]
  categories?: string[]
  schema: Schema
  /** A custom kind's schema as OpenAPI v3 has it, for whoever reads the published description. */
  openApiSchema?: object
  /** Fills in what was left out. Run on what comes in and on what is read from storage. */
  defaults?(obj: T): void
  strategy?: Strategy<T>
  subresources?: Record<string, Subresource<T>>
  /** metadata.generation counts changes outside metadata and status. */
  tracksGeneration?: boolean
  /** Defaults to name and age. */
  columns?: Column<T>[]
  /** Beyond metadata.name and metadata.namespace. */
  selectableFields?: Record<string, FieldOf<T>>
  /** Where it is stored, if not under its own group, version and plural. `ttlSeconds`: stored on a lease. */
  storage?: { group?: string; version?: string; prefix?: string; ttlSeconds?: number }
  conversion?: Conversion<T>
  /** Defaults to all eight. A review kind has only create and is not stored. */
  verbs?: string[]
  /** Sent as a Warning header with every answer: `v1 Endpoints is deprecated in v1.33+; …`. */
  deprecation?: string
  /** Its CustomResourceDefinition is being deleted: nothing new is created. */
  isTerminating?: boolean
}

export function apiVersionOf(def: Pick<ResourceDefinition, 'group' | 'version'>): string {
  return toApiVersion(def.group, def.version)
}

/** The path of a resource: `/apis/apps/v1/namespaces/default/deployments/web/status`. */
export function resourcePath(
  def: ResourceDefinition,
  at: { namespace?: string; name?: string; subresource?: string } = {},
): string {
  const root = def.group ? `/apis/${def.group}/${def.version}` : `/api/${def.version}`
  const space = def.scope === 'Namespaced' && at.namespace ? `/namespaces/${encodeURIComponent(at.namespace)}` : ''
  const name = at.name ? `/${encodeURIComponent(at.name)}` : ''
  return `${root}${space}/${def.plural}${name}${at.subresource ? `/${at.subresource}` : ''}`
}

/**
 * The etcd key below the prefix, as upstream lays it out: `pods/<namespace>/<name>`, `minions/<name>`,
 * `<group>/<plural>/…` for custom kinds (whose definition says `storage.prefix`). Without name: the prefix of a list,
 * with a slash at its end.
 */
export function storageKey(def: ResourceDefinition, at: { namespace?: string; name?: string } = {}): string {
  const root = `${def.storage?.prefix ?? def.plural}/`
  const space = def.scope === 'Namespaced' && at.namespace ? `${at.namespace}/` : ''
  return `${root}${space}${at.name ?? ''}`
}
