// The columns that many kinds share in `kubectl get`.

import type { V1PodTemplateSpec } from '@kubernetes/client-node'
import type { Json, KubeObject } from '../api/meta.ts'
import type { Cell, Column } from '../api/resource.ts'
import { ageSince } from './human-duration.ts'

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name, unique among its kind in its namespace.',
  value: obj => obj.metadata.name ?? '',
}

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'How long ago the object was created.',
  value: (obj, now) => ageSince(obj.metadata.creationTimestamp, now),
}

export function textColumn<T>(name: string, value: (obj: T, now: number) => string, priority: 0 | 1 = 0): Column<T> {
  return { name, type: 'string', priority, value }
}

/** A number that is 0 where the object does not say it. */
export function countColumn<T>(name: string, count: (obj: T) => number | undefined, priority: 0 | 1 = 0): Column<T> {
  return { name, type: 'integer', priority, value: (obj): Cell => count(obj) ?? 0 }
}

/** `Containers` and `Images` of a pod template, shown with -o wide. */
export function containerColumns<T>(template: (obj: T) => Json<V1PodTemplateSpec> | undefined): Column<T>[] {
  const containers = (obj: T) => template(obj)?.spec?.containers ?? []
  return [
    textColumn(
      'Containers',
      obj =>
        containers(obj)
          .map(({ name }) => name)
          .join(','),
      1,
    ),
    textColumn(
      'Images',
      obj =>
        containers(obj)
          .map(({ image }) => image ?? '')
          .join(','),
      1,
    ),
  ]
}

/** `a=1,b=2`, sorted, or `<none>`: a label map as kubectl prints it. */
export function formatLabels(labels: Record<string, string> | undefined): string {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`)
  return pairs.sort().join(',') || '<none>'
}
