// configMap: the keys of a ConfigMap as files that follow its changes.
// https://kubernetes.io/docs/concepts/storage/volumes/#configmap

import type { V1ConfigMapVolumeSource } from '@kubernetes/client-node'
import type { Json } from '../../api/meta.ts'
import type { References } from '../container-env.ts'
import { type Files, writeFilesAtomically } from './atomic-files.ts'
import { keyFiles } from './key-files.ts'
import type { VolumeType } from './volume.ts'

type Source = Pick<Json<V1ConfigMapVolumeSource>, 'name' | 'items' | 'optional'>

export const configMap: VolumeType = {
  plugin: 'kubernetes.io/configmap',
  source: 'configMap',
  async setUp({ volume, path, pod, references }) {
    const source = volume.configMap ?? {}
    const files = configMapFiles(source, references, source.defaultMode ?? 0o644)
    await writeFilesAtomically(path, files, pod.spec?.securityContext?.fsGroup)
    return { hostPath: path }
  },
}

export function configMapFiles(source: Source, references: References, defaultMode: number): Files {
  const found = references.configMap(source.name ?? '')
  if (!found && !source.optional) throw new Error(`configmap "${source.name}" not found`)
  const text = Object.entries(found?.data ?? {}).map(([key, value]): [string, Buffer] => [key, Buffer.from(value)])
  const binary = Object.entries(found?.binaryData ?? {}).map(([key, value]): [string, Buffer] => [
    key,
    Buffer.from(value, 'base64'),
  ])
  return keyFiles(new Map([...text, ...binary]), { ...source, defaultMode })
}
