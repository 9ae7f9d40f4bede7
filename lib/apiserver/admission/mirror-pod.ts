// A mirror pod shows in the API a pod that a node runs from a file.

import type { KubeObject } from '../../api/meta.ts'

export const mirrorAnnotation = 'kubernetes.io/config.mirror'

export function isMirror({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[mirrorAnnotation] !== undefined
}
