// The volume types that this node can serve; adding one is a file here and a line below.

import { configMap } from './config-map.ts'
import { downwardApi } from './downward-api.ts'
import { emptyDir } from './empty-dir.ts'
import { hostPath } from './host-path.ts'
import { projected } from './projected.ts'
import { secret } from './secret.ts'
import type { VolumeType } from './volume.ts'

export const volumeTypes: VolumeType[] = [emptyDir, hostPath, configMap, secret, downwardApi, projected]
