import { expect, test } from '@jest/globals'
import type { ApiRequest } from './chain.ts'
import { createMetrics } from './metrics.ts'
import { requestInfo } from './request-info.ts'

const request = (method: string, url: string) => {
  const [path = '', query = ''] = url.split('?')
  const params = new URLSearchParams(query)
  return { info: requestInfo(method, path, params), query: params } as ApiRequest
}

async function series(requests: [string, string][]): Promise<string[]> {
  const metrics = createMetrics(({ resource }) => resource === 'pods')
  for (const [method, url] of requests) metrics.requestDone(request(method, url), 200, 1)
  const { values } = await (metrics.registry.getSingleMetric('apiserver_request_total')?.get() ?? { values: [] })
  return values.map(({ labels }) => `${labels.verb} ${labels.resource}${labels.subresource} ${labels.dry_run}`)
}

test('a request is counted under upstream’s names', async () => {
  const path = '/api/v1/namespaces/default/pods'
  expect(
    await series([
      ['GET', path],
      ['POST', `${path}?dryRun=All`],
      ['PUT', `${path}/a/status`],
      ['GET', '/healthz/etcd'],
    ]),
  ).toEqual(['LIST pods ', 'POST pods All', 'PUT podsstatus ', 'GET /healthz '])
})

test('what strangers make up is one series', async () => {
  const made = Array.from({ length: 20 }, (_, i): [string, string] => [`M${i}`, `/apis/g${i}/v1/r${i}/a/s?dryRun=${i}`])
  expect(await series([...made, ['constructor', '/apis/g/v1/r/a/s']])).toHaveLength(1)
  expect(
    await series([
      ['toString', '/x'],
      ['brew', '/y'],
    ]),
  ).toEqual(['other  '])
})
