// GET /containerLogs/<namespace>/<pod>/<container>: what `kubectl logs` shows, by way of the API server.

import type { Clock } from '../util/clock.ts'
import { type LogOptions, readLog } from './container-logs.ts'
import { HttpError } from './http-error.ts'
import { type ApiContainerStatus, apiStatusOf, findContainer, type Pod, podUid } from './pod.ts'
import type { ContainerStatus } from './runtime/runtime.ts'
import type { RuntimeView } from './runtime-view.ts'
import type { Route } from './server.ts'

export interface LogRouteContext {
  pod(namespace: string, name: string): Pod | undefined
  view: Pick<RuntimeView, 'of' | 'refresh'>
  clock: Clock
}

export function logRoute(context: LogRouteContext): Route {
  return {
    pattern: /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/,
    async answer({ match: [namespace = '', name = '', container = ''], query }, signal) {
      const options = logOptions(query, context.clock.now())
      const pod = context.pod(namespace, name)
      if (!pod) throw new HttpError(404, `pod "${name}" does not exist\n`)
      await context.view.refresh()
      const chosen = chooseContainer(context, pod, container, query.get('previous') === 'true')
      const isRunning = () =>
        context.view.of(podUid(pod)).containers.some(({ id, state }) => id === chosen.id && state === 'running')
      const source = { path: chosen.logPath, isRunning, clock: context.clock }
      return { contentType: 'text/plain', body: started(readLog(source, options, signal), chosen) }
    },
  }
}

/** A log that is not there is an empty one with an explanation, as upstream's client sees it. */
async function* started(log: AsyncGenerator<Buffer>, { id, logPath }: ContainerStatus): AsyncGenerator<Buffer> {
  try {
    yield* log
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    yield Buffer.from(`unable to retrieve container logs for containerd://${id}: ${logPath} does not exist`)
  }
}

/** Throws HttpError with upstream's words when it has no log yet. */
function chooseContainer({ view }: LogRouteContext, pod: Pod, name: string, previous: boolean): ContainerStatus {
  if (!findContainer(pod, name)) throw new HttpError(404, `container ${name} not found in pod ${formatName(pod)}\n`)
  const containers = view.of(podUid(pod)).containers.filter(container => container.name === name)
  const status = apiStatusOf(pod, name)
  if (previous) {
    const last = containers.find(({ state }, index) => state === 'exited' && (index > 0 || isWaiting(status)))
    if (last) return last
    throw new HttpError(400, `previous terminated container "${name}" in pod "${pod.metadata.name}" not found`)
  }
  const [newest] = containers
  if (newest && newest.state !== 'created') return newest
  throw new HttpError(
    400,
    `container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${whyWaiting(status)}`,
  )
}

function formatName({ metadata }: Pod): string {
  return JSON.stringify(`${metadata.name}_${metadata.namespace}`)
}

function isWaiting(status: ApiContainerStatus | undefined): boolean {
  return status?.state?.waiting !== undefined
}

function whyWaiting(status: ApiContainerStatus | undefined): string {
  const reason = status?.state?.waiting?.reason ?? 'ContainerCreating'
  if (reason === 'ErrImagePull') return "image can't be pulled"
  return reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason
}

function logOptions(query: URLSearchParams, nowMs: number): LogOptions {
  const number = (name: string) => {
    const text = query.get(name)
    if (text === null || text === '') return undefined
    const value = Number(text)
    if (!Number.isInteger(value) || value < 0) throw new HttpError(400, `invalid value for ${name}: ${text}`)
    return value
  }
  const tailLines = number('tailLines')
  const limitBytes = number('limitBytes')
  const sinceSeconds = number('sinceSeconds')
  const sinceTime = query.get('sinceTime')
  const sinceMs =
    sinceSeconds === undefined ? (sinceTime ? Date.parse(sinceTime) : undefined) : nowMs - sinceSeconds * 1000
  const stream = query.get('stream')?.toLowerCase()
  return {
    follow: query.get('follow') === 'true',
    timestamps: query.get('timestamps') === 'true',
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(stream === 'stdout' || stream === 'stderr' ? { stream } : {}),
  }
}
