// Handing a request on to a kubelet: its answer streams back as it comes. Upgraded connections (exec, attach,
// port-forward) are joined end to end.

import type { IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import type { ApiRequest, ApiResponse } from './chain.ts'
import { refuseUpgrade } from './http-response.ts'
import { textResponse } from './responses.ts'

/** The kubelet's answer, headers in, body still to be read. Rejects when it cannot be reached. */
export function askKubelet(to: RequestOptions, path: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = httpsRequest({ ...to, path, method: 'GET', signal, agent: false })
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** The answer to a request that asks to upgrade: both connections, joined. */
export function proxyUpgrade(request: ApiRequest, to: RequestOptions, path: string): ApiResponse {
  const { upgrade } = request
  if (!upgrade) return textResponse('Upgrade request required', 400)
  return {
    status: 101,
    takeover() {
      const outgoing = httpsRequest({ ...to, path, method: request.method, headers: forwarded(request), agent: false })
      outgoing.on('upgrade', (answer, socket, head) => join(upgrade, answer, socket, head))
      outgoing.on('response', answer => refuse(upgrade.socket, answer))
      outgoing.on('error', error => refuseUpgrade(upgrade.socket, textResponse(`${error.message}\n`, 500)))
      upgrade.socket.once('close', () => outgoing.destroy())
      outgoing.end()
    },
  }
}

/** Who asks was decided here; the kubelet knows only us. */
function forwarded({ headers }: ApiRequest) {
  const { authorization: _, host: __, ...others } = headers
  return others
}

function join(client: { socket: Duplex; head: Buffer }, answer: IncomingMessage, kubelet: Duplex, head: Buffer): void {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`]
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`)
  }
  client.socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  if (head.length > 0) client.socket.write(head)
  if (client.head.length > 0) kubelet.write(client.head)
  client.socket.pipe(kubelet).pipe(client.socket)
  // Either end takes the other with it.
  kubelet.on('error', () => client.socket.destroy())
  kubelet.on('close', () => client.socket.destroy())
  client.socket.on('error', () => kubelet.destroy())
  client.socket.on('close', () => kubelet.destroy())
}

function refuse(socket: Duplex, answer: IncomingMessage): void {
  const chunks: Buffer[] = []
  answer.on('data', chunk => chunks.push(chunk))
  answer.on('error', () => socket.destroy())
  answer.on('end', () => {
    const contentType = answer.headers['content-type'] ?? 'text/plain'
    const headers = { 'content-type': contentType }
    refuseUpgrade(socket, { status: answer.statusCode ?? 500, headers, body: Buffer.concat(chunks) })
  })
}
