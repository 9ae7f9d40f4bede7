import { expect, test } from '@jest/globals'
import { unauthorized } from '../../api/errors.ts'
import type { ApiRequest } from '../chain.ts'
import { anonymousAuthenticator } from './anonymous.ts'
import type { Authenticator, UserInfo } from './authenticator.ts'
import { bearerToken } from './bearer-token.ts'
import { unionOf } from './union.ts'

const jane: UserInfo = { name: 'jane', groups: ['dev'], extra: {} }
const knows: Authenticator = async () => jane
const ignores: Authenticator = async () => undefined
const refuses: Authenticator = async () => {
  throw unauthorized()
}

test.each<[string, Authenticator[], string, string | undefined]>([
  ['the first who knows', [ignores, knows], '/api', 'jane'],
  ['good credentials beside bad ones', [refuses, knows], '/api', 'jane'],
  ['bad ones alone', [refuses, ignores], '/version', 'refused'],
  ['none, for health', [ignores], '/healthz', 'system:anonymous'],
  ['none, for a check below health', [ignores], '/healthz/etcd', undefined],
  ['none, for anything else', [ignores], '/api', undefined],
])('%s', async (_, authenticators, path, expected) => {
  const authenticate = unionOf(authenticators, anonymousAuthenticator)
  const user = await authenticate({ path } as ApiRequest).catch(() => ({ name: 'refused' }))
  expect(user?.name).toBe(expected)
})

test('who proved who they are is authenticated', async () => {
  expect((await unionOf([knows])({} as ApiRequest))?.groups).toEqual(['dev', 'system:authenticated'])
})

test.each<[Record<string, string>, string | undefined]>([
  [{ authorization: 'Bearer abc' }, 'abc'],
  [{ authorization: 'bearer  abc' }, 'abc'],
  [{ authorization: 'Bearer' }, undefined],
  [{ authorization: 'Basic abc' }, undefined],
  [{ 'sec-websocket-protocol': 'v4.channel.k8s.io, base64url.bearer.authorization.k8s.io.YWJj' }, 'abc'],
  [{}, undefined],
])('the token in %j', (headers, token) => {
  expect(bearerToken(headers)).toBe(token)
})
