// An object between the version it is served in and the one it is stored in. Most definitions serve what they store, and
// for them nothing here does anything.

import { type KubeObject, toApiVersion } from './meta.ts'
import { apiVersionOf, type ResourceDefinition } from './resource.ts'

function storedApiVersion({ group, version, storage }: ResourceDefinition): string {
  return toApiVersion(storage?.group ?? group, storage?.version ?? version)
}

/** True when what is stored is what is served, byte by byte. */
export function servesWhatIsStored(def: ResourceDefinition): boolean {
  return !def.conversion && storedApiVersion(def) === apiVersionOf(def)
}

/** A stored object in the definition's version. Takes `stored` over. */
export function fromStored(def: ResourceDefinition, stored: KubeObject): KubeObject {
  if (servesWhatIsStored(def)) return stored
  const object = def.conversion?.fromStored(stored) ?? stored
  return { ...object, apiVersion: apiVersionOf(def), kind: def.kind }
}

/** What is written of an object in the definition's version, which stays as it is. */
export function toStored(def: ResourceDefinition, object: KubeObject): KubeObject {
  if (servesWhatIsStored(def)) return object
  const stored = def.conversion?.toStored(structuredClone(object)) ?? object
  return { ...stored, apiVersion: storedApiVersion(def) }
}
