// The ConfigMaps and Secrets that the pods of this node refer to, each followed by a watch of its own (a node may see no
// others) for as long as a pod refers to it.

import type { KubeObject } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { Client } from '../client/client.ts'
import { Informer } from '../client/informer.ts'
import { type ConfigMap, configMaps } from '../kinds/core/config-map.ts'
import { type Secret, secrets } from '../kinds/core/secret.ts'
import { inBackground } from '../util/async.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import { ConfigError } from './config-error.ts'
import type { References } from './container-env.ts'
import { type Container, containersOf, type Pod, podUid } from './pod.ts'

export interface ObjectReferencesOptions {
  client: Pick<Client, 'source'>
  clock: Clock
  log: Logger
  signal: AbortSignal
}

interface Followed {
  informer: Informer<KubeObject>
  stop: AbortController
  /** What to call on a change, by pod uid. */
  listeners: Map<string, () => void>
}

type What = 'configmap' | 'secret'

const definitions: Record<What, ResourceDefinition> = { configmap: configMaps, secret: secrets }
const syncTimeoutMs = 10_000

export class ObjectReferences {
  readonly #options: ObjectReferencesOptions
  /** By `configmap/<namespace>/<name>`. */
  readonly #followed = new Map<string, Followed>()

  constructor(options: ObjectReferencesOptions) {
    this.#options = options
  }

  /** Follows exactly what the pod refers to; `onChange` is called when any of it changes. */
  register(pod: Pod, onChange: () => void): void {
    const uid = podUid(pod)
    const wanted = new Set(referencesOf(pod).map(({ what, name }) => keyFor(pod, what, name)))
    for (const [key, followed] of this.#followed) if (!wanted.has(key)) this.#release(key, followed, uid)
    for (const { what, name } of referencesOf(pod)) this.#follow(pod, what, name).listeners.set(uid, onChange)
  }

  unregister(uid: string): void {
    for (const [key, followed] of this.#followed) this.#release(key, followed, uid)
  }

  /** Waits until everything the pod refers to is known to be there or not. Throws ConfigError when it takes too long. */
  async synced(pod: Pod, signal: AbortSignal): Promise<void> {
    const slow = new AbortController()
    const timer = this.#options.clock.sleep(syncTimeoutMs, AbortSignal.any([signal, slow.signal]))
    const late = timer.then(() => slow.abort(new Error('late')))
    late.catch(() => {})
    try {
      for (const { what, name } of referencesOf(pod)) await this.#syncedOne(pod, what, name, signal, slow.signal)
    } finally {
      slow.abort()
    }
  }

  of(pod: Pod): References {
    const find = <T extends KubeObject>(what: What, name: string) =>
      this.#followed.get(keyFor(pod, what, name))?.informer.get(`${pod.metadata.namespace}/${name}`) as T | undefined
    return {
      configMap: name => find<ConfigMap>('configmap', name),
      secret: name => find<Secret>('secret', name),
    }
  }

  async #syncedOne(pod: Pod, what: What, name: string, signal: AbortSignal, slow: AbortSignal): Promise<void> {
    try {
      await this.#followed.get(keyFor(pod, what, name))?.informer.synced(AbortSignal.any([signal, slow]))
    } catch (error) {
      if (signal.aborted) throw error
      throw new ConfigError(`failed to sync ${what} cache: timed out waiting for the condition`)
    }
  }

  #follow(pod: Pod, what: What, name: string): Followed {
    const key = keyFor(pod, what, name)
    const known = this.#followed.get(key)
    if (known) return known
    const { client, clock, log, signal } = this.#options
    const namespace = pod.metadata.namespace ?? ''
    const source = client.source(definitions[what], { namespace, fieldSelector: `metadata.name=${name}` })
    const followed: Followed = {
      informer: new Informer({ name: `${what} ${namespace}/${name}`, source, log, clock }),
      stop: new AbortController(),
      listeners: new Map(),
    }
    this.#followed.set(key, followed)
    followed.informer.onChange(() => {
      for (const listener of followed.listeners.values()) listener()
    })
    const running = AbortSignal.any([signal, followed.stop.signal])
    inBackground(log, `following ${key}`, followed.informer.run(running), running)
    return followed
  }

  #release(key: string, followed: Followed, uid: string): void {
    if (!followed.listeners.delete(uid) || followed.listeners.size > 0) return
    followed.stop.abort()
    this.#followed.delete(key)
  }
}

function keyFor(pod: Pod, what: What, name: string): string {
  return `${what}/${pod.metadata.namespace}/${name}`
}

/** Everything a pod refers to, each once. */
export function referencesOf(pod: Pod): { what: What; name: string }[] {
  const found = new Map<string, { what: What; name: string }>()
  const add = (what: What, name: string | undefined) => name && found.set(`${what}/${name}`, { what, name })
  for (const { configMap, secret, projected } of pod.spec?.volumes ?? []) {
    add('configmap', configMap?.name)
    add('secret', secret?.secretName)
    for (const source of projected?.sources ?? []) {
      add('configmap', source.configMap?.name)
      add('secret', source.secret?.name)
    }
  }
  for (const { spec } of containersOf(pod)) addEnvironment(spec, add)
  return [...found.values()]
}

function addEnvironment(container: Container, add: (what: What, name: string | undefined) => void): void {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    add('configmap', configMapRef?.name)
    add('secret', secretRef?.name)
  }
  for (const { valueFrom } of container.env ?? []) {
    add('configmap', valueFrom?.configMapKeyRef?.name)
    add('secret', valueFrom?.secretKeyRef?.name)
  }
}
