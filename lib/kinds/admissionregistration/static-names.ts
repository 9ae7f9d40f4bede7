// Names that will one day belong to what is read from files at the start of a server.

import type { KubeObject } from '../../api/meta.ts'

const suffix = '.static.k8s.io'

export function staticNameWarnings({ metadata }: KubeObject): string[] {
  if (!metadata.name?.endsWith(suffix)) return []
  return [
    `metadata.name: names ending with ${JSON.stringify(suffix)} will be reserved for static manifest-based configurations when the ManifestBasedAdmissionControlConfig feature gate is enabled`,
  ]
}
