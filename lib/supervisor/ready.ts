// Is it up? Asked of the processes themselves, over TLS with the cluster's CA.

import { request } from 'node:https'
import { connect } from 'node:net'
import type { Clock } from '../util/clock.ts'

/** The body of a 200 answer, else undefined. */
export function httpsGet(url: string, tls: { ca: string; cert?: string; key?: string }): Promise<string | undefined> {
  return new Promise(resolve => {
    const outgoing = request(url, { ...tls, agent: false, timeout: 2000 }, answer => {
      const chunks: Buffer[] = []
      answer.on('data', chunk => chunks.push(chunk))
      answer.on('error', () => resolve(undefined))
      answer.on('end', () => resolve(answer.statusCode === 200 ? Buffer.concat(chunks).toString() : undefined))
    })
    outgoing.on('timeout', () => outgoing.destroy())
    // Refused, reset or cut: not up yet is all the caller asks.
    outgoing.on('error', () => resolve(undefined))
    outgoing.end()
  })
}

/** True when something listens: a TCP port by number, or a socket by path. */
export function listens(target: { host: string; port: number } | { path: string }): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(target)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

/** Asks again every 15 ms until the answer is true; throws the signal's reason when aborted. */
export async function untilTrue(ask: () => Promise<boolean>, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!(await ask())) await clock.sleep(15, signal)
}

/**
 * True when the Node has the condition Ready, and its kubelet said so at `sinceMs` or later: what an earlier run left
 * behind does not count.
 */
export function nodeIsReady(nodeJson: string | undefined, sinceMs: number): boolean {
  if (!nodeJson) return false
  const node = JSON.parse(nodeJson) as { status?: { conditions?: NodeCondition[] } }
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready')
  // Times on the wire have whole seconds.
  return ready?.status === 'True' && Date.parse(ready.lastHeartbeatTime ?? '') >= Math.floor(sinceMs / 1000) * 1000
}

interface NodeCondition {
  type: string
  status: string
  lastHeartbeatTime?: string
}
