// What one probe is pointed at and what came of it, in words that all kinds of probes share.

import type { Container } from './pod.ts'

/** `error`: the probe itself could not be made; it counts for nothing. */
export interface ProbeOutcome {
  result: 'success' | 'failure' | 'error'
  output: string
}

export interface ProbeTarget {
  containerId: string
  container: Container
  podIP: string
}

/** So much of an answer is kept. */
export const maxOutputBytes = 10 * 1024

/** Throws for a name that the container does not give to a port. */
export function portNumber(port: string | number, { ports = [] }: Container): number {
  const number = Number(port)
  if (Number.isInteger(number) && number > 0) return number
  const named = ports.find(({ name }) => name === port)
  if (!named) throw new Error(`couldn't find port: "${port}"`)
  return named.containerPort
}

const errnoTexts: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
}

/** As Go's net package words it. */
export function connectProblem(error: unknown, address: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  if (code === 'ECONNRESET') return message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer'
  return errnoTexts[code] ? `dial tcp ${address}: ${errnoTexts[code]}` : message
}

/** An address as it stands before a port. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
