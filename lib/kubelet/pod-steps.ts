// What is done for a pod as a whole: its sandbox brought up, and every trace of it taken away at the end.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { NodeContext } from './node-context.ts'
import type { Observed } from './observed.ts'
import { formatPod, type Pod, podUid } from './pod.ts'
import { etcHosts } from './pod-hosts.ts'
import { type MountedVolumes, setUpVolumes } from './pod-volumes.ts'
import type { ContainerStatus, SandboxStatus } from './runtime/runtime.ts'
import { sandboxConfig } from './sandbox-config.ts'

/** Volumes first: a sandbox without them would only hold an address. `podIPs` as far as known. */
export async function prepareVolumes(
  context: NodeContext,
  pod: Pod,
  podIPs: string[],
  signal: AbortSignal,
): Promise<MountedVolumes> {
  const { node, references } = context
  await references.synced(pod, signal)
  const facts = { podIPs, hostIPs: node.ips, allocatable: node.allocatable }
  return setUpVolumes(context, { pod, references: references.of(pod), facts }, signal)
}

/** Tells an event and throws when the runtime cannot. */
export async function createSandbox(
  context: NodeContext,
  pod: Pod,
  attempt: number,
  lifetime: AbortSignal,
): Promise<SandboxStatus> {
  const { runtime, events, paths, node } = context
  const dns = await context.dns()
  await mkdir(paths.pod(podUid(pod)), { recursive: true, mode: 0o750 })
  await mkdir(paths.podLogs(pod), { recursive: true, mode: 0o755 })
  try {
    const sandbox = await runtime.runSandbox(sandboxConfig({ pod, attempt, nodeName: node.name, dns }), lifetime)
    const nodeHosts = pod.spec?.hostNetwork ? await readFile('/etc/hosts', 'utf8') : ''
    const text = etcHosts(pod, { podIPs: sandbox.ips, clusterDomain: dns.clusterDomain, nodeHosts })
    await writeFile(paths.etcHosts(podUid(pod)), text, { mode: 0o644 })
    return sandbox
  } catch (error) {
    if (!lifetime.aborted) {
      const why = error instanceof Error ? error.message : String(error)
      events.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${why}`)
    }
    throw error
  }
}

/** A container that will not be asked about any more, with its log. */
export async function removeContainer(
  { runtime, paths }: NodeContext,
  pod: Pod,
  container: ContainerStatus,
  signal: AbortSignal,
): Promise<void> {
  await runtime.removeContainer(container.id, signal)
  await rm(container.logPath, { force: true })
  await rm(paths.terminationLog(podUid(pod), container.name, container.attempt), { force: true })
}

/** After nothing of the pod runs: what was mounted for it goes. */
export async function tearDownVolumes({ mounts, paths, tokens, images }: NodeContext, pod: Pod): Promise<void> {
  tokens.forget(podUid(pod))
  images.forget(pod)
  await mounts.removeTree(join(paths.pod(podUid(pod)), 'volumes'))
}

/** Every trace of it on this node. May be called again. */
export async function removePod(
  context: NodeContext,
  pod: Pod,
  observed: Observed,
  signal: AbortSignal,
): Promise<void> {
  const { runtime, mounts, paths, log } = context
  for (const { id } of observed.containers) await runtime.removeContainer(id, signal)
  for (const { id } of observed.sandboxes) await runtime.removeSandbox(id, signal)
  await mounts.removeTree(paths.pod(podUid(pod)))
  await rm(paths.podLogs(pod), { recursive: true, force: true })
  log.info({ pod: formatPod(pod) }, 'nothing of the pod is left here')
}
