// One kind's objects straight from etcd: what the control plane's informers list and watch, past the API server.

import { expired } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import { apiVersionOf, type ResourceDefinition, storageKey } from '../api/resource.ts'
import { fromStored } from '../api/stored.ts'
import type { WatchEvent, WatchSource } from '../api/watch.ts'
import { decode } from './codec.ts'
import { Compacted, type KeyValue, type Kv, type KvEvent } from './kv.ts'

/** `prefix` ends with a slash: `/registry/`. Works with an etcd user that may read no more than this kind. */
export function kvWatchSource<T extends KubeObject>(
  kv: Kv,
  prefix: string,
  def: ResourceDefinition<T>,
): WatchSource<T> {
  const root = prefix + storageKey(def as ResourceDefinition)

  function read(bytes: Buffer, revision: bigint): T {
    const obj = fromStored(def as ResourceDefinition, decode(bytes, revision)) as T
    def.defaults?.(obj)
    return obj
  }

  function deleted(key: string, revision: bigint, previous: KeyValue | undefined): T {
    if (previous) return read(previous.value, revision)
    // Compaction takes the last value away sooner than the deletion. Who went is all that is left to say.
    const names = key.slice(root.length).split('/')
    const metadata = { name: names.at(-1) ?? '', ...(names.length > 1 ? { namespace: names[0] } : {}) }
    return {
      apiVersion: apiVersionOf(def as ResourceDefinition),
      kind: def.kind,
      metadata: { ...metadata, resourceVersion: `${revision}` },
    } as T
  }

  function toWatchEvent(event: KvEvent): WatchEvent<T> {
    if (event.type === 'delete') return { type: 'DELETED', object: deleted(event.key, event.revision, event.previous) }
    const { value, modRevision, createRevision } = event.kv
    return { type: modRevision === createRevision ? 'ADDED' : 'MODIFIED', object: read(value, modRevision) }
  }

  return {
    async list(signal) {
      const { kvs, revision } = await kv.list(root, {}, signal)
      return { items: kvs.map(entry => read(entry.value, entry.modRevision)), resourceVersion: `${revision}` }
    },

    async *watch(resourceVersion, signal) {
      try {
        for await (const batch of kv.watch(root, BigInt(resourceVersion), signal)) {
          for (const event of batch) yield toWatchEvent(event)
        }
      } catch (error) {
        if (!(error instanceof Compacted)) throw error
        throw expired(`too old resource version: ${resourceVersion} (${error.compactRevision})`)
      }
    },
  }
}
