// The `status` subresource: a second way in that changes status and leaves what users own alone.

import type { KubeObject } from '../api/meta.ts'
import type { Subresource } from '../api/resource.ts'

interface StatusRules<T> {
  /** Labels stay as they were: so it is for the workload kinds. */
  keepLabels?: boolean
  /** Further fields outside `status` that stay as they were; `spec` always does. */
  keep?(obj: T, old: T): void
  validateUpdate?: NonNullable<Subresource<T>['validateUpdate']>
}

/** Everything but status and metadata is taken from the stored object. */
export function statusSubresource<T extends KubeObject>(rules: StatusRules<T> = {}): Subresource<T> {
  return {
    verbs: ['get', 'update', 'patch'],
    prepareForUpdate: (obj, old) => {
      restoreAllBut(obj, old, ['status', 'metadata'])
      if (rules.keepLabels) restoreMember(obj.metadata, old.metadata, 'labels')
      rules.keep?.(obj, old)
    },
    ...(rules.keepLabels ? { resetFields: ['spec', 'metadata.labels'] } : {}),
    ...(rules.validateUpdate ? { validateUpdate: rules.validateUpdate } : {}),
  }
}

/** `obj[key]` is what `old[key]` is, absent included. */
export function restoreMember<T extends object>(obj: T, old: T, key: keyof T): void {
  if (key in old) obj[key] = old[key]
  else delete obj[key]
}

const keptMetadata = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const

/** For subresources that change no metadata at all. */
export function restoreMetadata(obj: KubeObject, old: KubeObject): void {
  for (const key of keptMetadata) restoreMember(obj.metadata, old.metadata, key)
}

export function restoreAllBut(obj: object, old: object, free: string[]): void {
  const to = obj as Record<string, unknown>
  const from = old as Record<string, unknown>
  for (const key of new Set([...Object.keys(to), ...Object.keys(from)])) {
    if (!free.includes(key)) restoreMember(to, from, key)
  }
}
