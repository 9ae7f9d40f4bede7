// emptyDir: a directory that lives as long as its pod, on disk or in memory.
// https://kubernetes.io/docs/concepts/storage/volumes/#emptydir

import { chmod, chown, mkdir } from 'node:fs/promises'
import { parseQuantity, quantityValue } from '../../api/quantity.ts'
import type { VolumeType } from './volume.ts'

export const emptyDir: VolumeType = {
  plugin: 'kubernetes.io/empty-dir',
  source: 'emptyDir',
  async setUp({ volume, path, pod, mounts }) {
    const { medium = '', sizeLimit } = volume.emptyDir ?? {}
    if (medium.startsWith('HugePages')) throw new Error(`unknown storage medium: ${medium}`)
    const sizeBytes = sizeLimit ? Number(quantityValue(parseQuantity(sizeLimit))) : 0
    if (medium === 'Memory') await mounts.tmpfs(path, sizeBytes ? { sizeBytes } : {})
    else await mkdir(path, { recursive: true })
    const { fsGroup } = pod.spec?.securityContext ?? {}
    if (fsGroup !== undefined) await chown(path, -1, fsGroup)
    await chmod(path, fsGroup === undefined ? 0o777 : 0o2777)
    return { hostPath: path }
  },
}
