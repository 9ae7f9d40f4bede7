// The parts of a pod as JSON values, named once for the files that default, check and print them.

import type {
  V1Container,
  V1EphemeralContainer,
  V1PodSpec,
  V1PodTemplateSpec,
  V1ResourceRequirements,
  V1Volume,
} from '@kubernetes/client-node'
import type { Json } from '../../api/meta.ts'

export type PodSpec = Json<V1PodSpec>
export type PodTemplateSpec = Json<V1PodTemplateSpec>
export type Container = Json<V1Container>
export type EphemeralContainer = Json<V1EphemeralContainer>
export type Volume = Json<V1Volume>
export type ResourceRequirements = Json<V1ResourceRequirements>

/** A sidecar: an init container that goes on running beside the others. */
export function isRestartableInit(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always'
}

/** Every container with its path: init containers first, then the others, then the ephemeral ones. */
export function eachContainer(spec: PodSpec, field: string): [Container | EphemeralContainer, string][] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap(list =>
    (spec[list] ?? []).map((container, i): [Container | EphemeralContainer, string] => [
      container,
      `${field}.${list}[${i}]`,
    ]),
  )
}
