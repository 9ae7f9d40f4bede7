import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { beforeAll, expect, test } from '@jest/globals'
import { createCa, issue, type KeyPair } from '../../pki/issue.ts'
import { FakeClock } from '../../util/clock.ts'
import type { ApiRequest } from '../chain.ts'
import { userOfCertificate, x509Authenticator } from './x509.ts'

const dayMs = 24 * 3600_000
let ca: KeyPair
let other: KeyPair
beforeAll(async () => {
  ;[ca, other] = await Promise.all([createCa({ commonName: 'a' }), createCa({ commonName: 'a' })])
})

const over = (cert: string | undefined) =>
  ({
    socket: { getPeerX509Certificate: () => cert && new X509Certificate(cert) } as unknown as TLSSocket,
  }) as ApiRequest

test('the common name is the user, every organization a group', async () => {
  const { cert } = await issue(ca, { commonName: 'jane, x <y>', organizations: ['dev', 'a=b'], usages: ['client'] })
  expect(userOfCertificate(new X509Certificate(cert))).toEqual({
    name: 'jane, x <y>',
    groups: ['dev', 'a=b'],
    extra: { 'authentication.kubernetes.io/credential-id': [expect.stringMatching(/^X509SHA256=[0-9a-f]{64}$/)] },
  })
})

test('no certificate is no bad one', async () => {
  const authenticate = x509Authenticator(ca.cert, new FakeClock(Date.now()))
  expect(await authenticate(over(undefined))).toBeUndefined()
})

test('a certificate of either CA of a bundle is good until it expires, on a connection that stays open', async () => {
  const clock = new FakeClock(Date.now())
  const authenticate = x509Authenticator(`${other.cert}\n${ca.cert}`, clock)
  const { cert } = await issue(ca, { commonName: 'jane', usages: ['client'], days: 1 })
  const request = over(cert)
  expect((await authenticate(request))?.name).toBe('jane')
  await clock.advance(dayMs + 1000)
  await expect(authenticate(request)).rejects.toMatchObject({ code: 401 })
})

test.each<[string, () => Promise<KeyPair>]>([
  ['expired', () => issue(ca, { commonName: 'jane', usages: ['client'], days: -1 })],
  [
    'not yet valid',
    () => issue(ca, { commonName: 'jane', usages: ['client'], notBefore: new Date(Date.now() + dayMs / 2) }),
  ],
  ['of another CA with the same name', () => issue(other, { commonName: 'jane', usages: ['client'] })],
  ['a server’s', () => issue(ca, { commonName: 'jane', usages: ['server'] })],
])('%s: refused', async (_, make) => {
  const authenticate = x509Authenticator(ca.cert, new FakeClock(Date.now()))
  await expect(authenticate(over((await make()).cert))).rejects.toMatchObject({ code: 401, reason: 'Unauthorized' })
})
