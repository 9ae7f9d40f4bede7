// projected: several sources in one directory, among them tokens of the pod's service account, renewed in time.
// https://kubernetes.io/docs/concepts/storage/projected-volumes/

import type { V1VolumeProjection } from '@kubernetes/client-node'
import type { Json } from '../../api/meta.ts'
import { type Files, writeFilesAtomically } from './atomic-files.ts'
import { configMapFiles } from './config-map.ts'
import { downwardFiles } from './downward-api.ts'
import { secretFiles } from './secret.ts'
import type { VolumeContext, VolumeType } from './volume.ts'

type Projection = Json<V1VolumeProjection>

const defaultExpirationSeconds = 3600

export const projected: VolumeType = {
  plugin: 'kubernetes.io/projected',
  source: 'projected',
  async setUp(context, signal) {
    const { sources = [], defaultMode = 0o644 } = context.volume.projected ?? {}
    const parts = await Promise.all(sources.map(source => projection(context, source, defaultMode, signal)))
    const files: Files = new Map(parts.flatMap(part => [...part.files]))
    await context.mounts.tmpfs(context.path)
    await writeFilesAtomically(context.path, files, context.pod.spec?.securityContext?.fsGroup)
    const refreshAtMs = Math.min(...parts.map(part => part.renewAtMs ?? Number.POSITIVE_INFINITY))
    return { hostPath: context.path, ...(Number.isFinite(refreshAtMs) ? { refreshAtMs } : {}) }
  },
}

async function projection(
  { pod, references, facts, tokens }: VolumeContext,
  source: Projection,
  defaultMode: number,
  signal: AbortSignal,
): Promise<{ files: Files; renewAtMs?: number }> {
  const { serviceAccountToken, configMap, secret, downwardAPI } = source
  if (configMap) return { files: configMapFiles(configMap, references, defaultMode) }
  if (secret) return { files: secretFiles(secret.name ?? '', { ...secret, defaultMode }, references) }
  if (downwardAPI) return { files: downwardFiles(pod, downwardAPI.items ?? [], facts, defaultMode) }
  if (!serviceAccountToken)
    throw new Error(`projected source ${Object.keys(source).join()} is not supported on this node`)
  const { path, audience, expirationSeconds = defaultExpirationSeconds } = serviceAccountToken
  const { token, renewAtMs } = await tokens.token(pod, { audience, expirationSeconds }, signal)
  const mode = pod.spec?.securityContext?.fsGroup === undefined ? defaultMode : 0o600
  return { files: new Map([[path, { data: Buffer.from(token), mode }]]), renewAtMs }
}
