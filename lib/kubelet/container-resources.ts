// Requests and limits as the kernel's cgroups take them.

import { milliValue, parseQuantity, quantityValue } from '../api/quantity.ts'
import type { Container, Pod } from './pod.ts'
import { oomScoreAdj } from './qos.ts'
import type { LinuxResources } from './runtime/runtime.ts'

const cpuPeriodUs = 100_000
const minQuotaUs = 1000

export function linuxResources(pod: Pod, container: Container, nodeMemoryBytes: number): LinuxResources {
  const { requests, limits } = container.resources ?? {}
  const cpuLimit = limits?.cpu === undefined ? undefined : Number(milliValue(parseQuantity(limits.cpu)))
  const memory = limits?.memory === undefined ? 0 : Number(quantityValue(parseQuantity(limits.memory)))
  const request = requests?.cpu === undefined ? cpuLimit : Number(milliValue(parseQuantity(requests.cpu)))
  return {
    cpuShares: cpuShares(request ?? 0),
    ...(cpuLimit ? { cpuQuotaUs: cpuQuotaUs(cpuLimit), cpuPeriodUs } : {}),
    ...(memory ? { memoryLimitBytes: memory } : {}),
    oomScoreAdj: oomScoreAdj(pod, container, nodeMemoryBytes),
  }
}

export function cpuShares(milli: number): number {
  return Math.min(262_144, Math.max(2, Math.floor((milli * 1024) / 1000)))
}

function cpuQuotaUs(milli: number): number {
  return Math.max(minQuotaUs, Math.floor((milli * cpuPeriodUs) / 1000))
}
