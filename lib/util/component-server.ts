// A component's own endpoint over TLS: health for everybody, metrics and the rest for clients whose certificate the
// cluster's CA signed.

import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { Registry } from 'prom-client'
import { aborted } from './async.ts'

export interface ComponentServerOptions {
  address: string
  /** 0: any free one. */
  port: number
  /** Files. */
  certFile: string
  keyFile: string
  clientCaFile: string
  metrics: Registry
  /** Named checks; each throws when the component is not well. */
  checks?: Record<string, () => void>
  /** More routes, behind the client certificate. */
  routes?: (app: Express) => void
}

export interface ComponentServer {
  port: number
  /** Ends with the signal. */
  closed: Promise<void>
}

const healthPaths = ['/healthz', '/livez', '/readyz']

export async function serveComponent(options: ComponentServerOptions, signal: AbortSignal): Promise<ComponentServer> {
  const [cert, key, ca] = await Promise.all(
    [options.certFile, options.keyFile, options.clientCaFile].map(file => readFile(file)),
  )
  // Health is for those without a certificate too, so a missing one is judged by the route.
  const tls = {
    cert: cert as Buffer,
    key: key as Buffer,
    ca: ca as Buffer,
    requestCert: true,
    rejectUnauthorized: false,
  }
  const server = createServer(tls, application(options))
  await listen(server, options)
  return { port: (server.address() as AddressInfo).port, closed: closeAfter(server, signal) }
}

function application({ checks = {}, metrics, routes }: ComponentServerOptions): Express {
  const app = express()
  app.disable('x-powered-by')
  app.get(healthPaths, (_request, response) => answerHealth(checks, response))
  app.use(requireClientCertificate)
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.contentType).send(await metrics.metrics())
  })
  routes?.(app)
  return app
}

function answerHealth(checks: Record<string, () => void>, response: Response): void {
  const failed = Object.entries(checks).flatMap(([name, check]) => {
    try {
      check()
      return []
    } catch (error) {
      return [`[-]${name} failed: ${(error as Error).message}`]
    }
  })
  response.type('text/plain')
  if (failed.length > 0) response.status(500).send(`${failed.join('\n')}\nhealthz check failed\n`)
  else response.send('ok')
}

function requireClientCertificate(request: Request, response: Response, next: NextFunction): void {
  if ((request.socket as TLSSocket).authorized) next()
  else response.status(401).type('text/plain').send('Unauthorized\n')
}

function listen(server: Server, { address, port }: ComponentServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function closeAfter(server: Server, signal: AbortSignal): Promise<void> {
  await aborted(signal)
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
}
