// A controller reads its own writes: this client notes what it wrote, and `settled` waits until the controller's watches
// have seen that. So no controller acts twice on one cause because its cache is behind.

import { qualified } from '../api/errors.ts'
import { type KubeObject, keyOf, type ObjectKey, toKey } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { WatchSource } from '../api/watch.ts'
import type { Client, DeleteOptions, ListQuery, PatchOptions } from '../client/client.ts'
import type { Logger } from '../util/log.ts'
import type { Watch } from './watch.ts'

/** A write that the watches have perhaps not shown yet. */
type Unseen = { kind: string } & ({ version: string } | { deletedKey: string; uid: string | undefined })

/** A watch that takes longer is broken; what it will show when it is back decides then. */
const deadlineMs = 10_000

export class TrackedClient implements Client {
  readonly #client: Client
  readonly #log: Logger
  readonly #unseen = new Set<Unseen>()

  constructor(client: Client, log: Logger) {
    this.#client = client
    this.#log = log
  }

  /** Waits until the watches have seen every write made so far of the kinds they watch, but not forever. */
  async settled(watches: Watch[], signal: AbortSignal): Promise<void> {
    if (this.#unseen.size === 0) return
    // Forgotten only afterwards: other workers wait for the same.
    const unseen = [...this.#unseen]
    const patience = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
    try {
      await Promise.all(
        unseen.flatMap(write => watches.filter(w => w.kind === write.kind).map(w => see(w, write, patience))),
      )
    } catch (error) {
      signal.throwIfAborted()
      this.#log.warn({ err: error }, 'own writes have not come back through the watch: going on without')
    }
    for (const write of unseen) this.#unseen.delete(write)
  }

  get<T extends KubeObject>(def: ResourceDefinition<T>, at: ObjectKey, signal?: AbortSignal): Promise<T> {
    return this.#client.get(def, at, signal)
  }

  list<T extends KubeObject>(def: ResourceDefinition<T>, query?: ListQuery, signal?: AbortSignal) {
    return this.#client.list(def, query, signal)
  }

  async create<T extends KubeObject>(def: ResourceDefinition<T>, obj: T, signal?: AbortSignal): Promise<T> {
    return this.#wrote(def, await this.#client.create(def, obj, signal))
  }

  createSubresource<B extends KubeObject, R extends KubeObject = B>(
    def: ResourceDefinition,
    at: ObjectKey,
    subresource: string,
    body: B,
    signal?: AbortSignal,
  ): Promise<R> {
    return this.#client.createSubresource(def, at, subresource, body, signal)
  }

  async update<T extends KubeObject>(
    def: ResourceDefinition<T>,
    obj: T,
    options?: { subresource?: string },
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#wrote(def, await this.#client.update(def, obj, options, signal))
  }

  async patch<T extends KubeObject>(
    def: ResourceDefinition<T>,
    at: ObjectKey,
    body: unknown,
    options: PatchOptions,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#wrote(def, await this.#client.patch(def, at, body, options, signal))
  }

  async delete(def: ResourceDefinition, at: ObjectKey, options?: DeleteOptions, signal?: AbortSignal): Promise<void> {
    await this.#client.delete(def, at, options, signal)
    const deletedKey = toKey(at.namespace, at.name)
    this.#unseen.add({ kind: qualified(def), deletedKey, uid: options?.preconditions?.uid })
  }

  deleteCollection(
    def: ResourceDefinition,
    query: ListQuery,
    options?: DeleteOptions,
    signal?: AbortSignal,
  ): Promise<void> {
    return this.#client.deleteCollection(def, query, options, signal)
  }

  source<T extends KubeObject>(def: ResourceDefinition<T>, query?: ListQuery): WatchSource<T> {
    return this.#client.source(def, query)
  }

  raw(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
    return this.#client.raw(method, path, body, signal)
  }

  close(): void {
    this.#client.close()
  }

  #wrote<T extends KubeObject>(def: ResourceDefinition<T>, obj: T): T {
    const { resourceVersion, deletionTimestamp, finalizers, uid } = obj.metadata
    const kind = qualified(def)
    // An update that takes the last finalizer away deletes: its version is never a watch event's before the deletion.
    if (deletionTimestamp && !finalizers?.length) this.#unseen.add({ kind, deletedKey: keyOf(obj), uid })
    else if (resourceVersion) this.#unseen.add({ kind, version: resourceVersion })
    return obj
  }
}

async function see(watch: Watch, write: Unseen, signal: AbortSignal): Promise<void> {
  if ('version' in write) await watch.seen(write.version, signal)
  else await watch.gone(write.deletedKey, write.uid, signal)
}
