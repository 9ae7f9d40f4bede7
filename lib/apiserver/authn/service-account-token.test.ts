import { generateKeyPairSync } from 'node:crypto'
import { beforeEach, expect, test } from '@jest/globals'
import type { KubeObject } from '../../api/meta.ts'
import { FakeClock, rfc3339 } from '../../util/clock.ts'
import { silentLogger } from '../../util/log.ts'
import type { StorageContext } from '../context.ts'
import { ServiceAccountTokens } from './service-account-token.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signingKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const verifyingKey = publicKey.export({ type: 'spki', format: 'pem' }).toString()

let clock: FakeClock
let objects: Map<string, KubeObject>
let tokens: ServiceAccountTokens

const put = (key: string, uid: string, more: object = {}) => {
  const metadata = { name: key.split('/').at(-1) ?? '', uid, ...more }
  objects.set(key, { apiVersion: 'v1', kind: 'Any', metadata })
}

beforeEach(() => {
  clock = new FakeClock()
  objects = new Map()
  put('serviceaccounts/default/robot', 'sa-1')
  put('pods/default/web', 'pod-1')
  const get = (key: string) => {
    const object = objects.get(key)
    return object && { object }
  }
  const serviceAccount = { issuer: 'https://issuer', audiences: [], signingKey, keys: [verifyingKey] }
  const context = { cache: { get }, store: { get }, clock, log: silentLogger, config: { serviceAccount } }
  tokens = new ServiceAccountTokens(context as unknown as StorageContext)
})

const issue = async (pod = true, audiences = ['https://issuer']) => {
  const bound = {
    namespace: 'default',
    serviceaccount: { name: 'robot', uid: 'sa-1' },
    ...(pod ? { pod: { name: 'web', uid: 'pod-1' } } : {}),
  }
  return (await tokens.issue({ audiences, expires: clock.now() / 1000 + 600, bound })).token
}

test('a token names its account and pod', async () => {
  expect(await tokens.authenticate(await issue())).toMatchObject({
    ok: true,
    audiences: ['https://issuer'],
    user: {
      name: 'system:serviceaccount:default:robot',
      uid: 'sa-1',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default'],
      extra: { 'authentication.kubernetes.io/pod-name': ['web'], 'authentication.kubernetes.io/pod-uid': ['pod-1'] },
    },
  })
})

const deleted = (secondsAgo: number) => ({ deletionTimestamp: rfc3339(Date.UTC(2026, 0, 1) - secondsAgo * 1000) })

test.each<[string, () => unknown, boolean]>([
  ['nothing', () => undefined, true],
  ['ten minutes', () => clock.advance(600_000), true],
  ['the leeway after that', () => clock.advance(661_000), false],
  ['the account is gone', () => objects.delete('serviceaccounts/default/robot'), false],
  ['the account is another of the same name', () => put('serviceaccounts/default/robot', 'sa-2'), false],
  ['the pod is gone', () => objects.delete('pods/default/web'), false],
  ['the pod is another of the same name', () => put('pods/default/web', 'pod-2'), false],
  ['the pod is going', () => put('pods/default/web', 'pod-1', deleted(30)), true],
  ['the pod should long be gone', () => put('pods/default/web', 'pod-1', deleted(90)), false],
])('after %s', async (_, happens, isGood) => {
  const token = await issue()
  expect((await tokens.authenticate(token))?.ok).toBe(true)
  await happens()
  expect((await tokens.authenticate(token))?.ok).toBe(isGood)
})

test('a token for others is good for them alone', async () => {
  const token = await issue(false, ['vault', 'bank'])
  expect(await tokens.authenticate(token)).toMatchObject({ ok: false })
  expect(await tokens.authenticate(token, ['bank', 'shop'])).toMatchObject({ ok: true, audiences: ['bank'] })
})

test('a changed token is bad, and what is no token of ours is nobody’s', async () => {
  const token = await issue()
  const [head = '', body = '', signature = ''] = token.split('.')
  const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), exp: 9_999_999_999 }
  const changed = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.')
  expect(await tokens.authenticate(changed)).toMatchObject({ ok: false })
  const foreign = [head, Buffer.from(JSON.stringify({ ...claims, iss: 'x' })).toString('base64url'), signature].join(
    '.',
  )
  expect(await tokens.authenticate(foreign)).toBeUndefined()
  expect(await tokens.authenticate('rubbish')).toBeUndefined()
  expect(await tokens.authenticate(['rubbish', body, signature].join('.'))).toBeUndefined()
})

test('the public keys are published, and not the private ones', () => {
  const [key] = tokens.jwks().keys
  expect(key).toMatchObject({ use: 'sig', alg: 'RS256', kty: 'RSA' })
  expect(key).not.toHaveProperty('d')
})
