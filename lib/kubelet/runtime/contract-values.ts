// Pods and containers for tests and measurements: the least that a runtime takes.

import type { ContainerConfig, SandboxConfig } from './runtime.ts'

/** A command that sleeps until it is told to stop, and then ends with 3. */
export const untilStopped = ['sh', '-c', 'trap "exit 3" TERM; echo started; while :; do sleep 1 & wait $!; done']

export function sandboxConfig(name: string, more: Partial<SandboxConfig> = {}): SandboxConfig {
  const pod = { namespace: 'default', name, uid: `uid-${name}` }
  return {
    ...{ pod, attempt: 0, hostname: name, cgroupParent: `/kubepods/besteffort/pod${pod.uid}` },
    ...{ hostNetwork: false, hostPID: false, hostIPC: false, shareProcessNamespace: false },
    ...{ dns: { servers: ['10.96.0.10'], searches: ['default.svc.cluster.local'], options: ['ndots:5'] } },
    ...{ portMappings: [], sysctls: {}, labels: { app: name }, annotations: { note: 'kept' } },
    ...more,
  }
}

export function containerConfig(imageId: string, logDir: string, more: Partial<ContainerConfig> = {}): ContainerConfig {
  return {
    ...{ name: 'main', attempt: 0, image: 'web:1', imageId, command: untilStopped, args: [], env: [], mounts: [] },
    ...{
      logPath: `${logDir}/${more.name ?? 'main'}/${more.attempt ?? 0}.log`,
      stdin: false,
      stdinOnce: false,
      tty: false,
    },
    ...{ resources: { oomScoreAdj: 1000 }, labels: { 'io.kubernetes.container.name': 'main' }, annotations: {} },
    security: {
      ...{ privileged: false, readOnlyRootFilesystem: false, allowPrivilegeEscalation: true, procMount: 'default' },
      ...{ addCapabilities: [], dropCapabilities: [], supplementalGroups: [], seccomp: { type: 'runtime-default' } },
    },
    ...more,
  }
}
