// How one container is brought up and stopped: the steps in order, each told by an event.

import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError } from './config-error.ts'
import { containerConfig } from './container-config.ts'
import { runHook } from './lifecycle-hooks.ts'
import type { NodeContext } from './node-context.ts'
import { containerRef, findContainer, type Pod, type PodContainer, podUid } from './pod.ts'
import { type ContainerStatus, RuntimeError, type SandboxStatus } from './runtime/runtime.ts'
import { retryMs, StartError } from './start-failure.ts'
import { resolveSubPath } from './sub-path.ts'

export interface StartInput {
  pod: Pod
  sandbox: SandboxStatus
  container: PodContainer
  attempt: number
  backOffMs: number | undefined
  volumePaths: ReadonlyMap<string, string>
}

/**
 * Pull, create, start, postStart. Throws StartError, or the reason of an aborted signal. `signal` ends waiting (pulls,
 * hooks); `lifetime` alone ends what must not stop halfway.
 */
export async function startContainer(
  context: NodeContext,
  input: StartInput,
  signal: AbortSignal,
  lifetime: AbortSignal,
): Promise<void> {
  const { pod, container } = input
  const about = containerRef(pod, container)
  const { runtime, events, clock } = context
  const retryAtMs = clock.now() + retryMs
  const tell = (reason: string, message: string) => events.event(about, 'Normal', reason, message)
  const fail = (reason: string, error: unknown, ending: AbortSignal, tryAgainMs = retryAtMs): never => {
    // Giving up is no failure.
    ending.throwIfAborted()
    const message = error instanceof Error ? error.message : String(error)
    throw new StartError(reason, message, { retryAtMs: tryAgainMs, cause: error })
  }
  try {
    const image = await context.images.ensure(pod, container, signal)
    const config = await prepared(context, input, image, signal).catch(error => fail(reasonOf(error), error, signal))
    const id = await runtime
      .createContainer(input.sandbox.id, config, lifetime)
      .catch(error => fail(error instanceof RuntimeError ? error.reason : 'CreateContainerError', error, lifetime))
    tell('Created', 'Container created')
    // What could not be started stays as a container that ended: its back-off says when to try again.
    await runtime.startContainer(id, lifetime).catch(error => {
      fail(error instanceof RuntimeError ? error.reason : 'RunContainerError', error, lifetime, clock.now())
    })
    tell('Started', 'Container started')
    await postStart(context, input, id, signal)
  } catch (error) {
    if (error instanceof StartError) {
      events.event(about, 'Warning', 'Failed', `Error: ${isOfImage(error) ? error.reason : error.message}`)
    }
    throw error
  }
}

/** Another event has told its message. */
function isOfImage({ reason }: StartError): boolean {
  return reason.startsWith('Err') || reason === 'ImagePullBackOff' || reason === 'InvalidImageName'
}

function reasonOf(error: unknown): string {
  return error instanceof ConfigError ? error.reason : 'CreateContainerConfigError'
}

async function prepared(
  context: NodeContext,
  input: StartInput,
  image: Awaited<ReturnType<NodeContext['images']['ensure']>>,
  signal: AbortSignal,
) {
  const { pod, container, attempt } = input
  const { node, paths } = context
  await context.references.synced(pod, signal)
  const podIPs = pod.spec?.hostNetwork ? node.ips : input.sandbox.ips
  const config = containerConfig({
    ...input,
    image,
    references: context.references.of(pod),
    services: await context.services(signal),
    facts: { podIPs, hostIPs: node.ips, allocatable: node.allocatable },
    subPath: resolveSubPath,
    paths,
    nodeMemoryBytes: node.memoryBytes,
  })
  const messagePath = paths.terminationLog(podUid(pod), container.spec.name, attempt)
  await mkdir(dirname(messagePath), { recursive: true, mode: 0o755 })
  await writeFile(messagePath, '')
  // Whoever the container runs as; a mode at creation would pass through the umask.
  await chmod(messagePath, 0o666)
  await mkdir(dirname(config.logPath), { recursive: true, mode: 0o755 })
  return config
}

async function postStart(context: NodeContext, input: StartInput, containerId: string, signal: AbortSignal) {
  const { pod, container, sandbox } = input
  const handler = container.spec.lifecycle?.postStart
  if (!handler) return
  try {
    await runHook(context, handler, { pod, container, containerId, podIP: sandbox.ips[0] ?? '' }, signal)
  } catch (error) {
    signal.throwIfAborted()
    context.log.info({ err: error, container: container.spec.name }, 'a postStart hook failed')
    const about = containerRef(pod, container)
    context.events.event(about, 'Warning', 'FailedPostStartHook', 'PostStartHook failed')
    context.events.event(about, 'Normal', 'Killing', 'FailedPostStartHook')
    await context.runtime.stopContainer(containerId, (pod.spec?.terminationGracePeriodSeconds ?? 30) * 1000, signal)
  }
}

export interface KillInput {
  pod: Pod
  status: ContainerStatus
  podIP: string
  message: string
  graceSeconds: number
  /** Its end was told and its hook was run before. */
  again: boolean
}

const shortestGraceMs = 2000

/** preStop within the grace period, then the stop signal, then SIGKILL when the rest of it is over. */
export async function killContainer(context: NodeContext, input: KillInput, signal: AbortSignal): Promise<void> {
  const { pod, status, podIP, message, graceSeconds, again } = input
  const { events, runtime, clock, log } = context
  const container = findContainer(pod, status.name)
  const startedMs = clock.now()
  if (container && !again) {
    const about = containerRef(pod, container)
    events.event(about, 'Normal', 'Killing', message)
    const handler = container.spec.lifecycle?.preStop
    if (handler) {
      const target = { pod, container, containerId: status.id, podIP }
      await within(graceSeconds * 1000, context, signal, limited => runHook(context, handler, target, limited)).catch(
        error => {
          signal.throwIfAborted()
          log.info({ err: error, container: status.name }, 'a preStop hook failed')
          events.event(about, 'Warning', 'FailedPreStopHook', 'PreStopHook failed')
        },
      )
    }
  }
  const leftMs = Math.max(shortestGraceMs, graceSeconds * 1000 - (clock.now() - startedMs))
  await runtime.stopContainer(status.id, leftMs, signal)
}

/** Ends the work when the time is over, as a failure. */
async function within(
  ms: number,
  { clock }: NodeContext,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const done = new AbortController()
  const late = new AbortController()
  const timer = clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(
    () => late.abort(new Error(`not finished within ${ms} ms`)),
    () => {},
  )
  try {
    await work(AbortSignal.any([signal, late.signal]))
  } finally {
    done.abort()
    await timer
  }
}
