// downwardAPI: fields and resources of the pod itself as files that follow its changes.
// https://kubernetes.io/docs/concepts/storage/volumes/#downwardapi

import type { V1DownwardAPIVolumeFile } from '@kubernetes/client-node'
import type { Json } from '../../api/meta.ts'
import { type DownwardFacts, fieldValue, resourceValue } from '../downward.ts'
import type { Pod } from '../pod.ts'
import { type FileEntry, type Files, writeFilesAtomically } from './atomic-files.ts'
import type { VolumeType } from './volume.ts'

export const downwardApi: VolumeType = {
  plugin: 'kubernetes.io/downward-api',
  source: 'downwardAPI',
  async setUp({ volume, path, pod, facts, mounts }) {
    const { items = [], defaultMode = 0o644 } = volume.downwardAPI ?? {}
    const files = downwardFiles(pod, items, facts, defaultMode)
    await mounts.tmpfs(path)
    await writeFilesAtomically(path, files, pod.spec?.securityContext?.fsGroup)
    return { hostPath: path }
  },
}

export function downwardFiles(
  pod: Pod,
  items: Json<V1DownwardAPIVolumeFile>[],
  facts: DownwardFacts,
  defaultMode: number,
): Files {
  const entries = items.map(({ path, fieldRef, resourceFieldRef, mode = defaultMode }): [string, FileEntry] => {
    const text = fieldRef
      ? fieldValue(pod, fieldRef, facts)
      : resourceFieldRef
        ? resourceValue(pod, resourceFieldRef, undefined, facts)
        : ''
    return [path, { data: Buffer.from(text), mode }]
  })
  return new Map(entries)
}
