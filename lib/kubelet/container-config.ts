// A pod's container as the runtime is asked to make it: pure, from the specification and what has been prepared.

import type { Service } from '../kinds/core/service.ts'
import { containerEnv, expand, type References } from './container-env.ts'
import { containerMounts } from './container-mounts.ts'
import { linuxResources } from './container-resources.ts'
import { linuxSecurity } from './container-security.ts'
import type { DownwardFacts } from './downward.ts'
import { type Pod, type PodContainer, podUid } from './pod.ts'
import type { PodPaths } from './pod-paths.ts'
import { backOffAnnotation } from './restart-back-off.ts'
import type { ContainerConfig, Image } from './runtime/runtime.ts'
import { serviceEnv } from './service-env.ts'

export interface ContainerInput {
  pod: Pod
  container: PodContainer
  attempt: number
  /** What is to pass after its end before it runs again. */
  backOffMs: number | undefined
  image: Image
  references: References
  services: Service[]
  facts: DownwardFacts
  volumePaths: ReadonlyMap<string, string>
  subPath(volumePath: string, subPath: string): string
  paths: PodPaths
  nodeMemoryBytes: number
}

/** Throws ConfigError. */
export function containerConfig(input: ContainerInput): ContainerConfig {
  const { pod, attempt, image, paths } = input
  const { spec } = input.container
  const env = containerEnv({ ...input, container: spec, serviceEnv: services(input) })
  const lookUp = (name: string) => env.find(entry => entry.name === name)?.value
  const uid = podUid(pod)
  return {
    name: spec.name,
    attempt,
    image: spec.image ?? '',
    imageId: image.id,
    command: (spec.command ?? []).map(text => expand(text, lookUp)),
    args: (spec.args ?? []).map(text => expand(text, lookUp)),
    ...(spec.workingDir ? { workingDir: spec.workingDir } : {}),
    env,
    mounts: containerMounts({
      ...input,
      container: spec,
      env,
      etcHostsPath: paths.etcHosts(uid),
      terminationLogPath: paths.terminationLog(uid, spec.name, attempt),
    }),
    logPath: paths.containerLog(pod, spec.name, attempt),
    stdin: spec.stdin ?? false,
    stdinOnce: spec.stdinOnce ?? false,
    tty: spec.tty ?? false,
    resources: linuxResources(pod, spec, input.nodeMemoryBytes),
    security: linuxSecurity(pod, spec, image, paths.seccomp),
    ...(spec.lifecycle?.stopSignal ? { stopSignal: spec.lifecycle.stopSignal } : {}),
    labels: {
      'io.kubernetes.container.name': spec.name,
      'io.kubernetes.pod.name': pod.metadata.name ?? '',
      'io.kubernetes.pod.namespace': pod.metadata.namespace ?? '',
      'io.kubernetes.pod.uid': uid,
    },
    annotations: annotations(input),
  }
}

function services({ pod, services }: ContainerInput): Record<string, string> {
  return serviceEnv(services, pod.metadata.namespace ?? '', pod.spec?.enableServiceLinks ?? true)
}

function annotations({ pod, container: { spec }, attempt, backOffMs }: ContainerInput): Record<string, string> {
  const grace = pod.spec?.terminationGracePeriodSeconds
  return {
    'io.kubernetes.container.restartCount': String(attempt),
    'io.kubernetes.container.terminationMessagePath': spec.terminationMessagePath ?? '',
    'io.kubernetes.container.terminationMessagePolicy': spec.terminationMessagePolicy ?? '',
    ...(grace === undefined ? {} : { 'io.kubernetes.pod.terminationGracePeriod': String(grace) }),
    ...(backOffMs === undefined ? {} : { [backOffAnnotation]: String(backOffMs) }),
  }
}
