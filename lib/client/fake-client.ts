// An API server's answers for unit tests of what uses a client: objects by key, versions that rise, conflicts where the
// real one has them. It stands for the protocol only; whoever needs more tests against the real server.

import { alreadyExists, notFound, serviceUnavailable, staleVersion } from '../api/errors.ts'
import { type KubeObject, keyOf, type ObjectKey, splitKey, toKey } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { Client } from './client.ts'

export class FakeClient implements Partial<Client> {
  readonly objects = new Map<string, KubeObject>()
  readonly calls: string[] = []
  down = false
  #version = 0

  as(): Client {
    return this as unknown as Client
  }

  async get<T extends KubeObject>(def: ResourceDefinition<T>, at: ObjectKey): Promise<T> {
    this.#call('get', def, at)
    return structuredClone(this.#found(def, at)) as T
  }

  async create<T extends KubeObject>(def: ResourceDefinition<T>, obj: T): Promise<T> {
    const at = splitKey(keyOf(obj))
    this.#call('create', def, at)
    if (this.objects.has(this.#key(def, at))) throw alreadyExists(def, at.name)
    return this.#store(def, { ...obj, metadata: { uid: `uid-${this.#version}`, ...obj.metadata } })
  }

  async update<T extends KubeObject>(def: ResourceDefinition<T>, obj: T): Promise<T> {
    const at = splitKey(keyOf(obj))
    this.#call('update', def, at)
    const { resourceVersion } = this.#found(def, at).metadata
    if (obj.metadata.resourceVersion !== resourceVersion) throw staleVersion(def, at.name)
    return this.#store(def, obj)
  }

  async patch<T extends KubeObject>(def: ResourceDefinition<T>, at: ObjectKey, body: unknown): Promise<T> {
    this.#call('patch', def, at)
    return this.#store(def, { ...this.#found(def, at), ...(body as object) } as T)
  }

  async delete(def: ResourceDefinition, at: ObjectKey): Promise<void> {
    this.#call('delete', def, at)
    this.#found(def, at)
    this.objects.delete(this.#key(def, at))
  }

  #found(def: ResourceDefinition, at: ObjectKey): KubeObject {
    const found = this.objects.get(this.#key(def, at))
    if (!found) throw notFound(def, at.name)
    return found
  }

  #store<T extends KubeObject>(def: ResourceDefinition<T>, obj: T): T {
    const stored = { ...obj, metadata: { ...obj.metadata, resourceVersion: String(++this.#version) } }
    this.objects.set(this.#key(def, splitKey(keyOf(obj))), stored)
    return structuredClone(stored)
  }

  #call(verb: string, def: Pick<ResourceDefinition, 'plural'>, at: ObjectKey): void {
    this.calls.push(`${verb} ${def.plural} ${toKey(at.namespace, at.name)}`)
    if (this.down) throw serviceUnavailable('down')
  }

  #key(def: Pick<ResourceDefinition, 'plural'>, { namespace, name }: ObjectKey): string {
    return `${def.plural}/${toKey(namespace, name)}`
  }
}
