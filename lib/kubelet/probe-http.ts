// An HTTP probe: any answer from 200 to 399 will do. Redirects are followed on the same host.

import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Probe } from './pod.ts'
import {
  bracketed,
  connectProblem,
  maxOutputBytes,
  type ProbeOutcome,
  type ProbeTarget,
  portNumber,
} from './probe-outcome.ts'

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
