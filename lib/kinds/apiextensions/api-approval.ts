// Groups below k8s.io belong to the Kubernetes project: a definition in one says who has approved it, or that nobody has.
// https://github.com/kubernetes/enhancements/tree/master/keps/sig-api-machinery/2337-k8s.io-group-protection

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { goQuote } from '../../util/go-quote.ts'
import type { CrdCondition, CustomResourceDefinition } from './types.ts'

const annotation = 'api-approved.kubernetes.io'
const see = 'see https://github.com/kubernetes/enhancements/pull/1111'

type State = 'Approved' | 'Unapproved' | 'Missing' | 'Invalid'

function isProtectedGroup(group: string): boolean {
  return ['k8s.io', 'kubernetes.io'].some(domain => group === domain || group.endsWith(`.${domain}`))
}

function approvalOf({ metadata }: CustomResourceDefinition): { state: State; reason: string } {
  const value = metadata.annotations?.[annotation] ?? ''
  const must = `protected groups must have approval annotation "${annotation}"`
  if (value === '') return { state: 'Missing', reason: `${must}, ${see}` }
  if (value.startsWith('unapproved')) return { state: 'Unapproved', reason: `not approved: ${goQuote(value)}` }
  if (/^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/\s]+/.test(value)) return { state: 'Approved', reason: `approved in ${value}` }
  return { state: 'Invalid', reason: `${must} with either a URL or a reason starting with "unapproved", ${see}` }
}

/** Whoever had none before may go on without. */
export function validateApproval(crd: CustomResourceDefinition, old?: CustomResourceDefinition): FieldError[] {
  if (!isProtectedGroup(crd.spec.group)) return []
  const { state, reason } = approvalOf(crd)
  if (old && approvalOf(old).state === state) return []
  const field = `metadata.annotations[${annotation}]`
  if (state === 'Missing') return [required(field, reason)]
  return state === 'Invalid' ? [invalid(field, crd.metadata.annotations?.[annotation], reason)] : []
}

const conditions: Record<State, { status: string; reason: string }> = {
  Approved: { status: 'True', reason: 'ApprovedAnnotation' },
  Unapproved: { status: 'False', reason: 'UnapprovedAnnotation' },
  Missing: { status: 'False', reason: 'MissingAnnotation' },
  Invalid: { status: 'False', reason: 'InvalidAnnotation' },
}

/** undefined for a group that needs no approval. */
export function approvalCondition(crd: CustomResourceDefinition): CrdCondition | undefined {
  if (!isProtectedGroup(crd.spec.group)) return undefined
  const { state, reason } = approvalOf(crd)
  return { type: 'KubernetesAPIApprovalPolicyConformant', ...conditions[state], message: reason }
}
