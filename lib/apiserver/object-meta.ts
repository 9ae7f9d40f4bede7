// The metadata that belongs to the server: set by it, never taken from a client.

import { randomInt, randomUUID } from 'node:crypto'
import { badRequest } from '../api/errors.ts'
import type { KubeObject, ObjectMeta } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import { rfc3339 } from '../util/clock.ts'
import { jsonEqual } from '../util/json-equal.ts'

/** What a creator may not say. */
export function wipeSystemMetadata(meta: ObjectMeta): void {
  delete meta.uid
  delete meta.creationTimestamp
  delete meta.deletionTimestamp
  delete meta.deletionGracePeriodSeconds
  delete meta.generation
  delete meta.selfLink
}

export function fillSystemMetadata(meta: ObjectMeta, nowMs: number): void {
  meta.uid = randomUUID()
  meta.creationTimestamp = rfc3339(nowMs)
}

/** The object's namespace is the request's, and a cluster's object has none; throws BadRequest when it says another. */
export function matchNamespace(def: ResourceDefinition, meta: ObjectMeta, namespace: string): void {
  if (def.scope === 'Cluster' || namespace === '') {
    delete meta.namespace
    return
  }
  meta.namespace ||= namespace
  if (meta.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

/** The object's name is the one in the path; throws BadRequest. */
export function matchName(meta: ObjectMeta, name: string): void {
  if (!meta.name) {
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`)
  }
  if (meta.name !== name) {
    throw badRequest(`the name of the object (${meta.name}) does not match the name on the URL (${name})`)
  }
}

const suffixLength = 5
const maxBaseLength = 63 - suffixLength
/** No vowels, nothing that looks like another: upstream's alphabet. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

export function generateName(base: string): string {
  let suffix = ''
  for (let i = 0; i < suffixLength; i++) suffix += alphabet[randomInt(alphabet.length)]
  return base.slice(0, maxBaseLength) + suffix
}

/** What an update keeps, whatever it says. */
export function keepSystemMetadata(meta: ObjectMeta, old: ObjectMeta): void {
  meta.uid ??= old.uid as string
  keep(meta, old, 'creationTimestamp')
  keep(meta, old, 'generation')
  if (old.deletionTimestamp) keep(meta, old, 'deletionTimestamp')
  if (meta.deletionGracePeriodSeconds === undefined) keep(meta, old, 'deletionGracePeriodSeconds')
  delete meta.selfLink
}

function keep<K extends keyof ObjectMeta>(meta: ObjectMeta, old: ObjectMeta, name: K): void {
  if (old[name] === undefined) delete meta[name]
  else meta[name] = old[name]
}

/** True when only the times in managedFields differ: such a write is none. */
export function isSameButForTimes(obj: KubeObject, old: KubeObject): boolean {
  const [now, before] = [obj.metadata.managedFields ?? [], old.metadata.managedFields ?? []]
  if (now.length !== before.length || now.every(({ time }, i) => time === before[i]?.time)) return false
  const timeless = ({ metadata, ...rest }: KubeObject) => ({
    ...rest,
    metadata: { ...metadata, managedFields: (metadata.managedFields ?? []).map(({ time: _, ...entry }) => entry) },
  })
  return jsonEqual(timeless(obj), timeless(old))
}

/** True when anything but metadata and status differs: what metadata.generation counts. */
export function specChanged(obj: KubeObject, old: KubeObject): boolean {
  return !jsonEqual(specOf(obj), specOf(old))
}

function specOf({ apiVersion: _, kind: __, metadata: ___, ...rest }: KubeObject): Record<string, unknown> {
  const { status: ____, ...spec } = rest as Record<string, unknown>
  return spec
}
