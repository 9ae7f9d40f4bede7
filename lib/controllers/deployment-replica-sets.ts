// A Deployment's ReplicaSets as a rollout sees and changes them: which is the new one, which are old, their revisions
// and the annotations in which their part of the Deployment's size is remembered.

import { controllerReference } from '../controller/owner.ts'
import { semanticallyEqual, templateHash } from '../controller/template-hash.ts'
import { type Deployment, deployments } from '../kinds/apps/deployment.ts'
import type { ReplicaSet } from '../kinds/apps/replica-set.ts'
import { maxSurge } from './deployment-size.ts'

export const hashLabel = 'pod-template-hash'
export const revisionAnnotation = 'deployment.kubernetes.io/revision'
const historyAnnotation = 'deployment.kubernetes.io/revision-history'
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas'
const maxAnnotation = 'deployment.kubernetes.io/max-replicas'
const maxHistoryLength = 2000

const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])

/** A ReplicaSet while a plan is made. Without `stored` it is still to be created. */
export interface Draft {
  stored?: ReplicaSet
  /** Ours to change. */
  rs: ReplicaSet
}

export const replicasOf = ({ rs }: Draft): number => rs.spec?.replicas ?? 1
export const isActive = (draft: Draft): boolean => replicasOf(draft) > 0
export const total = (drafts: Draft[], count: (draft: Draft) => number): number =>
  drafts.reduce((sum, draft) => sum + count(draft), 0)
export const statusCount = (
  { rs }: Draft,
  field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas',
): number => rs.status?.[field] ?? 0

const created = ({ rs }: Draft) => Date.parse(rs.metadata.creationTimestamp ?? '') || 0
const byName = (a: Draft, b: Draft) => ((a.rs.metadata.name ?? '') < (b.rs.metadata.name ?? '') ? -1 : 1)
export const olderFirst = (a: Draft, b: Draft): number => created(a) - created(b) || byName(a, b)
export const newerFirst = (a: Draft, b: Draft): number => created(b) - created(a) || byName(a, b)

export function draftsOf(sets: ReplicaSet[]): Draft[] {
  return sets.map(stored => ({ stored, rs: structuredClone(stored) }))
}

/** The oldest one whose template is the Deployment's, but for the hash label. */
export function findNew(d: Deployment, drafts: Draft[]): Draft | undefined {
  return drafts.toSorted(olderFirst).find(({ rs }) => sameTemplate(rs.spec?.template, d.spec?.template))
}

type Template = NonNullable<Deployment['spec']>['template'] | undefined

export function sameTemplate(a: Template, b: Template): boolean {
  return semanticallyEqual(withoutHash(a), withoutHash(b))
}

function withoutHash(template: Template): unknown {
  const { [hashLabel]: _, ...labels } = template?.metadata?.labels ?? {}
  return { spec: template?.spec, metadata: { ...template?.metadata, labels } }
}

export function revisionOf({ rs }: Draft): number {
  return Number.parseInt(rs.metadata.annotations?.[revisionAnnotation] ?? '0', 10) || 0
}

/** The ReplicaSet that the Deployment's template asks for, with no pods yet. */
export function makeNew(d: Deployment): Draft {
  const template = structuredClone(d.spec?.template)
  const hash = templateHash(template, d.status?.collisionCount)
  const labels = { ...template?.metadata?.labels, [hashLabel]: hash }
  const { namespace, name = '' } = d.metadata
  const rs: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name.slice(0, 252 - hash.length)}-${hash}`,
      ...(namespace ? { namespace } : {}),
      labels,
      ownerReferences: [controllerReference(deployments, d)],
    },
    spec: {
      replicas: 0,
      ...(d.spec?.minReadySeconds ? { minReadySeconds: d.spec.minReadySeconds } : {}),
      selector: {
        ...structuredClone(d.spec?.selector),
        matchLabels: { ...d.spec?.selector?.matchLabels, [hashLabel]: hash },
      },
      ...(template ? { template: { ...template, metadata: { ...template.metadata, labels } } } : {}),
    },
  }
  return { rs }
}

/** Gives the new ReplicaSet the Deployment's annotations and the highest revision; an earlier one becomes history. */
export function stampNew(d: Deployment, draft: Draft, newRevision: number): void {
  const { metadata } = draft.rs
  const before = metadata.annotations ?? {}
  const annotations: Record<string, string> = { ...before }
  for (const [key, value] of Object.entries(d.metadata.annotations ?? {}))
    if (!notCopied.has(key)) annotations[key] = value
  if (revisionOf(draft) < newRevision) {
    const old = before[revisionAnnotation]
    if (old !== undefined) annotations[historyAnnotation] = withHistory(before[historyAnnotation], old)
    annotations[revisionAnnotation] = String(newRevision)
  }
  metadata.annotations = annotations
  if (!draft.stored) stampSize(d, draft)
}

function withHistory(history: string | undefined, revision: string): string {
  let revisions = [...(history ? history.split(',') : []), revision]
  while (revisions.join(',').length > maxHistoryLength) revisions = revisions.slice(1)
  return revisions.join(',')
}

/** For which size of the Deployment the ReplicaSet's own was chosen. */
export function stampSize(d: Deployment, { rs }: Draft): void {
  const desired = d.spec?.replicas ?? 1
  rs.metadata.annotations = {
    ...rs.metadata.annotations,
    [desiredAnnotation]: String(desired),
    [maxAnnotation]: String(desired + maxSurge(d)),
  }
}

export function desiredReplicas(draft: Draft): number | undefined {
  return numberIn(draft, desiredAnnotation)
}

export function maxReplicas(draft: Draft): number | undefined {
  return numberIn(draft, maxAnnotation)
}

function numberIn({ rs }: Draft, annotation: string): number | undefined {
  const value = Number(rs.metadata.annotations?.[annotation] ?? Number.NaN)
  return Number.isInteger(value) ? value : undefined
}

/** Sets the size, unless it is that already. */
export function scaleTo(d: Deployment, draft: Draft, replicas: number): boolean {
  if (replicasOf(draft) === replicas) return false
  if (draft.rs.spec) draft.rs.spec.replicas = replicas
  stampSize(d, draft)
  return true
}
