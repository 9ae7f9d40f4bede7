// What a container asks to be done right after it started and right before it is stopped.
// https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/

import type { V1LifecycleHandler } from '@kubernetes/client-node'
import type { Json } from '../api/meta.ts'
import type { Clock } from '../util/clock.ts'
import { formatPod, type Pod, type PodContainer } from './pod.ts'
import { probeHttp } from './probe-http.ts'
import type { ContainerRuntime } from './runtime/runtime.ts'

type Handler = Json<V1LifecycleHandler>

export interface HookContext {
  runtime: Pick<ContainerRuntime, 'execSync'>
  clock: Clock
}

export interface HookTarget {
  pod: Pod
  container: PodContainer
  containerId: string
  podIP: string
}

/** A hook without an end of its own is given up after this time. */
const longestMs = 24 * 3600 * 1000
const httpTimeoutMs = 30_000

/** Throws when the hook fails; the message is upstream's. */
export async function runHook(
  { runtime, clock }: HookContext,
  handler: Handler,
  target: HookTarget,
  signal: AbortSignal,
): Promise<void> {
  if (handler.sleep) return clock.sleep(handler.sleep.seconds * 1000, signal)
  if (handler.httpGet) return httpHook(handler.httpGet, target, signal)
  const command = handler.exec?.command ?? []
  const { exitCode, stdout, stderr } = await runtime.execSync(target.containerId, command, longestMs, signal)
  if (exitCode === 0) return
  const { pod, container } = target
  const output = Buffer.concat([stdout, stderr]).toString('utf8')
  const subject = `Container "${container.spec.name}" in Pod "${formatPod(pod)}"`
  throw new Error(
    `Exec lifecycle hook ([${command.join(' ')}]) for ${subject} failed - error: command '${command.join(' ')}' exited with ${exitCode}: ${output}, message: ${JSON.stringify(output)}`,
  )
}

async function httpHook(get: NonNullable<Handler['httpGet']>, { container, podIP }: HookTarget, signal: AbortSignal) {
  const outcome = await probeHttp(get, { container: container.spec, podIP }, httpTimeoutMs, signal)
  if (outcome.result !== 'success') throw new Error(outcome.output)
}
