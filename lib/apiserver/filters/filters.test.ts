import { describe, expect, test } from '@jest/globals'
import { StatusError } from '../../api/errors.ts'
import { FakeClock } from '../../util/clock.ts'
import { silentLogger } from '../../util/log.ts'
import type { ApiRequest, ApiResponse } from '../chain.ts'
import type { Metrics } from '../metrics.ts'
import { requestInfo } from '../request-info.ts'
import { refusal } from './authorization.ts'
import { mapErrors } from './errors.ts'
import { maxInFlight } from './max-in-flight.ts'
import { withTimeout } from './timeout.ts'
import { warningHeaders, withWarnings } from './warnings.ts'

const jane = { name: 'jane', groups: [], extra: {} }

const request = (method: string, url: string, rest: Partial<ApiRequest> = {}) => {
  const [path = '', query = ''] = url.split('?')
  const params = new URLSearchParams(query)
  return {
    query: params,
    headers: {},
    info: requestInfo(method, path, params),
    user: jane,
    warnings: [],
    ...rest,
  } as ApiRequest
}

test.each([
  [
    'GET',
    '/api/v1/namespaces/default/pods',
    'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "default"',
  ],
  [
    'GET',
    '/api/v1/nodes',
    'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
  ],
  [
    'PATCH',
    '/apis/apps/v1/namespaces/a/deployments/web/scale',
    'deployments.apps "web" is forbidden: User "jane" cannot patch resource "deployments/scale" in API group "apps" in the namespace "a"',
  ],
  ['GET', '/metrics', 'forbidden: User "jane" cannot get path "/metrics"'],
])('%s %s is refused in these words', (method, url, expected) => {
  expect(refusal(jane, request(method, url).info).message).toBe(expected)
})

