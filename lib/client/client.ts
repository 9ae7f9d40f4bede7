// The client's shape: what controllers, scheduler and nodes ask of an API server, typed by the kind that is handed in.
// One implementation over HTTP stands in http-client.ts.

import type { KubeObject, LabelSelector, ObjectKey } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { WatchSource } from '../api/watch.ts'

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export interface ListQuery {
  /** Absent: all namespaces. */
  namespace?: string
  labelSelector?: string | LabelSelector
  fieldSelector?: string
}

export interface DeleteOptions {
  gracePeriodSeconds?: number
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  preconditions?: { uid?: string; resourceVersion?: string }
}

export interface PatchOptions {
  type: PatchType
  subresource?: string
  fieldManager?: string
  force?: boolean
}

/** Every method throws StatusError: the server's own, or ServiceUnavailable when there is no answer. */
export interface Client {
  get<T extends KubeObject>(def: ResourceDefinition<T>, at: ObjectKey, signal?: AbortSignal): Promise<T>
  /** Pages through; `resourceVersion` is the snapshot's. */
  list<T extends KubeObject>(
    def: ResourceDefinition<T>,
    query?: ListQuery,
    signal?: AbortSignal,
  ): Promise<{ items: T[]; resourceVersion: string }>
  /** The namespace is the object's. `subresource`: `binding`, `token`, `eviction`, on the object's name. */
  create<T extends KubeObject>(def: ResourceDefinition<T>, obj: T, signal?: AbortSignal): Promise<T>
  createSubresource<B extends KubeObject, R extends KubeObject = B>(
    def: ResourceDefinition,
    at: ObjectKey,
    subresource: string,
    body: B,
    signal?: AbortSignal,
  ): Promise<R>
  /** Its resourceVersion must be that of the stored object. */
  update<T extends KubeObject>(
    def: ResourceDefinition<T>,
    obj: T,
    options?: { subresource?: string },
    signal?: AbortSignal,
  ): Promise<T>
  patch<T extends KubeObject>(
    def: ResourceDefinition<T>,
    at: ObjectKey,
    body: unknown,
    options: PatchOptions,
    signal?: AbortSignal,
  ): Promise<T>
  delete(def: ResourceDefinition, at: ObjectKey, options?: DeleteOptions, signal?: AbortSignal): Promise<void>
  deleteCollection(
    def: ResourceDefinition,
    query: ListQuery,
    options?: DeleteOptions,
    signal?: AbortSignal,
  ): Promise<void>
  /** For informers. */
  source<T extends KubeObject>(def: ResourceDefinition<T>, query?: ListQuery): WatchSource<T>
  /** A request to a path that is no resource; the answer's JSON. */
  raw(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown>
  close(): void
}
