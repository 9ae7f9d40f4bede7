// What requests for devices and taints of devices mean where they say nothing.

import { rfc3339 } from '../../util/clock.ts'
import type { ClaimSpec } from './resource-claim-validation.ts'
import type { ResourceSlice } from './resource-slice.ts'

interface Request {
  allocationMode?: string
  count?: number
  tolerations?: { operator?: string }[]
}

/** One device for each request. */
export function defaultClaimSpec({ devices }: ClaimSpec): void {
  for (const { exactly, firstAvailable } of devices?.requests ?? []) {
    if (exactly) defaultRequest(exactly)
    for (const alternative of firstAvailable ?? []) defaultRequest(alternative)
  }
}

function defaultRequest(request: Request): void {
  request.allocationMode ||= 'ExactCount'
  if (request.allocationMode === 'ExactCount') request.count ||= 1
  for (const toleration of request.tolerations ?? []) toleration.operator ||= 'Equal'
}

/** A taint counts from when it was written. */
export function stampTaints({ spec }: ResourceSlice, nowMs: number): void {
  for (const { taints } of spec.devices ?? []) {
    for (const taint of taints ?? []) taint.timeAdded ??= rfc3339(nowMs)
  }
}

/** A taint that is written again without its time is the one that was there. */
export function keepTaintTimes({ spec }: ResourceSlice, { spec: old }: ResourceSlice): void {
  for (const { name, taints } of spec.devices ?? []) {
    const before = old.devices?.find(device => device.name === name)?.taints
    for (const taint of taints ?? []) {
      const same = before?.find(
        ({ key, effect, value }) => key === taint.key && effect === taint.effect && value === taint.value,
      )
      if (same?.timeAdded) taint.timeAdded ??= same.timeAdded
    }
  }
}
