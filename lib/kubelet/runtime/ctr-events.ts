// containerd's events as `ctr events` prints them, one a line. The stream says nothing when it begins, so a label of the
// namespace is changed until its event shows that we are listening: from then on nothing can be missed.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Clock } from '../../util/clock.ts'
import type { Ctr } from './ctr-command.ts'
import type { Exit } from './ctr-records.ts'

export type CtrEvent = { type: 'listening' } | ({ type: 'exit'; containerId: string } & Exit)

/** `<date> <time> <zone> <zone> <namespace> <topic> <json>`; undefined for what is of no interest. */
export function parseEvent(line: string, namespace: string): CtrEvent | undefined {
  const match = /^\S+ \S+ \S+ \S+ (\S+) (\S+) (\{.*\})$/.exec(line)
  if (match?.[1] !== namespace) return undefined
  const [, , topic, json = '{}'] = match
  if (topic === '/namespaces/update') return { type: 'listening' }
  if (topic !== '/tasks/exit') return undefined
  const { container_id, id, exit_status = 0, exited_at } = JSON.parse(json)
  // Of a command run beside the container's own.
  if (id !== container_id) return undefined
  return { type: 'exit', containerId: container_id, exitCode: exit_status, finishedAtMs: Date.parse(exited_at) }
}

/** Ends when containerd does; `listening` comes first and once. */
export async function* ctrEvents(ctr: Ctr, clock: Clock, signal: AbortSignal): AsyncGenerator<CtrEvent> {
  const child = spawn('ctr', ctr.arguments(['events']), { stdio: ['ignore', 'pipe', 'ignore'], signal })
  // An abort and a program that is not there both end the output, which is what the loop below sees.
  child.on('error', () => {})
  const listening = new AbortController()
  const knocking = knock(ctr, clock, AbortSignal.any([signal, listening.signal]))
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const event = parseEvent(line, ctr.namespace)
      if (!event || (event.type === 'listening' && listening.signal.aborted)) continue
      if (event.type === 'listening') listening.abort()
      yield event
    }
  } finally {
    listening.abort()
    child.kill('SIGKILL')
    await knocking
  }
}

async function knock(ctr: Ctr, clock: Clock, signal: AbortSignal): Promise<void> {
  for (let count = 0; !signal.aborted; count++) {
    try {
      await ctr.run(['namespaces', 'label', ctr.namespace, `binnacle.io/listener=${clock.now()}-${count}`])
      await clock.sleep(20, signal)
    } catch {
      // Not there yet, or heard: the stream's end or the signal decides, not this.
      if (!signal.aborted) await clock.sleep(100)
    }
  }
}
