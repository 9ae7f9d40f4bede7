// Who is bound to what, by subject, kept in step with the bindings. Roles are read from the cache by name when asked
// for. So a request costs as much as its user has bindings, however many the cluster has.

import type { AnyRole, Binding, PolicyRule, RoleRef, Subject } from '../../kinds/rbac/policy-rules.ts'
import { deferred } from '../../util/async.ts'
import type { UserInfo } from '../authn/authenticator.ts'
import { serviceAccountUser } from '../authn/token-claims.ts'
import type { CacheEvent, WatchCache } from '../watch-cache.ts'
import { follow } from './follow.ts'

/** One subject of one binding. */
export interface Grant {
  binding: Binding
  subject: Subject
}

/** The rules of one grant; undefined when its role does not exist. */
export interface GrantedRules extends Grant {
  rules: PolicyRule[] | undefined
}

/** Bindings of one kind, by subject. */
class Bindings {
  readonly #grants = new Map<string, Map<string, Grant>>()
  readonly #subjectsOf = new Map<string, string[]>()

  clear(): void {
    this.#grants.clear()
    this.#subjectsOf.clear()
  }

  set(key: string, binding: Binding): void {
    this.delete(key)
    // One that was not written by an API server must not stop the others from being known.
    if (!binding.roleRef) return
    const { namespace = '' } = binding.metadata
    const subjects = (binding.subjects ?? []).map(subject => {
      const who = subjectKey(subject, namespace)
      const grants = this.#grants.get(who) ?? new Map<string, Grant>()
      grants.set(key, { binding, subject })
      this.#grants.set(who, grants)
      return who
    })
    this.#subjectsOf.set(key, subjects)
  }

  delete(key: string): void {
    for (const who of this.#subjectsOf.get(key) ?? []) {
      const grants = this.#grants.get(who)
      grants?.delete(key)
      if (grants?.size === 0) this.#grants.delete(who)
    }
    this.#subjectsOf.delete(key)
  }

  of(who: string): Iterable<Grant> {
    return this.#grants.get(who)?.values() ?? []
  }
}

/** A namespace's subjects are found under that namespace; a cluster's under ''. */
function subjectKey({ kind, name, namespace }: Subject, bindingNamespace: string): string {
  if (kind !== 'ServiceAccount') return `${bindingNamespace}/${kind}/${name}`
  return `${bindingNamespace}/User/${serviceAccountUser(namespace || bindingNamespace, name)}`
}

export class RbacIndex {
  readonly #cache: WatchCache
  readonly #bindings = new Bindings()
  readonly #loaded = deferred<void>()

  constructor(cache: WatchCache) {
    this.#cache = cache
  }

  async run(signal: AbortSignal): Promise<void> {
    const missing = new Set(['clusterrolebindings/', 'rolebindings/'])
    await Promise.all([...missing].map(prefix => this.#follow(prefix, signal, missing)))
  }

  #follow(prefix: string, signal: AbortSignal, missing: Set<string>): Promise<void> {
    const known = new Set<string>()
    const put = (key: string, object: unknown) => {
      known.add(key)
      this.#bindings.set(key, object as Binding)
    }
    const reset = (objects: Iterable<{ key: string; object: unknown }>) => {
      for (const key of known) this.#bindings.delete(key)
      known.clear()
      for (const { key, object } of objects) put(key, object)
      missing.delete(prefix)
      if (missing.size === 0) this.#loaded.resolve()
    }
    const change = ({ key, current }: CacheEvent) => {
      if (current) return put(key, current.object)
      known.delete(key)
      this.#bindings.delete(key)
    }
    return follow(this.#cache, prefix, { reset, change }, signal)
  }

  /** Resolves when everything is known for the first time. */
  get loaded(): Promise<void> {
    return this.#loaded.promise
  }

  /** What the user is granted in the whole cluster, then in the namespace, if one is asked for. */
  *granted(user: UserInfo, namespace: string): Generator<GrantedRules> {
    for (const where of namespace ? ['', namespace] : ['']) {
      for (const who of [`User/${user.name}`, ...user.groups.map(group => `Group/${group}`)]) {
        for (const grant of this.#bindings.of(`${where}/${who}`))
          yield { ...grant, rules: rulesOfRole(this.#cache, grant.binding) }
      }
    }
  }
}

/** The rules of the role that a binding names; undefined when there is no such role. */
export function rulesOfRole(
  cache: Pick<WatchCache, 'get'>,
  { roleRef, metadata }: { roleRef: RoleRef; metadata: { namespace?: string } },
): PolicyRule[] | undefined {
  const key =
    roleRef.kind === 'ClusterRole' ? `clusterroles/${roleRef.name}` : `roles/${metadata.namespace}/${roleRef.name}`
  const role = cache.get(key)?.object as AnyRole | undefined
  return role && (role.rules ?? [])
}
