// What autoscaling/v1 has no fields for travels in annotations of its objects. Only there: they are neither stored nor
// served in v2.

import type { ObjectMeta } from '../../api/meta.ts'

const domain = 'autoscaling.alpha.kubernetes.io'

export const roundTrip = {
  metrics: `${domain}/metrics`,
  currentMetrics: `${domain}/current-metrics`,
  conditions: `${domain}/conditions`,
  behavior: `${domain}/behavior`,
} as const

export function dropRoundTrip(metadata: ObjectMeta): void {
  const { annotations } = metadata
  if (!annotations) return
  const kept = Object.entries(annotations).filter(([name]) => !(Object.values(roundTrip) as string[]).includes(name))
  if (kept.length < Object.keys(annotations).length) metadata.annotations = Object.fromEntries(kept)
  if (kept.length === 0) delete metadata.annotations
}
