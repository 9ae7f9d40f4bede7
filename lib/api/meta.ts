// What every Kubernetes object has, as plain JSON values. Types come from the official client's models through `Json`.

import type { V1LabelSelector, V1ListMeta, V1ObjectMeta, V1OwnerReference } from '@kubernetes/client-node'

/** The model's member names as they stand in JSON: `_from` is `from`. */
type WireName<K> = K extends `_${infer Name}` ? Name : K

/** A model class of the official client as the JSON value it stands for: times are strings. */
export type Json<T> = T extends Date
  ? string
  : T extends (infer U)[]
    ? Json<U>[]
    : T extends object
      ? { [K in keyof T as WireName<K>]: Json<T[K]> }
      : T

export type ObjectMeta = Json<V1ObjectMeta>
export type ListMeta = Json<V1ListMeta>
export type OwnerReference = Json<V1OwnerReference>
export type LabelSelector = Json<V1LabelSelector>

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
}

/** A top-level model: `Kube<V1Pod>` is a Pod as it is stored and sent. */
export type Kube<T> = Omit<Json<T>, 'apiVersion' | 'kind' | 'metadata'> & KubeObject

/** A cluster-scoped object has no namespace. */
export interface ObjectKey {
  namespace?: string
  name: string
}

/** `namespace/name`, or `name` for a cluster-scoped object: the key of informers and work queues. */
export function keyOf(obj: KubeObject): string {
  return toKey(obj.metadata.namespace, obj.metadata.name ?? '')
}

export function toKey(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name
}

export function splitKey(key: string): ObjectKey {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The owner reference that says `controller: true`. */
export function controllerOf(obj: KubeObject): OwnerReference | undefined {
  return obj.metadata.ownerReferences?.find(ref => ref.controller)
}

/** 'apps' and 'v1' of 'apps/v1'; the core group is ''. */
export function parseApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0
    ? { group: '', version: apiVersion }
    : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}

export function toApiVersion(group: string, version: string): string {
  return group ? `${group}/${version}` : version
}
