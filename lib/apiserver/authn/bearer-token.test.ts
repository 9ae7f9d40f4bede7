import { expect, test } from '@jest/globals'
import { bearerToken, dropBearerToken } from './bearer-token.ts'

const carried = `base64url.bearer.authorization.k8s.io.${Buffer.from('secret').toString('base64url')}`

test.each([
  [{ authorization: 'Bearer secret' }, 'secret', {}],
  [
    { 'sec-websocket-protocol': `v5.channel.k8s.io, ${carried}` },
    'secret',
    { 'sec-websocket-protocol': 'v5.channel.k8s.io' },
  ],
  [{ 'sec-websocket-protocol': carried }, 'secret', {}],
  [{ 'sec-websocket-protocol': 'v5.channel.k8s.io' }, undefined, { 'sec-websocket-protocol': 'v5.channel.k8s.io' }],
  [{ authorization: 'Basic secret' }, undefined, {}],
])('the token of %j, and what is left without it', (given, token, left) => {
  const headers = { ...given }
  expect(bearerToken(headers)).toBe(token)
  dropBearerToken(headers)
  expect(headers).toEqual(left)
})
