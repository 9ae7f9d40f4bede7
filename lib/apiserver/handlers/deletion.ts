// What a DELETE does to an object: pure. Who must finish it first (a grace period, finalizers) decides whether it goes at
// once or is marked and waits.

import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { rfc3339 } from '../../util/clock.ts'
import type { DeleteOptions } from '../delete-options.ts'

export type DeletionStep =
  /** It goes; `object` is its last state. */
  | { step: 'remove'; object: KubeObject }
  /** It is marked and waits. */
  | { step: 'update'; object: KubeObject }
  /** It waits already, and these options change nothing. */
  | { step: 'pending' }

const orphan = 'orphan'
const foreground = 'foregroundDeletion'

export function deletionStep(
  def: ResourceDefinition,
  current: KubeObject,
  options: DeleteOptions,
  nowMs: number,
): DeletionStep {
  const object = structuredClone(current)
  const { metadata } = object
  const grace = graceOf(def, object, options, nowMs)
  if (grace === 'pending') return { step: 'pending' }
  const finalizers = finalizersAfter(def, metadata.finalizers ?? [], options)
  if (finalizers.length > 0) metadata.finalizers = finalizers
  else delete metadata.finalizers
  if (grace !== undefined) {
    metadata.deletionGracePeriodSeconds = grace.seconds
    metadata.deletionTimestamp = rfc3339(grace.endMs)
    if (!current.metadata.deletionTimestamp) bumpGeneration(object)
  } else if (finalizers.length > 0 || isBlocked(def, object)) mark(def, object, nowMs)
  def.strategy?.prepareForDelete?.(object)
  const mustWait = finalizers.length > 0 || isBlocked(def, object) || (grace?.seconds ?? 0) > 0
  return { step: mustWait ? 'update' : 'remove', object }
}

/** undefined: the kind knows no grace. A deletion under way can only be made shorter. */
function graceOf(
  def: ResourceDefinition,
  object: KubeObject,
  options: DeleteOptions,
  nowMs: number,
): { seconds: number; endMs: number } | 'pending' | undefined {
  const decide = def.strategy?.gracePeriodSeconds
  if (!decide) return undefined
  const { metadata } = object
  // Upstream treats what makes no sense as one second.
  const given = options.gracePeriodSeconds
  const requested = given !== undefined && given < 0 ? 1 : given
  if (!metadata.deletionTimestamp) {
    const seconds = decide(object, requested)
    return { seconds, endMs: nowMs + seconds * 1000 }
  }
  const period = metadata.deletionGracePeriodSeconds
  // At none, the object is to go: whoever had to finish it has done so, or failed on the way.
  if (!period) return undefined
  if (requested === undefined || requested >= period) return 'pending'
  const startMs = Date.parse(`${metadata.deletionTimestamp}`) - period * 1000
  return { seconds: requested, endMs: startMs + requested * 1000 }
}

function mark(def: ResourceDefinition, object: KubeObject, nowMs: number): void {
  const { metadata } = object
  const { deletionTimestamp } = metadata
  if (!deletionTimestamp || Date.parse(`${deletionTimestamp}`) > nowMs) metadata.deletionTimestamp = rfc3339(nowMs)
  // A kind with finalizers of its own (a namespace) is only stamped.
  if (def.strategy?.blocksDeletion) return
  if (metadata.deletionGracePeriodSeconds === undefined) bumpGeneration(object)
  metadata.deletionGracePeriodSeconds = 0
}

function bumpGeneration({ metadata }: KubeObject): void {
  if ((metadata.generation ?? 0) > 0) metadata.generation = (metadata.generation ?? 0) + 1
}

function isBlocked(def: ResourceDefinition, object: KubeObject): boolean {
  return def.strategy?.blocksDeletion?.(object) ?? false
}

/** The garbage collector's two finalizers follow the options; where those say nothing, what is there stays. */
function finalizersAfter(def: ResourceDefinition, finalizers: string[], options: DeleteOptions): string[] {
  const { propagationPolicy: policy, orphanDependents } = options
  const byDefault = def.strategy?.orphansByDefault !== undefined && !finalizers.includes(foreground)
  const isOrphaning = orphanDependents ?? (policy ? policy === 'Orphan' : finalizers.includes(orphan) || byDefault)
  const isForeground =
    orphanDependents === undefined && (policy ? policy === 'Foreground' : finalizers.includes(foreground))
  const others = finalizers.filter(name => name !== orphan && name !== foreground)
  const wanted = [...others, ...(isOrphaning ? [orphan] : []), ...(isForeground ? [foreground] : [])]
  const isSame = wanted.length === finalizers.length && wanted.every(name => finalizers.includes(name))
  return isSame ? finalizers : wanted
}

/** An object in deletion that nobody has to finish any more. */
export function isFinished(def: ResourceDefinition, object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata
  if (!deletionTimestamp || deletionGracePeriodSeconds > 0) return false
  return finalizers.length === 0 && !isBlocked(def, object)
}
