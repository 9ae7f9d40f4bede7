// The files that the keys of a ConfigMap or Secret become.

import type { FileEntry, Files } from './atomic-files.ts'

export interface KeySelection {
  items?: { key: string; path: string; mode?: number }[] | undefined
  optional?: boolean | undefined
  defaultMode: number
}

/** `what`: `ConfigMap` or `Secret`, for the message. Throws for a key that is not there and not optional. */
export function keyFiles(data: Map<string, Buffer>, selection: KeySelection): Files {
  const { items, optional, defaultMode } = selection
  if (!items?.length) return new Map([...data].map(([key, value]) => [key, { data: value, mode: defaultMode }]))
  const entries = items.flatMap(({ key, path, mode = defaultMode }): [string, FileEntry][] => {
    const value = data.get(key)
    if (value) return [[path, { data: value, mode }]]
    if (optional) return []
    throw new Error(`references non-existent config key: ${key}`)
  })
  return new Map(entries)
}
