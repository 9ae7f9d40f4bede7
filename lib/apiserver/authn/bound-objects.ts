// A token lives only as long as what it is bound to: the ServiceAccount, and the Pod, Node or Secret it was made for.
// Asked on every request, from memory.

import type { KubeObject } from '../../api/meta.ts'
import type { Store } from '../../storage/store.ts'
import type { Clock } from '../../util/clock.ts'
import type { WatchCache } from '../watch-cache.ts'
import type { BoundRef, PrivateClaims } from './token-claims.ts'

/** How long after the end of its grace period a terminating object still vouches for its tokens. */
const deletionLeewayMs = 60_000

export class BoundObjects {
  readonly #cache: Pick<WatchCache, 'get'>
  readonly #store: Pick<Store, 'get'>
  readonly #clock: Clock

  constructor(at: { cache: Pick<WatchCache, 'get'>; store: Pick<Store, 'get'>; clock: Clock }) {
    this.#cache = at.cache
    this.#store = at.store
    this.#clock = at.clock
  }

  /** Why the token no longer counts; undefined when all it is bound to still stands. */
  async lost({ namespace, serviceaccount, pod, node, secret }: PrivateClaims): Promise<string | undefined> {
    const inNamespace = `${namespace}/`
    return (
      (await this.#lost('service account', `serviceaccounts/${inNamespace}`, serviceaccount)) ??
      (secret && (await this.#lost('secret', `secrets/${inNamespace}`, secret))) ??
      (pod && (await this.#lost('pod', `pods/${inNamespace}`, pod))) ??
      // A pod's node is told for information; only a token bound to the node alone dies with it.
      (node && !pod ? await this.#lost('node', 'minions/', node) : undefined)
    )
  }

  async #lost(what: string, prefix: string, { name, uid }: BoundRef): Promise<string | undefined> {
    const object = await this.#get(prefix + name, uid)
    if (!object) return `${what} ${name} has been deleted`
    if (object.metadata.uid !== uid) {
      return `${what} UID (${object.metadata.uid}) does not match the token's (${uid})`
    }
    const { deletionTimestamp } = object.metadata
    if (deletionTimestamp && Date.parse(deletionTimestamp) < this.#clock.now() - deletionLeewayMs) {
      return `${what} ${name} has been deleted`
    }
    return undefined
  }

  /** What is not in memory may have been made through another API server a moment ago. */
  async #get(key: string, uid: string): Promise<KubeObject | undefined> {
    const cached = this.#cache.get(key)
    if (cached?.object.metadata.uid === uid) return cached.object
    return (await this.#store.get(key))?.object
  }
}
