// Bare HTTP/2, so that what is measured is the server.

import { type ClientHttp2Session, connect } from 'node:http2'
import type { ApiProcess } from './api-process.ts'

export interface Timed {
  status: number
  /** Until the first bytes of the body, and until the last. */
  firstMs: number
  totalMs: number
  bytes: number
  /** Kept only when asked for. */
  text: string
}

export class ApiClient {
  readonly #session: ClientHttp2Session

  constructor({ url, caCert, cert, key }: ApiProcess) {
    this.#session = connect(url, { ca: caCert, cert, key, settings: { initialWindowSize: 8 * 1024 * 1024 } })
    // A broken connection shows in the requests on it.
    this.#session.on('error', () => {})
    this.#session.on('connect', session => session.setLocalWindowSize(64 * 1024 * 1024))
  }

  ask(method: string, path: string, { body, keep = false }: { body?: object; keep?: boolean } = {}): Promise<Timed> {
    const began = performance.now()
    const headers = body ? { 'content-type': 'application/json' } : {}
    const stream = this.#session.request({ ':method': method, ':path': path, ...headers }, { endStream: false })
    const answer: Timed = { status: 0, firstMs: 0, totalMs: 0, bytes: 0, text: '' }
    return new Promise((resolve, reject) => {
      stream.on('response', received => {
        answer.status = Number(received[':status'])
      })
      stream.on('data', (chunk: Buffer) => {
        answer.firstMs ||= performance.now() - began
        answer.bytes += chunk.length
        if (keep) answer.text += chunk.toString('latin1')
      })
      stream.on('end', () => resolve({ ...answer, totalMs: performance.now() - began }))
      stream.on('error', reject)
      stream.end(body && JSON.stringify(body))
    })
  }

  /** Calls back with whole lines until `stop`; resolves when the server has answered. */
  async watch(path: string, onLines: (lines: string) => void): Promise<{ stop(): void }> {
    const stream = this.#session.request({ ':path': path })
    stream.setEncoding('latin1')
    let rest = ''
    stream.on('data', (chunk: string) => {
      const end = chunk.lastIndexOf('\n') + 1
      if (end > 0) onLines(rest + chunk.slice(0, end))
      rest = end > 0 ? chunk.slice(end) : rest + chunk
    })
    // It ends when the benchmark is done with it.
    stream.on('error', () => {})
    await new Promise((resolve, reject) => {
      stream.once('response', resolve)
      stream.once('error', reject)
    })
    return { stop: () => stream.close() }
  }

  close(): void {
    this.#session.destroy()
  }
}
