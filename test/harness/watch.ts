// A watch over HTTP/1.1, as a test follows it: what came so far, and a wait for what must come.

import { request } from 'node:https'
import { createInterface } from 'node:readline'
import type { KubeObject } from '../../lib/api/meta.ts'
import type { TestApiServer } from './apiserver.ts'
import { eventually } from './eventually.ts'

export interface SeenEvent {
  type: string
  object: KubeObject
}

export interface Watching {
  events: SeenEvent[]
  /** The first event that is so, now or later. */
  until(is: (event: SeenEvent) => boolean): Promise<SeenEvent>
  stop(): void
}

/** Resolves when the server has answered. */
export async function openWatch({ url, caCert, admin }: TestApiServer, path: string): Promise<Watching> {
  const events: SeenEvent[] = []
  const asked = request(`${url}${path}`, { ca: caCert, cert: admin.cert, key: admin.key })
  const answered = Promise.withResolvers<void>()
  asked.on('error', answered.reject)
  asked.on('response', response => {
    answered.resolve()
    const lines = createInterface(response).on('line', line => void events.push(JSON.parse(line)))
    // The end of the watch breaks the connection, which is no failure: readline hands it on.
    lines.on('error', () => undefined)
  })
  asked.end()
  await answered.promise
  return { events, until: is => eventually(() => events.find(is)), stop: () => asked.destroy() }
}
