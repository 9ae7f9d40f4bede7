// The registry follows the CustomResourceDefinitions in the cache: what a definition serves is added, changed and
// removed with it. Every API server does this for itself, and so all of them serve the same.

import { type ResourceDefinition, storageKey } from '../api/resource.ts'
import { customKinds, isServed } from '../kinds/apiextensions/custom-kind.ts'
import {
  type CustomResourceDefinition,
  customResourceDefinitions,
} from '../kinds/apiextensions/custom-resource-definition.ts'
import { jsonEqual } from '../util/json-equal.ts'
import { type Follower, follow } from './authz/follow.ts'
import type { StorageContext } from './context.ts'

export const definitionsPrefix = storageKey(customResourceDefinitions as unknown as ResourceDefinition)

/** Runs until the signal is aborted. */
export function serveCustomKinds(
  { registry, cache, log }: Pick<StorageContext, 'registry' | 'cache' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  return follow(cache, definitionsPrefix, new CustomKinds({ registry, log }), signal)
}

interface Served {
  /** What the kinds were made of. */
  source: unknown
  kinds: ResourceDefinition[]
}

export class CustomKinds implements Follower {
  readonly #context: Pick<StorageContext, 'registry' | 'log'>
  /** By the definition's key. */
  readonly #served = new Map<string, Served>()

  constructor(context: Pick<StorageContext, 'registry' | 'log'>) {
    this.#context = context
  }

  reset(objects: Iterable<{ key: string; object: unknown }>): void {
    const gone = new Set(this.#served.keys())
    for (const { key, object } of objects) {
      gone.delete(key)
      this.#serve(key, object as CustomResourceDefinition)
    }
    for (const key of gone) this.#serve(key, undefined)
  }

  change({ key, current }: Parameters<Follower['change']>[0]): void {
    this.#serve(key, current?.object as CustomResourceDefinition | undefined)
  }

  /** A change of what does not matter to the kinds keeps them, and all that was made for them. */
  #serve(key: string, crd: CustomResourceDefinition | undefined): void {
    const before = this.#served.get(key)
    const source = crd && sourceOf(crd)
    if (before && jsonEqual(before.source, source)) return
    const kinds = crd ? this.#kindsOf(crd) : []
    const { registry } = this.#context
    for (const kind of kinds) if (!isBuiltIn(registry.find(kind.group, kind.version, kind.plural))) registry.add(kind)
    for (const old of before?.kinds ?? []) {
      if (registry.find(old.group, old.version, old.plural) === old) registry.remove(old)
    }
    if (crd) this.#served.set(key, { source, kinds })
    else this.#served.delete(key)
  }

  /** One definition that cannot be understood must not take the others away. */
  #kindsOf(crd: CustomResourceDefinition): ResourceDefinition[] {
    try {
      return customKinds(crd)
    } catch (error) {
      this.#context.log.error({ err: error, name: crd.metadata.name }, 'a custom kind cannot be served')
      return []
    }
  }
}

/** What the server has of itself comes first, whatever a definition says. */
function isBuiltIn(def: ResourceDefinition | undefined): boolean {
  return def !== undefined && def.schema.source === undefined
}

function sourceOf(crd: CustomResourceDefinition): unknown {
  const { spec, status, metadata } = crd
  const isLeaving = metadata.deletionTimestamp !== undefined
  return { uid: metadata.uid, isLeaving, isServed: isServed(crd), spec, names: status?.acceptedNames }
}
