// A pod's sandbox as the runtime is asked to make it: pure.

import { containersOf, type Pod, podUid } from './pod.ts'
import { type NodeDns, podDns } from './pod-dns.ts'
import { podHostname } from './pod-hosts.ts'
import { qosClass } from './qos.ts'
import type { PortMapping, SandboxConfig } from './runtime/runtime.ts'

export interface SandboxInput {
  pod: Pod
  attempt: number
  nodeName: string
  dns: NodeDns
}

export function sandboxConfig({ pod, attempt, nodeName, dns }: SandboxInput): SandboxConfig {
  const { spec, metadata } = pod
  const sysctls = spec?.securityContext?.sysctls ?? []
  return {
    pod: { namespace: metadata.namespace ?? '', name: metadata.name ?? '', uid: podUid(pod) },
    attempt,
    hostname: podHostname(pod, nodeName, dns.clusterDomain),
    hostNetwork: spec?.hostNetwork ?? false,
    hostPID: spec?.hostPID ?? false,
    hostIPC: spec?.hostIPC ?? false,
    shareProcessNamespace: spec?.shareProcessNamespace ?? false,
    dns: podDns(pod, dns),
    portMappings: portMappings(pod),
    sysctls: Object.fromEntries(sysctls.map(({ name, value }) => [name, value])),
    cgroupParent: cgroupParent(pod),
    labels: {
      ...metadata.labels,
      'io.kubernetes.pod.name': metadata.name ?? '',
      'io.kubernetes.pod.namespace': metadata.namespace ?? '',
      'io.kubernetes.pod.uid': podUid(pod),
    },
    annotations: { ...metadata.annotations },
  }
}

function portMappings(pod: Pod): PortMapping[] {
  if (pod.spec?.hostNetwork) return []
  const ports = containersOf(pod).flatMap(({ spec }) => spec.ports ?? [])
  return ports.flatMap(({ hostPort, containerPort, protocol = 'TCP', hostIP }) =>
    hostPort
      ? [{ protocol: protocol as PortMapping['protocol'], containerPort, hostPort, ...(hostIP ? { hostIP } : {}) }]
      : [],
  )
}

/** `/kubepods/burstable/pod<uid>`; guaranteed pods stand directly in kubepods. */
export function cgroupParent(pod: Pod): string {
  const qos = qosClass(pod)
  return `/kubepods${qos === 'Guaranteed' ? '' : `/${qos.toLowerCase()}`}/pod${podUid(pod)}`
}
