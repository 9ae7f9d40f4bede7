// A watch over a WebSocket, for browsers: every event is a text frame of its own. What the client sends is ignored, as
// upstream does; its pings are answered.

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { inBackground } from '../util/async.ts'
import type { Logger } from '../util/log.ts'
import type { ApiRequest, ApiResponse } from './chain.ts'
import { lazily } from './lazily.ts'

const normalClosure = 1000
/** Nothing that a client sends is of use, so none of it may be large. */
const maxReceivedBytes = 64 * 1024

/** Most servers never see a WebSocket. */
const acceptor = lazily(async () => {
  const { WebSocketServer } = await import('ws')
  return new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxReceivedBytes,
    // Whatever the client asks for: `binary.k8s.io` and its like mean nothing to a watch.
    handleProtocols: ([first]) => first ?? false,
  })
})

export function asksForWebSocket({ upgrade, headers }: Pick<ApiRequest, 'upgrade' | 'headers'>): boolean {
  return upgrade !== undefined && headers.upgrade?.toLowerCase() === 'websocket'
}

/** The answer to a request that asks for a WebSocket: the frames, no faster than the client reads. */
export async function framesResponse(
  { upgrade, signal }: ApiRequest,
  batches: AsyncIterable<Buffer[]>,
  log: Logger,
): Promise<ApiResponse> {
  const server = await acceptor()
  return {
    status: 101,
    takeover(raw) {
      if (!upgrade) return
      server.handleUpgrade(raw as IncomingMessage, upgrade.socket as Duplex, upgrade.head, client => {
        // A frame that breaks the protocol closes the connection, and the close is what counts.
        client.on('error', () => {})
        inBackground(log, 'a watch over a WebSocket', sendAll(client, batches, signal))
      })
    },
  }
}

async function sendAll(client: WebSocket, batches: AsyncIterable<Buffer[]>, signal: AbortSignal): Promise<void> {
  try {
    for await (const batch of batches) {
      // Who does not read would not hear of an orderly end.
      if (!(await isSent(client, batch, signal))) return client.terminate()
    }
    client.close(normalClosure)
  } catch (error) {
    client.terminate()
    throw error
  }
}

/** Waits until the frames are on their way; false when the client has gone, or the request's time is over. */
function isSent(client: WebSocket, frames: Buffer[], signal: AbortSignal): Promise<boolean> {
  return new Promise(resolve => {
    const settle = (isSent: boolean) => {
      signal.removeEventListener('abort', onAbort)
      resolve(isSent)
    }
    const onAbort = () => settle(false)
    if (signal.aborted) return settle(false)
    signal.addEventListener('abort', onAbort, { once: true })
    const last = frames.length - 1
    for (const [index, frame] of frames.entries()) {
      client.send(frame, { binary: false }, error => {
        if (error) settle(false)
        else if (index === last) settle(true)
      })
    }
  })
}
