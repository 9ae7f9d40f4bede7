// Brings all volumes of a pod up before its containers start, and up to date while they run.

import type { EventSink } from '../client/events.ts'
import type { Clock } from '../util/clock.ts'
import type { References } from './container-env.ts'
import type { DownwardFacts } from './downward.ts'
import type { Mounts } from './mounts.ts'
import { type Pod, podUid, type Volume } from './pod.ts'
import type { PodPaths } from './pod-paths.ts'
import { volumeTypes } from './volumes/index.ts'
import type { TokenSource, VolumeState, VolumeType } from './volumes/volume.ts'

export interface VolumesContext {
  events: EventSink
  clock: Clock
  tokens: TokenSource
  mounts: Mounts
  paths: PodPaths
}

export interface VolumesInput {
  pod: Pod
  references: References
  facts: DownwardFacts
}

export interface MountedVolumes {
  /** By the volume's name. */
  hostPaths: Map<string, string>
  refreshAtMs?: number
}

/** Can be called again at any time. Throws the first volume's error; every failure is told by an event. */
export async function setUpVolumes(
  context: VolumesContext,
  input: VolumesInput,
  signal: AbortSignal,
): Promise<MountedVolumes> {
  const volumes = input.pod.spec?.volumes ?? []
  const results = await Promise.allSettled(volumes.map(volume => setUp(context, input, volume, signal)))
  signal.throwIfAborted()
  const hostPaths = new Map<string, string>()
  const refreshes: number[] = []
  let failure: unknown
  results.forEach((result, index) => {
    const { name = '' } = volumes[index] ?? {}
    if (result.status === 'fulfilled') {
      hostPaths.set(name, result.value.hostPath)
      refreshes.push(result.value.refreshAtMs ?? Number.POSITIVE_INFINITY)
      return
    }
    failure ??= result.reason
    const why = result.reason instanceof Error ? result.reason.message : String(result.reason)
    context.events.event(input.pod, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${name}" : ${why}`)
  })
  if (failure) throw failure
  const refreshAtMs = Math.min(...refreshes)
  return { hostPaths, ...(Number.isFinite(refreshAtMs) ? { refreshAtMs } : {}) }
}

function setUp(
  { clock, tokens, mounts, paths }: VolumesContext,
  { pod, references, facts }: VolumesInput,
  volume: Volume,
  signal: AbortSignal,
): Promise<VolumeState> {
  const type = typeOf(volume)
  const path = paths.volume(podUid(pod), type.plugin, volume.name)
  return type.setUp({ pod, volume, path, references, facts, tokens, mounts, clock }, signal)
}

function typeOf(volume: Volume): VolumeType {
  const type = volumeTypes.find(({ source }) => volume[source] !== undefined)
  if (type) return type
  const source = Object.keys(volume).find(key => key !== 'name') ?? 'unknown'
  return {
    plugin: `kubernetes.io/${source}`,
    source: 'name',
    setUp: async () => {
      throw new Error(`a volume of type ${source} is not supported on this node`)
    },
  }
}
