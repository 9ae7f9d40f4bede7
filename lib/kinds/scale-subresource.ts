// The `scale` subresource: how many replicas, seen as an autoscaling/v1 Scale, whatever the kind.

import type { V1Scale } from '@kubernetes/client-node'
import type { Kube, KubeObject, LabelSelector } from '../api/meta.ts'
import type { Subresource } from '../api/resource.ts'
import { selectorText } from '../api/selectors.ts'
import { nonNegative } from '../api/validation.ts'
import { builtinSchema } from '../schema/builtin.ts'
import { ageColumn, countColumn, nameColumn } from './columns.ts'

export type Scale = Kube<V1Scale>

export interface Scalable extends KubeObject {
  spec?: { replicas?: number; selector?: LabelSelector | Record<string, string> } | undefined
  status?: { replicas?: number } | undefined
}

export function scaleSubresource<T extends Scalable>(): Subresource<T> {
  return {
    verbs: ['get', 'update', 'patch'],
    kind: {
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      get schema() {
        return builtinSchema('V1Scale')
      },
      columns: [
        nameColumn,
        countColumn('Desired', scale => (scale as Scale).spec?.replicas),
        countColumn('Available', scale => (scale as Scale).status?.replicas),
        ageColumn,
      ],
    },
    validateUpdate: obj => nonNegative('spec.replicas', obj.spec?.replicas),
    read: scaleOf,
    write: (obj, view) => {
      const replicas = (view as Scale).spec?.replicas ?? 0
      return { ...structuredClone(obj), spec: { ...structuredClone(obj.spec), replicas } }
    },
  }
}

export function scaleOf(obj: Scalable): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = obj.metadata
  const given = Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp })
  const { replicas = 0, selector } = obj.spec ?? {}
  const text = selector ? selectorText(asLabelSelector(selector)) : ''
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    spec: replicas ? { replicas } : {},
    status: { replicas: obj.status?.replicas ?? 0, ...(text ? { selector: text } : {}) },
  }
}

/** A ReplicationController's selector is a plain label map. */
function asLabelSelector(selector: LabelSelector | Record<string, string>): LabelSelector {
  const isPlain = Object.values(selector).every(value => typeof value === 'string')
  return isPlain ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector)
}
