// A gRPC probe: grpc.health.v1.Health/Check, whose messages are small enough to write by hand.
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md

import { connect } from 'node:http2'
import type { Probe } from './pod.ts'
import { bracketed, type ProbeOutcome } from './probe-outcome.ts'

type Grpc = NonNullable<Probe['grpc']>

const serving = 1

export async function probeGrpc(
  ip: string,
  { port, service }: Grpc,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const address = `${bracketed(ip)}:${port}`
  try {
    const status = await healthCheck(address, service ?? '', AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
    if (status === serving) return { result: 'success', output: 'service healthy' }
    return { result: 'failure', output: `service unhealthy (responded with "${servingNames[status] ?? status}")` }
  } catch (error) {
    signal.throwIfAborted()
    const why = error instanceof Error ? error.message : String(error)
    return { result: 'failure', output: `error: failed to connect service "${address}": ${why}` }
  }
}

const servingNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

function healthCheck(address: string, service: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${address}`)
    const fail = (error: unknown) => {
      session.destroy()
      reject(error)
    }
    signal.addEventListener('abort', () => fail(new Error('context deadline exceeded')), { once: true })
    session.on('error', fail)
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
      te: 'trailers',
    })
    const chunks: Buffer[] = []
    stream.on('data', chunk => chunks.push(chunk))
    stream.on('error', fail)
    stream.on('trailers', trailers => {
      if (trailers['grpc-status'] !== '0') fail(new Error(String(trailers['grpc-message'] ?? trailers['grpc-status'])))
    })
    stream.on('end', () => {
      session.close()
      resolve(servingStatus(Buffer.concat(chunks)))
    })
    stream.end(framed(service))
  })
}

/** HealthCheckRequest { service = 1 } behind gRPC's five bytes. */
function framed(service: string): Buffer {
  const name = Buffer.from(service)
  const message = name.length > 0 ? Buffer.concat([Buffer.from([0x0a, name.length]), name]) : Buffer.alloc(0)
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

/** HealthCheckResponse { status = 1 }; absent it is 0. */
function servingStatus(frame: Buffer): number {
  return frame[5] === 0x08 ? (frame[6] ?? 0) : 0
}
