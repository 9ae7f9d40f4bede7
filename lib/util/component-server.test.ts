import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Counter, Registry } from 'prom-client'
import { createCa, issue, type KeyPair } from '../pki/issue.ts'
import { type ComponentServer, serveComponent } from './component-server.ts'

const dir = mkdtempSync(join(tmpdir(), 'component-'))
const stop = new AbortController()
let ca: KeyPair
let server: ComponentServer
let well = true

beforeAll(async () => {
  ca = await createCa({ commonName: 'cluster' })
  const serving = await issue(ca, { commonName: 'x', ips: ['127.0.0.1'], usages: ['server'] })
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }
  const metrics = new Registry()
  new Counter({ name: 'seen_total', help: 'seen', registers: [metrics] }).inc(3)
  const check = () => {
    if (!well) throw new Error('out of breath')
  }
  server = await serveComponent(
    {
      address: '127.0.0.1',
      port: 0,
      certFile: file('crt', serving.cert),
      keyFile: file('key', serving.key),
      clientCaFile: file('ca', ca.cert),
      metrics,
      checks: { breath: check },
    },
    stop.signal,
  )
})
afterAll(async () => {
  stop.abort()
  await server.closed
  rmSync(dir, { recursive: true })
})

function ask(path: string, user?: KeyPair): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: server.port, path, ca: ca.cert, agent: false, ...user }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve([response.statusCode, text]))
    }).on('error', reject)
  })
}

test('health is for everybody, and says what is wrong', async () => {
  for (const path of ['/healthz', '/livez', '/readyz']) expect(await ask(path)).toEqual([200, 'ok'])
  well = false
  const [status, text] = await ask('/healthz')
  expect([status, text]).toEqual([500, expect.stringContaining('[-]breath failed: out of breath')])
  well = true
})

test('metrics are for clients of the cluster', async () => {
  const known = await issue(ca, { commonName: 'prometheus', usages: ['client'] })
  const foreign = await issue(await createCa({ commonName: 'other' }), { commonName: 'prometheus', usages: ['client'] })
  const expired = await issue(ca, { commonName: 'prometheus', usages: ['client'], days: -1 })
  expect(await ask('/metrics', known)).toEqual([200, expect.stringContaining('seen_total 3')])
  for (const user of [undefined, foreign, expired]) expect((await ask('/metrics', user))[0]).toBe(401)
  expect((await ask('/nothing', known))[0]).toBe(404)
})
