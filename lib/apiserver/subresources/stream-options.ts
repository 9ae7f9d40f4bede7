// What the query of exec, attach and portforward asks for, and how the kubelet is told. Pure.

import { badRequest } from '../../api/errors.ts'
import { isTrue } from '../request-info.ts'

export interface StreamOptions {
  /** As admission sees them: fields of PodExecOptions and its like. `container` is absent where none is meant. */
  options: { container: string; [field: string]: unknown } | { ports: number[] }
  /** For the kubelet; sorted. */
  query: URLSearchParams
}

/** Ours, and the kubelet's. */
const streams = [
  ['stdin', 'input'],
  ['stdout', 'output'],
  ['stderr', 'error'],
  ['tty', 'tty'],
] as const

export function attachOptions(given: URLSearchParams): StreamOptions {
  const query = new URLSearchParams()
  const options: { container: string; [field: string]: unknown } = { container: given.get('container') ?? '' }
  for (const [ours, theirs] of streams) {
    options[ours] = isTrue(given.get(ours))
    if (options[ours]) query.append(theirs, '1')
  }
  query.sort()
  return { options, query }
}

export function execOptions(given: URLSearchParams): StreamOptions {
  const { options, query } = attachOptions(given)
  const command = given.getAll('command')
  for (const word of command) query.append('command', word)
  query.sort()
  return { options: { ...options, command }, query }
}

/** Over WebSockets the ports stand in the query; over SPDY each stream says its own. Throws BadRequest. */
export function portForwardOptions(given: URLSearchParams): StreamOptions {
  const ports = given.getAll('ports').flatMap(text => text.split(',').map(portNumber))
  return { options: { ports }, query: new URLSearchParams(ports.length > 0 ? { port: ports.join(',') } : {}) }
}

function portNumber(text: string): number {
  const isNumber = /^\d+$/.test(text)
  if (isNumber && Number(text) <= 0xffff) return Number(text)
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  throw badRequest(`cannot convert to []int32: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${why}`)
}
