// Where a request is handed on to, and the request to it.

import { type ClientRequest, request as httpRequest, type OutgoingHttpHeaders } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'

/** How a connection to a pod or node is made, where that is not simply by TCP. */
export type Dial = (to: { host: string; port: number }) => Duplex

export interface Backend {
  scheme: 'http' | 'https'
  host: string
  port: number
  /** Who we are, and how the backend is checked. */
  tls?: Pick<RequestOptions, 'cert' | 'key' | 'ca' | 'rejectUnauthorized' | 'servername'>
  dial?: Dial | undefined
}

/** `10.0.0.7:80`, `[fd00::7]:80`. */
export function addressOf({ host, port }: Backend): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

export interface Sent {
  method: string
  /** Escaped, with query. */
  path: string
  headers: OutgoingHttpHeaders
  signal: AbortSignal
}

const dialTimeoutMs = 30_000

/** Every request has a connection of its own. */
export function startRequest(backend: Backend, sent: Sent): ClientRequest {
  const { host, port, tls, dial } = backend
  const secure = { ...tls, host, port }
  const request = backend.scheme === 'https' ? httpsRequest : httpRequest
  const outgoing = request({
    ...secure,
    ...sent,
    setHost: false,
    ...(dial ? { createConnection: () => connection(backend, dial) as Socket } : { agent: false }),
  })
  outgoing.once('socket', limitDialing)
  return outgoing
}

function connection(backend: Backend, dial: Dial): Duplex {
  const socket = dial(backend)
  return backend.scheme === 'https' ? connectTls({ ...backend.tls, socket }) : socket
}

function limitDialing(socket: Socket): void {
  if (!socket.connecting) return
  const tooLate = () => socket.destroy(Object.assign(new Error('i/o timeout'), { code: 'ETIMEDOUT' }))
  socket.setTimeout(dialTimeoutMs, tooLate)
  socket.once('connect', () => socket.setTimeout(0, tooLate))
}
