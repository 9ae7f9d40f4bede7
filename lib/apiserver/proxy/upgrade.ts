// A request that leaves HTTP (exec, attach, port-forward, WebSockets of pods): the backend decides, and only when it
// agrees are the two connections joined. A refusal is answered and ends the connection: nothing the client sent behind
// its request may reach the backend (CVE-2018-1002105).

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { badRequest, StatusError } from '../../api/errors.ts'
import type { ApiRequest, ApiResponse } from '../chain.ts'
import { addressOf, type Backend, startRequest } from './backend.ts'
import { dialErrorText } from './dial-error.ts'
import { forwardedHeaders } from './headers.ts'

/** `url` is escaped, with query. Throws StatusError. */
export async function forwardUpgrade(request: ApiRequest, backend: Backend, url: string): Promise<ApiResponse> {
  const client = request.upgrade
  if (!client) throw badRequest('Upgrade request required')
  const answer = await ask(request, backend, url)
  if (!('socket' in answer)) return refusal(answer.refused)
  return {
    status: 101,
    takeover: () => join(client, answer),
  }
}

type Answer = { refused: IncomingMessage } | Upgraded

interface Upgraded {
  answer: IncomingMessage
  socket: Duplex
  head: Buffer
}

function ask(request: ApiRequest, backend: Backend, url: string): Promise<Answer> {
  const { method, remoteAddress, signal } = request
  const headers = forwardedHeaders(request.headers, { remoteAddress, isUpgrade: true })
  return new Promise((resolve, reject) => {
    const outgoing = startRequest(backend, { method, path: url, headers, signal })
    outgoing.on('upgrade', (answer, socket, head) => {
      // Its close is what counts, from the first moment on.
      socket.on('error', () => {})
      resolve({ answer, socket, head })
    })
    outgoing.on('response', refused => resolve({ refused }))
    outgoing.on('error', error => {
      const why = dialErrorText(error, addressOf(backend))
      reject(new StatusError(500, '', `error dialing backend: ${why}`, undefined, error))
    })
    outgoing.end()
  })
}

const maxRefusalBytes = 64 * 1024

/** The backend's own words, when they are an error. */
async function refusal(refused: IncomingMessage): Promise<ApiResponse> {
  const status = refused.statusCode ?? 500
  if (status < 400) {
    refused.socket.destroy()
    throw new StatusError(500, '', `invalid upgrade response: status code ${status}`)
  }
  const contentType = refused.headers['content-type'] ?? 'text/plain'
  return { status, headers: { 'content-type': contentType }, body: await wordsOf(refused) }
}

/** The connection goes with them: a backend that waits for the other protocol would keep it open. */
async function wordsOf(refused: IncomingMessage): Promise<Buffer> {
  const { socket } = refused
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of refused) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > maxRefusalBytes) break
    }
    return Buffer.concat(chunks)
  } finally {
    socket.destroy()
  }
}

function join(client: { socket: Duplex; head: Buffer }, { answer, socket: backend, head }: Upgraded): void {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`]
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`)
  }
  client.socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  if (head.length > 0) client.socket.write(head)
  if (client.head.length > 0) backend.write(client.head)
  client.socket.pipe(backend).pipe(client.socket)
  // Either end takes the other with it.
  backend.on('close', () => client.socket.destroy())
  client.socket.on('error', () => backend.destroy())
  client.socket.on('close', () => backend.destroy())
  if (client.socket.destroyed) backend.destroy()
  if (backend.destroyed) client.socket.destroy()
}
