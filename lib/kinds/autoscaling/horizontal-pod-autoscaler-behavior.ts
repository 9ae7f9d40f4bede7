// The annotation in which autoscaling/v1 carries how fast to scale. Upstream prints its own structs there, with their Go
// names, and reads names in any case.

import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'

type Behavior = NonNullable<HorizontalPodAutoscaler['spec']['behavior']>
type Rules = NonNullable<Behavior['scaleUp']>

export function toGoBehavior({ scaleUp, scaleDown }: Behavior): object {
  return { ScaleUp: goRules(scaleUp), ScaleDown: goRules(scaleDown) }
}

function goRules(rules: Rules | undefined): object | null {
  if (!rules) return null
  const { stabilizationWindowSeconds, selectPolicy, policies, tolerance } = rules
  return {
    StabilizationWindowSeconds: stabilizationWindowSeconds ?? null,
    SelectPolicy: selectPolicy ?? null,
    Policies:
      policies?.map(({ type, value, periodSeconds }) => ({ Type: type, Value: value, PeriodSeconds: periodSeconds })) ??
      null,
    Tolerance: tolerance ?? null,
  }
}

/** undefined for what is none, or empty. */
export function fromGoBehavior(value: unknown): Behavior | undefined {
  const behavior = lowerNames(value) as Behavior | undefined
  const isSome = typeof behavior === 'object' && !Array.isArray(behavior) && (behavior.scaleUp || behavior.scaleDown)
  return isSome ? behavior : undefined
}

const names = [
  'scaleUp',
  'scaleDown',
  'stabilizationWindowSeconds',
  'selectPolicy',
  'policies',
  'tolerance',
  'type',
  'value',
  'periodSeconds',
]
const byLetters = new Map(names.map(name => [name.toLowerCase(), name]))

/** Nulls and unknown names are left out. */
function lowerNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowerNames)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const members = Object.entries(value).flatMap(([key, part]) => {
    const name = byLetters.get(key.toLowerCase())
    return name && part !== null ? [[name, lowerNames(part)] as const] : []
  })
  return Object.fromEntries(members)
}
