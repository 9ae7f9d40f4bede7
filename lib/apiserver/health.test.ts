import { expect, test } from '@jest/globals'
import { type HealthCheck, healthAnswer } from './health.ts'

const fine: HealthCheck = { name: 'ping', on: ['livez', 'readyz'], check: () => undefined }
const broken: HealthCheck = { name: 'etcd', on: ['readyz'], check: () => Promise.reject(new Error('no route')) }

const ask = async (path: 'livez' | 'readyz', query = '', only?: string) => {
  const answer = await healthAnswer([fine, broken], path, new URLSearchParams(query), only)
  return answer && [answer.status, answer.body]
}

test.each<[Parameters<typeof ask>, [number, string] | undefined]>([
  [['livez'], [200, 'ok']],
  [
    ['livez', 'verbose'],
    [200, '[+]ping ok\nlivez check passed\n'],
  ],
  [['readyz'], [500, '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed\n']],
  [
    ['readyz', 'exclude=etcd'],
    [200, 'ok'],
  ],
  [
    ['readyz', 'exclude=etcd&verbose'],
    [200, '[+]ping ok\n[+]etcd excluded: ok\nreadyz check passed\n'],
  ],
  [
    ['readyz', '', 'ping'],
    [200, 'ok'],
  ],
  [
    ['readyz', '', 'etcd'],
    [500, 'internal server error: no route\n'],
  ],
  [['livez', '', 'etcd'], undefined],
])('%p', async (question, expected) => {
  expect(await ask(...question)).toEqual(expected)
})
