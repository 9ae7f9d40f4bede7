import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testPod, testSandbox, testStatus } from '../../test/harness/kubelet.ts'
import type { Client } from '../client/client.ts'
import type { SubjectAccessReview } from '../kinds/authorization/subject-access-review.ts'
import { createCa, issue, type KeyPair } from '../pki/issue.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { routes } from './routes.ts'
import { KubeletServer } from './server.ts'
import { ServerAuth } from './server-auth.ts'

let dir: string
let ca: KeyPair
let server: KubeletServer
let port: number
const reviews: SubjectAccessReview[] = []
const clock = new FakeClock()

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'binnacle-server-'))
  ca = await createCa({ commonName: 'ca' })
  const serving = await issue(ca, { commonName: 'node', ips: ['127.0.0.1'], usages: ['server'] })
  const files = { certFile: join(dir, 'crt'), keyFile: join(dir, 'key'), clientCaFile: join(dir, 'ca') }
  await writeFile(files.certFile, serving.cert)
  await writeFile(files.keyFile, serving.key)
  await writeFile(files.clientCaFile, ca.cert)
  const api = {
    async create(_: unknown, review: SubjectAccessReview) {
      if (review.kind === 'TokenReview')
        return { status: { authenticated: true, user: { username: 'tok', groups: [] } } }
      reviews.push(review)
      const { user, resourceAttributes } = review.spec
      return {
        status: { allowed: user === 'admin' || (user === 'scraper' && resourceAttributes?.subresource === 'metrics') },
      }
    },
  }
  server = new KubeletServer({
    ...files,
    address: '127.0.0.1',
    port: 0,
    log: silentLogger,
    auth: new ServerAuth(api as unknown as Client, clock, 'node-1'),
    routes: routes({
      pods: () => [testPod()],
      runtime: { notReadyReason: async () => undefined },
      view: { podUids: ['u1'], of: () => ({ sandboxes: [testSandbox()], containers: [testStatus()] }) },
    }),
  })
  port = (await server.listen()).port
})

afterAll(async () => {
  server.close()
  await rm(dir, { recursive: true, force: true })
})

function ask(path: string, user?: KeyPair, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, method, headers, ca: ca.cert, agent: false as const }
    const sent = request({ ...options, ...(user ? { cert: user.cert, key: user.key } : {}) }, answer => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', chunk => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode, text }))
    })
    sent.on('error', reject)
    sent.end()
  })
}

const user = (commonName: string) => issue(ca, { commonName, organizations: ['g1', 'g2'], usages: ['client'] })

describe('who may ask', () => {
  test('nobody without a name', async () => {
    expect(await ask('/healthz')).toEqual({ status: 401, text: 'Unauthorized' })
  })

  test('nobody whose certificate another CA signed', async () => {
    const foreign = await createCa({ commonName: 'ca' })
    const impostor = await issue(foreign, { commonName: 'admin', usages: ['client'] })
    expect((await ask('/healthz', impostor)).status).toBe(401)
  })

  test('whom the API server allows it, once asked for a while', async () => {
    const admin = await user('admin')
    reviews.length = 0
    expect(await ask('/healthz', admin)).toEqual({ status: 200, text: 'ok' })
    expect(await ask('/healthz', admin)).toEqual({ status: 200, text: 'ok' })
    expect(reviews.map(({ spec }) => spec)).toEqual([
      {
        user: 'admin',
        groups: ['g1', 'g2', 'system:authenticated'],
        resourceAttributes: { verb: 'get', version: 'v1', resource: 'nodes', subresource: 'healthz', name: 'node-1' },
      },
    ])
    await clock.advance(300_001)
    await ask('/healthz', admin)
    expect(reviews).toHaveLength(2)
  })

  test('others are told what they lack', async () => {
    expect(await ask('/pods', await user('eve'), {}, 'POST')).toEqual({
      status: 403,
      text: 'Forbidden (user=eve, verb=create, resource=nodes, subresource(s)=[pods proxy])\n',
    })
  })

  test('a right to metrics is no right to logs', async () => {
    const scraper = await user('scraper')
    expect((await ask('/metrics', scraper)).status).toBe(200)
    expect((await ask('/containerLogs/a/b/c', scraper)).status).toBe(403)
  })

  test('a token will do', async () => {
    const answer = await ask('/healthz', undefined, { authorization: 'Bearer abc' })
    expect(answer.text).toMatch(/^Forbidden \(user=tok,/)
  })
})

describe('what is answered', () => {
  test('pods, metrics, and that something is missing', async () => {
    const admin = await user('admin')
    expect(JSON.parse((await ask('/pods', admin)).text)).toMatchObject({
      kind: 'PodList',
      items: [{ metadata: { name: 'web' } }],
    })
    const { text } = await ask('/metrics', admin)
    expect(text).toContain('kubelet_running_pods 1')
    expect(text).toContain('kubelet_running_containers{container_state="running"} 1')
    expect(await ask('/exec/default/web/web', admin)).toEqual({ status: 501, text: 'this node does not serve /exec\n' })
    expect((await ask('/nothing', admin)).status).toBe(404)
  })
})
