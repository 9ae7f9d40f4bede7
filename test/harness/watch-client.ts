// One watch as a client follows it, over each of the ways there are: what came whole, until the stream ends or breaks.

import { connect } from 'node:http2'
import { request } from 'node:https'
import type { Readable } from 'node:stream'
import { createWebSocketStream, WebSocket } from 'ws'
import type { KubeObject } from '../../lib/api/meta.ts'
import type { TestApiServer } from './apiserver.ts'

export const transports = ['HTTP/1.1', 'HTTP/2', 'WebSocket'] as const
export type Transport = (typeof transports)[number]

interface Connection {
  stream: Readable
  close(): void
}

type Server = Pick<TestApiServer, 'url' | 'caCert' | 'admin'>

/** Resolves when the server has answered, or for a WebSocket at once. */
export const connections: Record<Transport, (api: Server, path: string) => Promise<Connection>> = {
  async 'HTTP/1.1'({ url, caCert, admin }, path) {
    const asked = request(`${url}${path}`, { ca: caCert, cert: admin.cert, key: admin.key, agent: false })
    const answered = Promise.withResolvers<Readable>()
    asked.on('response', answered.resolve)
    asked.on('error', answered.reject)
    asked.end()
    return { stream: await answered.promise, close: () => asked.destroy() }
  },

  async 'HTTP/2'({ url, caCert, admin }, path) {
    const session = connect(url, { ca: caCert, cert: admin.cert, key: admin.key })
    // What breaks the connection breaks the stream, and the stream tells.
    session.on('error', () => {})
    return { stream: session.request({ ':path': path }), close: () => session.destroy() }
  },

  async WebSocket({ url, caCert, admin }, path) {
    const socket = new WebSocket(url.replace('https', 'wss') + path, {
      ca: caCert,
      cert: admin.cert,
      key: admin.key,
    })
    return { stream: createWebSocketStream(socket), close: () => socket.terminate() }
  },
}

/** Throws when the server answered with something else, such as a Status. */
function eventIn(line: string): { type: string; object: KubeObject } {
  const event = JSON.parse(line)
  if (typeof event.type !== 'string') throw new Error(`no event: ${line}`)
  return event
}

/** Ends when the stream does; throws when it breaks. Half an event is none. */
export async function* watchOver(
  transport: Transport,
  api: Server,
  path: string,
): AsyncGenerator<{ type: string; object: KubeObject }> {
  const { stream, close } = await connections[transport](api, path)
  stream.setEncoding('utf8')
  try {
    let rest = ''
    for await (const chunk of stream) {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) yield eventIn(line)
    }
  } finally {
    // A stream that is closed while it is read may say so once more.
    stream.on('error', () => {})
    close()
  }
}
