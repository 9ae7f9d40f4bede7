// Carries one probe out, once: by a command, an HTTP request, a TCP connection or gRPC's health check. Texts are
// upstream's.

import { request as httpRequest } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { connect as connectTcp } from 'node:net'
import type { Container, Probe } from './pod.ts'
import { type ContainerRuntime, RuntimeError } from './runtime/runtime.ts'

/** `error`: the probe itself could not be made; it counts for nothing. */
export interface ProbeOutcome {
  result: 'success' | 'failure' | 'error'
  output: string
}

export interface ProbeTarget {
  containerId: string
  container: Container
  podIP: string
}

const maxOutputBytes = 10 * 1024

export class Prober {
  readonly #runtime: Pick<ContainerRuntime, 'execSync'>

  constructor(runtime: Pick<ContainerRuntime, 'execSync'>) {
    this.#runtime = runtime
  }

  async probe(probe: Probe, target: ProbeTarget, signal: AbortSignal): Promise<ProbeOutcome> {
    const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000
    if (probe.exec) return this.#exec(probe.exec.command ?? [], target, timeoutMs, signal)
    if (probe.httpGet) return probeHttp(probe.httpGet, target, timeoutMs, signal)
    if (probe.tcpSocket) {
      const { host, port } = probe.tcpSocket
      return probeTcp(host || target.podIP, portNumber(port, target.container), timeoutMs, signal)
    }
    if (probe.grpc) return probeGrpc(target.podIP, probe.grpc, timeoutMs, signal)
    return { result: 'error', output: `missing probe handler for ${target.container.name}` }
  }

  async #exec(
    command: string[],
    { containerId }: ProbeTarget,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<ProbeOutcome> {
    try {
      const { exitCode, stdout, stderr } = await this.#runtime.execSync(containerId, command, timeoutMs, signal)
      const output = Buffer.concat([stdout, stderr]).subarray(0, maxOutputBytes).toString('utf8')
      return { result: exitCode === 0 ? 'success' : 'failure', output }
    } catch (error) {
      signal.throwIfAborted()
      const message = error instanceof Error ? error.message : String(error)
      // A command that takes too long has failed; a command that cannot be run says nothing.
      const isLate = error instanceof RuntimeError && error.reason === 'DeadlineExceeded'
      return { result: isLate ? 'failure' : 'error', output: message }
    }
  }
}

/** Throws for a name that the container does not give to a port. */
export function portNumber(port: string | number, { ports = [] }: Container): number {
  const number = Number(port)
  if (Number.isInteger(number) && number > 0) return number
  const named = ports.find(({ name }) => name === port)
  if (!named) throw new Error(`couldn't find port: "${port}"`)
  return named.containerPort
}

// --- HTTP

type HttpGet = NonNullable<Probe['httpGet']>

/** Used by lifecycle hooks too. */
export async function probeHttp(
  { host, path = '/', port, scheme = 'HTTP', httpHeaders = [] }: HttpGet,
  { container, podIP }: Omit<ProbeTarget, 'containerId'>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const url = new URL(`${scheme.toLowerCase()}://${bracketed(host || podIP)}:${portNumber(port, container)}`)
  const [pathname = '/', query] = path.split('?')
  url.pathname = pathname
  if (query !== undefined) url.search = query
  const headers: Record<string, string> = { 'user-agent': 'kube-probe/1.36', accept: '*/*', connection: 'close' }
  for (const { name, value } of httpHeaders) headers[name.toLowerCase()] = value
  return follow(url, headers, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]), signal)
}

const maxRedirects = 10

async function follow(
  start: URL,
  headers: Record<string, string>,
  deadline: AbortSignal,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  let url = start
  for (let redirects = 0; redirects < maxRedirects; redirects++) {
    try {
      const { status, location, body } = await get(url, headers, deadline)
      if (status < 200 || status >= 400) {
        return { result: 'failure', output: `HTTP probe failed with statuscode: ${status}` }
      }
      const next = status >= 300 && location ? new URL(location, url) : undefined
      // A redirect to somewhere else is as good as an answer.
      if (!next || next.hostname !== start.hostname) return { result: 'success', output: body }
      url = next
    } catch (error) {
      signal.throwIfAborted()
      return { result: 'failure', output: `Get "${url.href}": ${httpProblem(error, url, deadline)}` }
    }
  }
  return { result: 'failure', output: `Get "${url.href}": stopped after ${maxRedirects} redirects` }
}

function get(url: URL, headers: Record<string, string>, signal: AbortSignal) {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise<{ status: number; location: string | undefined; body: string }>((resolve, reject) => {
    // A probe asks whether somebody answers, not who: certificates are not checked.
    const request = send(url, { headers, signal, agent: false, rejectUnauthorized: false }, response => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes <= maxOutputBytes) chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          location: response.headers.location,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    request.on('error', reject)
    request.end()
  })
}

function httpProblem(error: unknown, url: URL, deadline: AbortSignal): string {
  if (deadline.aborted) return 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  return connectProblem(error, `${url.hostname}:${port}`)
}

// --- TCP

function probeTcp(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<ProbeOutcome> {
  const address = `${bracketed(host)}:${port}`
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, signal })
    socket.setTimeout(timeoutMs)
    const end = (outcome: ProbeOutcome) => {
      socket.destroy()
      resolve(outcome)
    }
    socket.once('connect', () => end({ result: 'success', output: '' }))
    socket.once('timeout', () => end({ result: 'failure', output: `dial tcp ${address}: i/o timeout` }))
    socket.once('error', error => {
      if (signal.aborted) reject(signal.reason)
      else end({ result: 'failure', output: connectProblem(error, address) })
    })
  })
}

const errnoTexts: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
}

function connectProblem(error: unknown, address: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'ECONNRESET') return message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer'
  return errnoTexts[code] ? `dial tcp ${address}: ${errnoTexts[code]}` : message
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

// --- gRPC: grpc.health.v1.Health/Check, whose messages are small enough to write by hand

type Grpc = NonNullable<Probe['grpc']>

const serving = 1

async function probeGrpc(
  ip: string,
  { port, service }: Grpc,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const address = `${bracketed(ip)}:${port}`
  try {
    const status = await healthCheck(address, service ?? '', AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
    if (status === serving) return { result: 'success', output: 'service healthy' }
    return { result: 'failure', output: `service unhealthy (responded with "${servingNames[status] ?? status}")` }
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    return { result: 'failure', output: `error: failed to connect service "${address}": ${why}` }
  }
}

const servingNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

function healthCheck(address: string, service: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(`http://${address}`)
    const fail = (error: unknown) => {
      session.destroy()
      reject(error)
    }
    signal.addEventListener('abort', () => fail(new Error('context deadline exceeded')), { once: true })
    session.on('error', fail)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    stream.on('data', chunk => chunks.push(chunk))
    stream.on('error', fail)
    stream.on('trailers', trailers => {
      if (trailers['grpc-status'] !== '0') fail(new Error(String(trailers['grpc-message'] ?? trailers['grpc-status'])))
    })
    stream.on('end', () => {
      session.close()
      resolve(servingStatus(Buffer.concat(chunks)))
    })
    stream.end(framed(service))
  })
}

/** HealthCheckRequest { service = 1 } behind gRPC's five bytes. */
function framed(service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : Buffer.alloc(0)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** HealthCheckResponse { status = 1 }; absent it is 0. */
function servingStatus(frame: Buffer): number {
  return frame[5] === 0x08 ? (frame[6] ?? 0) : 0
}
