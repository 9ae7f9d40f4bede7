// Does a pod bear a taint? The rule of core/v1 Toleration.

import type { V1Taint, V1Toleration } from '@kubernetes/client-node'
import type { Json } from '../api/meta.ts'

export type Taint = Json<V1Taint>
export type Toleration = Json<V1Toleration>

export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return tolerations?.some(toleration => toleratesOne(toleration, taint)) ?? false
}

function toleratesOne(toleration: Toleration, taint: Taint): boolean {
  if (toleration.effect && toleration.effect !== taint.effect) return false
  if (toleration.key && toleration.key !== taint.key) return false
  switch (toleration.operator ?? 'Equal') {
    case 'Exists':
      return true
    case 'Equal':
      return Boolean(toleration.key) && (toleration.value ?? '') === (taint.value ?? '')
    case 'Gt':
      return compareNumbers(taint.value, toleration.value, (is, bound) => is > bound)
    case 'Lt':
      return compareNumbers(taint.value, toleration.value, (is, bound) => is < bound)
    default:
      return false
  }
}

function compareNumbers(
  taintValue: string | undefined,
  bound: string | undefined,
  holds: (is: bigint, bound: bigint) => boolean,
): boolean {
  const isInteger = (text: string | undefined): text is string => /^-?\d+$/.test(text ?? '')
  return isInteger(taintValue) && isInteger(bound) && holds(BigInt(taintValue), BigInt(bound))
}
