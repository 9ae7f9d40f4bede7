// Pods and what a runtime says of them, for the kubelet's tests: only what a test is about has to be written.

import { nothingObserved, type Observed } from '../../lib/kubelet/observed.ts'
import type { Container, Pod, PodStatus } from '../../lib/kubelet/pod.ts'
import type { ContainerStatus, Image, SandboxStatus } from '../../lib/kubelet/runtime/runtime.ts'

export const nowMs = Date.UTC(2026, 0, 1)

type Spec = NonNullable<Pod['spec']>

export function testContainer(name = 'web', more: Partial<Container> = {}): Container {
  return { name, image: `${name}:1`, imagePullPolicy: 'IfNotPresent', ...more }
}

export function testPod(
  spec: Partial<Spec> = {},
  more: { metadata?: Partial<Pod['metadata']>; status?: PodStatus } = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', uid: 'u1', generation: 1, resourceVersion: '1', ...more.metadata },
    spec: {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      containers: [testContainer()],
      nodeName: 'node-1',
      ...spec,
    },
    ...(more.status ? { status: more.status } : {}),
  }
}

export function testSandbox(more: Partial<SandboxStatus> = {}): SandboxStatus {
  return {
    id: 's0',
    pod: { namespace: 'default', name: 'web', uid: 'u1' },
    attempt: 0,
    state: 'ready',
    createdAtMs: nowMs - 60_000,
    ips: ['10.244.0.5'],
    labels: {},
    annotations: {},
    ...more,
  }
}

export function testStatus(more: Partial<ContainerStatus> = {}): ContainerStatus {
  const { name = 'web', attempt = 0 } = more
  return {
    id: `${name}-${attempt}`,
    sandboxId: 's0',
    pod: { namespace: 'default', name: 'web', uid: 'u1' },
    name,
    attempt,
    image: `${name}:1`,
    imageId: 'sha256:abc',
    state: 'running',
    createdAtMs: nowMs - 30_000,
    startedAtMs: nowMs - 30_000,
    logPath: `/logs/${name}/${attempt}.log`,
    labels: {},
    annotations: {},
    ...more,
  }
}

export function exited(exitCode: number, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return testStatus({ state: 'exited', exitCode, finishedAtMs: nowMs - 1000, ...more })
}

export function observed(more: Partial<Observed> = {}): Observed {
  return { ...nothingObserved, sandboxes: [testSandbox()], ...more }
}

export function testImage(more: Partial<Image> = {}): Image {
  return { id: 'sha256:abc', tags: ['web:1'], digests: [], sizeBytes: 1000, user: '', ...more }
}
