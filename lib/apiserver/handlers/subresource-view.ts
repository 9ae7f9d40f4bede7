// A subresource that shows an object as something else (a Scale): its view before a write, and the object after it.
// Who owns the replicas of the Scale owns those of the object, and the other way round.

import type { KubeObject } from '../../api/meta.ts'
import { apiVersionOf, type ResourceDefinition, type Subresource } from '../../api/resource.ts'
import { managersAfterScale, managersOfScale, readManagers, writeManagers } from '../../patch/managed-fields.ts'
import type { Write } from '../../patch/ownership.ts'
import { fieldElement } from '../../patch/path-element.ts'
import { rfc3339 } from '../../util/clock.ts'

type View = Subresource<KubeObject>
type ViewKind = NonNullable<View['kind']>

const replicasPath = (view: View) => (view.replicasPath ?? 'spec.replicas').split('.').map(fieldElement)

/** What the subresource shows, with the owners of what it shows. */
export function viewOfObject(view: View, object: KubeObject): KubeObject {
  const copy = structuredClone(object)
  const shown = view.readToWrite?.(copy) ?? view.read?.(copy) ?? copy
  const managers = managersOfScale(readManagers(object.metadata.managedFields, true), replicasPath(view))
  const managedFields = writeManagers(managers)
  return managedFields ? { ...shown, metadata: { ...shown.metadata, managedFields } } : shown
}

/** The object with a changed view; the view's resourceVersion and uid count as the object's, its owners too. */
export function viewWritten(
  def: ResourceDefinition,
  view: View,
  current: KubeObject,
  submitted: KubeObject,
): KubeObject {
  const changed = view.write?.(structuredClone(current), submitted) ?? structuredClone(current)
  const { resourceVersion, uid, managedFields } = submitted.metadata
  delete changed.metadata.resourceVersion
  if (resourceVersion) changed.metadata.resourceVersion = resourceVersion
  if (uid) changed.metadata.uid = uid
  const place = { path: replicasPath(view), apiVersion: apiVersionOf(def) }
  const managers = readManagers(current.metadata.managedFields, true)
  const entries = writeManagers(managersAfterScale(managers, readManagers(managedFields), place))
  if (entries) changed.metadata.managedFields = entries
  else delete changed.metadata.managedFields
  return changed
}

/** A write of the view, by which its own fields are compared. */
export function viewWrite(kind: ViewKind, by: { manager: string; subresource: string; nowMs: number }): Write {
  const apiVersion = apiVersionOf(kind)
  const { schema } = kind
  return {
    versions: { apiVersion, schema, convert: (object, from, to) => (from === to ? { object, schema } : undefined) },
    by: { name: by.manager, subresource: by.subresource },
    ignored: {},
    now: rfc3339(by.nowMs),
  }
}
