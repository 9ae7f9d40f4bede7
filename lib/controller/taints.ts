// Taints and what tolerates them, as upstream's component-helpers match them.

import type { Node } from '../kinds/core/node.ts'
import type { Pod } from '../kinds/core/pod.ts'

export type Taint = NonNullable<NonNullable<Node['spec']>['taints']>[number]
export type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number]

export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect
}

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { effect, key, operator = 'Equal', value = '' } = toleration
  if (effect && effect !== taint.effect) return false
  if (key && key !== taint.key) return false
  if (operator === 'Exists') return true
  return operator === 'Equal' && value === (taint.value ?? '')
}
