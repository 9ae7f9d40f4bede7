// A TCP probe: whether somebody accepts a connection.

import { connect } from 'node:net'
import { bracketed, connectProblem, type ProbeOutcome } from './probe-outcome.ts'

export function probeTcp(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<ProbeOutcome> {
  const address = `${bracketed(host)}:${port}`
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal })
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
