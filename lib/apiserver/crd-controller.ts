// What the server itself does about CustomResourceDefinitions: accepts their names, says that they are established, and
// takes their objects away before a deleted one goes. What a status should say is decided in crd-conditions.ts.

import { findCondition, setCondition } from '../api/conditions.ts'
import { hasReason } from '../api/errors.ts'
import { nextStatus } from '../kinds/apiextensions/crd-conditions.ts'
import type { CustomResourceDefinition } from '../kinds/apiextensions/custom-resource-definition.ts'
import { type CrdCondition, cleanupFinalizer } from '../kinds/apiextensions/types.ts'
import { aborted, deferred, inBackground } from '../util/async.ts'
import { backoffMs } from '../util/backoff.ts'
import { rfc3339 } from '../util/clock.ts'
import { type Follower, follow } from './authz/follow.ts'
import type { ServerContext } from './context.ts'
import { removeInstances } from './crd-instances.ts'
import { writeStatus } from './crd-status.ts'
import { definitionsPrefix } from './custom-kinds.ts'

/** Runs until the signal is aborted. */
export async function runDefinitions(context: ServerContext, signal: AbortSignal): Promise<void> {
  const controller = new DefinitionController(context, signal)
  await Promise.all([follow(context.cache, definitionsPrefix, controller, signal), controller.run()])
}

class DefinitionController implements Follower {
  readonly #context: ServerContext
  readonly #signal: AbortSignal
  /** Keys of definitions to look at; one at a time, because names are given to whoever comes first. */
  readonly #due = new Set<string>()
  /** Keys of those whose objects are being removed. */
  readonly #removing = new Set<string>()
  readonly #failures = new Map<string, number>()
  #wake = deferred<void>()

  constructor(context: ServerContext, signal: AbortSignal) {
    this.#context = context
    this.#signal = signal
  }

  reset(objects: Iterable<{ key: string }>): void {
    for (const { key } of objects) this.#add(key)
  }

  change({ key }: { key: string }): void {
    this.#add(key)
  }

  #add(key: string): void {
    this.#due.add(key)
    this.#wake.resolve()
  }

  async run(): Promise<void> {
    const stopped = aborted(this.#signal)
    while (!this.#signal.aborted) {
      const [key] = this.#due
      if (key === undefined) {
        this.#wake = deferred<void>()
        await Promise.race([this.#wake.promise, stopped])
        continue
      }
      this.#due.delete(key)
      await this.#attempt(key)
    }
  }

  async #attempt(key: string): Promise<void> {
    try {
      await this.#look(key)
      this.#failures.delete(key)
    } catch (error) {
      // Somebody else was faster; the change comes by.
      if (this.#signal.aborted || hasReason(error, 'Conflict', 'NotFound')) return
      this.#again(key, error)
    }
  }

  #again(key: string, error: unknown): void {
    const { log, clock } = this.#context
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    log.error({ err: error, key }, 'a custom resource definition could not be looked after')
    const waited = clock.sleep(backoffMs(failures - 1, { initialMs: 100, maxMs: 30_000 }), this.#signal)
    inBackground(
      log,
      'waiting to look again',
      waited.then(() => this.#add(key)),
      this.#signal,
    )
  }

  async #look(key: string): Promise<void> {
    const crd = this.#find(key)
    const others = this.#othersOf(key)
    if (crd?.metadata.deletionTimestamp) return this.#remove(key, crd)
    const hasChanged = !crd || (await this.#accept(crd, [...others.values()]))
    if (!hasChanged) return
    // A name may have become free.
    for (const [other, { status }] of others) {
      if (findCondition(status?.conditions, 'NamesAccepted')?.status === 'False') this.#add(other)
    }
  }

  #find(key: string): CustomResourceDefinition | undefined {
    return this.#context.cache.get(key)?.object as CustomResourceDefinition | undefined
  }

  /** The other definitions of a group, which a definition's name ends with. */
  #othersOf(key: string): Map<string, CustomResourceDefinition> {
    const group = key.slice(key.indexOf('.', definitionsPrefix.length))
    const others = new Map<string, CustomResourceDefinition>()
    for (const entry of this.#context.cache.snapshot(definitionsPrefix).entries()) {
      if (entry.key !== key && entry.key.endsWith(group))
        others.set(entry.key, entry.object as CustomResourceDefinition)
    }
    return others
  }

  /** True when there was something to say. */
  async #accept(crd: CustomResourceDefinition, others: CustomResourceDefinition[]): Promise<boolean> {
    const status = nextStatus(crd, others, rfc3339(this.#context.clock.now()))
    if (!status) return false
    await writeStatus(this.#context, crd, copy => {
      copy.status = status
    })
    return true
  }

  /** Beside the others: it may take long. */
  #remove(key: string, crd: CustomResourceDefinition): void {
    if (this.#removing.has(key) || !crd.metadata.finalizers?.includes(cleanupFinalizer)) return
    this.#removing.add(key)
    const removed = this.#cleanUp(crd).then(
      () => void this.#removing.delete(key),
      error => {
        this.#removing.delete(key)
        if (this.#signal.aborted) return
        if (hasReason(error, 'Conflict', 'NotFound')) this.#add(key)
        else this.#again(key, error)
      },
    )
    inBackground(this.#context.log, 'removing the objects of a definition', removed, this.#signal)
  }

  async #cleanUp(crd: CustomResourceDefinition): Promise<void> {
    const terminating = (condition: Omit<CrdCondition, 'type'>) => (copy: CustomResourceDefinition) => {
      const now = rfc3339(this.#context.clock.now())
      copy.status ??= {}
      copy.status.conditions = setCondition(copy.status.conditions, { type: 'Terminating', ...condition }, now)
    }
    const begun = await writeStatus(
      this.#context,
      crd,
      terminating({
        status: 'True',
        reason: 'InstanceDeletionInProgress',
        message: 'CustomResource deletion is in progress',
      }),
    )
    if (!begun) return
    const outcome = await this.#removeInstances(begun, terminating)
    const current = this.#find(`${definitionsPrefix}${crd.metadata.name}`)
    if (!current) return
    await writeStatus(this.#context, current, copy => {
      terminating(outcome)(copy)
      copy.metadata.finalizers = (copy.metadata.finalizers ?? []).filter(name => name !== cleanupFinalizer)
    })
  }

  async #removeInstances(
    crd: CustomResourceDefinition,
    terminating: (condition: Omit<CrdCondition, 'type'>) => (copy: CustomResourceDefinition) => void,
  ): Promise<Omit<CrdCondition, 'type'>> {
    if (findCondition(crd.status?.conditions, 'Established')?.status !== 'True') {
      return { status: 'False', reason: 'NeverEstablished', message: 'resource was never established' }
    }
    try {
      await removeInstances(this.#context, crd, this.#signal)
    } catch (error) {
      const message = `could not issue all deletes: ${error instanceof Error ? error.message : error}`
      const failed = terminating({ status: 'True', reason: 'InstanceDeletionFailed', message })
      const current = this.#find(`${definitionsPrefix}${crd.metadata.name}`)
      if (current && !this.#signal.aborted) await writeStatus(this.#context, current, failed)
      throw error
    }
    return { status: 'False', reason: 'InstanceDeletionCompleted', message: 'removed all instances' }
  }
}