describe('mapErrors', () => {
  const answer = (thrown: unknown) =>
    mapErrors(silentLogger)(() => Promise.reject(thrown))(request('GET', '/api/v1/pods'))

  test('a StatusError is its Status, with Retry-After where it says when', async () => {
    const response = await answer(new StatusError(429, 'TooManyRequests', 'slow down', { retryAfterSeconds: 7 }))
    expect(response).toMatchObject({ status: 429, headers: { 'retry-after': '7' } })
  })

  test('a person at a terminal gets it indented', async () => {
    const refused = mapErrors(silentLogger)(() => Promise.reject(new StatusError(404, 'NotFound', 'no')))
    const body = async (agent: string) =>
      `${(await refused(request('GET', '/x', { headers: { 'user-agent': agent } }))).body}`
    expect(await body('curl/8')).toMatch(/^{\n {2}"kind": "Status",\n/)
    expect(await body('kubectl/1')).toMatch(/^{"kind":"Status",/)
  })

  test('anything else is an internal error', async () => {
    const response = await answer(new Error('oops'))
    expect(JSON.parse(`${response.body}`)).toMatchObject({
      code: 500,
      reason: 'InternalError',
      message: 'Internal error occurred: oops',
    })
  })
})

describe('maxInFlight', () => {
  const metrics = { inFlight: () => {} } as unknown as Metrics
  const open = () => ({ done: new Promise<number>(() => {}) })
  const ok = async () => ({ status: 200 })

  test('refuses what is too much, reading and writing apart, watches and masters never', async () => {
    const handler = maxInFlight({ readOnly: 1, mutating: 1 }, metrics)(ok)
    await handler(request('GET', '/api/v1/pods', open()))
    expect(await handler(request('GET', '/api/v1/pods', open()))).toMatchObject({
      status: 429,
      headers: { 'retry-after': '1', 'content-type': 'text/plain; charset=utf-8' },
      body: 'Too many requests, please try again later.\n',
    })
    await handler(request('POST', '/api/v1/pods', open()))
    expect(await handler(request('DELETE', '/api/v1/pods', open()))).toMatchObject({ status: 429 })
    const ok200 = { status: 200 }
    expect(await handler(request('GET', '/api/v1/pods?watch=true', open()))).toEqual(ok200)
    expect(await handler(request('GET', '/api/v1/namespaces/a/pods/b/log', open()))).toEqual(ok200)
    expect(await handler(request('GET', '/api/v1/namespaces/a/pods/b/proxy/x', open()))).toEqual(ok200)
    expect(await handler(request('POST', '/api/v1/namespaces/a/pods/b/exec', open()))).toEqual(ok200)
    await handler(request('GET', '/api/v1/pods', { ...open(), user: { ...jane, groups: ['system:masters'] } }))
  })

  test('what is done makes room', async () => {
    const handler = maxInFlight({ readOnly: 1, mutating: 1 }, metrics)(ok)
    const done = Promise.resolve(200)
    await handler(request('GET', '/api/v1/pods', { done }))
    await done
    expect(await handler(request('GET', '/api/v1/pods', open()))).toEqual({ status: 200 })
  })
})

describe('withTimeout', () => {
  const never = () => new Promise<never>(() => {})

  test.each([
    ['/api/v1/pods', 60_000],
    ['/api/v1/pods?timeout=2s', 2000],
    ['/api/v1/pods?timeout=5m', 60_000],
    ['/api/v1/pods?timeout=0', 60_000],
    ['/api/v1/pods?timeout=-5s', 60_000],
  ])('%s has %d ms', async (url, limitMs) => {
    const clock = new FakeClock()
    let late: unknown
    let reason: Error | undefined
    const cancel = (given: Error) => {
      reason = given
    }
    withTimeout({ timeoutMs: 60_000, clock })(never)(request('GET', url, { cancel })).catch(error => {
      late = error
    })
    await clock.advance(limitMs - 1)
    expect(late).toBeUndefined()
    await clock.advance(1)
    expect(late).toMatchObject({
      code: 504,
      message: 'Timeout: request did not complete within the allotted timeout',
    })
    expect(reason?.name).toBe('AbortError')
  })

  test.each([
    ['abc', 'time: invalid duration "abc"'],
    ['5', 'time: missing unit in duration "5"'],
  ])('?timeout=%s is refused', (timeout, why) => {
    const ask = () =>
      withTimeout({ timeoutMs: 1, clock: new FakeClock() })(never)(request('GET', `/x?timeout=${timeout}`))
    expect(ask).toThrow(`invalid timeout specified in the request URL - ${why}`)
  })

  test.each<[string, ApiResponse['body'], number]>([
    ['a large answer', Buffer.alloc(100_000), 1],
    ['a stream', (async function* () {})(), 1],
    ['a small answer', Buffer.alloc(1000), 0],
    ['a text', 'ok', 0],
  ])('%s has as long again to be read', async (_, body, timers) => {
    const clock = new FakeClock()
    const sent = Promise.withResolvers<number>()
    const cancelled: Error[] = []
    const given = { cancel: (reason: Error) => void cancelled.push(reason), done: sent.promise }
    const filter = withTimeout({ timeoutMs: 1000, clock })
    await filter(async () => ({ status: 200, body: body ?? '' }))(request('GET', '/api/v1/pods', given))
    expect(clock.sleeping).toBe(timers)
    await clock.advance(1000)
    expect(cancelled.map(({ name }) => name)).toEqual(Array(timers).fill('Error'))
    await filter(async () => ({ status: 200, body: body ?? '' }))(request('GET', '/api/v1/pods', given))
    sent.resolve(200)
    await clock.advance(0)
    await clock.advance(1000)
    expect(cancelled.length).toBe(timers)
    expect(clock.sleeping).toBe(0)
  })

  test('a watch has all the time it wants', async () => {
    const clock = new FakeClock()
    void withTimeout({ timeoutMs: 10, clock })(never)(request('GET', '/api/v1/pods?watch=true'))
    expect(clock.sleeping).toBe(0)
  })
})

describe('warnings', () => {
  test('each once, quoted, without what a header cannot carry', () => {
    expect(warningHeaders(['a "b"', 'a "b"', 'two\nlines', ''])).toEqual(['299 - "a \\"b\\""', '299 - "two lines"'])
  })

  test('not more than 4 KiB', () => {
    const headers = warningHeaders(Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(300)}`))
    expect(headers.length).toBe(16)
    expect(headers[0]?.length).toBeLessThan(270)
  })

  test('no header without a text', async () => {
    expect(await withWarnings(async () => ({ status: 200 }))(request('GET', '/'))).toEqual({ status: 200 })
  })
})
