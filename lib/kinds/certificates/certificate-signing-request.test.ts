import { expect, test } from '@jest/globals'
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { createdAt, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { createCa } from '../../pki/issue.ts'
import { readCertificateRequest } from './certificate-request.ts'
import { type CertificateSigningRequest, certificateSigningRequests } from './certificate-signing-request.ts'

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64')

type KeyKind = { name: 'ECDSA'; namedCurve: string } | { name: 'Ed25519' } | webcrypto.RsaHashedKeyGenParams
async function requestPem(algorithm: KeyKind, subject = 'CN=jane,O=devs'): Promise<string> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair
  const signingAlgorithm = algorithm.name === 'ECDSA' ? { ...algorithm, hash: 'SHA-256' } : algorithm
  const request = await Pkcs10CertificateRequestGenerator.create({ name: subject, keys, signingAlgorithm }, webcrypto)
  return request.toString('pem')
}

const ec = { name: 'ECDSA', namedCurve: 'P-256' } as const
const pem = await requestPem(ec)

test.each<[string, KeyKind]>([
  ['ECDSA', ec],
  ['Ed25519', { name: 'Ed25519' }],
  [
    'RSA',
    { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  ],
])('a request signed with %s is read', async (_, algorithm) => {
  expect(readCertificateRequest(await requestPem(algorithm)).organizations).toEqual(['devs'])
})

function changed(text: string): string {
  const bytes = Buffer.from(text.replace(/-----[^-]*-----/g, ''), 'base64')
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  return `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
}

const csrOf = (spec: object, status: object = {}) =>
  objectOf(certificateSigningRequests, {
    spec: { request: base64(pem), signerName: 'example.com/mine', usages: ['client auth'], ...spec },
    status,
  }) as unknown as CertificateSigningRequest

test.each<[string, object, string[]]>([
  ['a minimal one', {}, []],
  [
    'no PEM',
    { request: base64('hello') },
    ['spec.request: Invalid value: "aGVsbG8=": PEM block type must be CERTIFICATE REQUEST'],
  ],
  [
    'another signature',
    { request: base64(changed(pem)) },
    [`spec.request: Invalid value: "${base64(changed(pem))}": x509: ECDSA verification failure`],
  ],
  ['no usages', { usages: [] }, ['spec.usages: Required value']],
  ['the same usage twice', { usages: ['any', 'any'] }, ['spec.usages[1]: Duplicate value: "any"']],
  ['no signer', { signerName: '' }, ['spec.signerName: Required value']],
  [
    'a signer without path',
    { signerName: 'mine' },
    [
      'spec.signerName: Invalid value: "mine": must be a fully qualified domain and path of the form \'example.com/signer-name\'',
    ],
  ],
  [
    'a signer without domain',
    { signerName: 'example/mine' },
    ['spec.signerName: Invalid value: "example": should be a domain with at least two segments separated by dots'],
  ],
  [
    'the signer of old',
    { signerName: 'kubernetes.io/legacy-unknown' },
    [
      'spec.signerName: Invalid value: "kubernetes.io/legacy-unknown": the legacy signerName is not allowed via this API version',
    ],
  ],
  [
    'a moment only',
    { expirationSeconds: 599 },
    ['spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 600 seconds (10 minutes)'],
  ],
])('%s', (_, spec, expected) => {
  expect(texts(certificateSigningRequests.strategy?.validate?.(csrOf(spec)))).toEqual(expected)
})

const by = { user: { name: 'jane', uid: '7', groups: ['devs'], extra: { a: ['b'] } }, nowMs: Date.parse(createdAt) }

test('who asks is written down, whatever the request says', () => {
  const csr = csrOf({ username: 'mallory', groups: ['system:masters'] })
  certificateSigningRequests.strategy?.stamp?.(csr, by)
  expect(csr.spec).toMatchObject({ username: 'jane', uid: '7', groups: ['devs'], extra: { a: ['b'] } })
})

const approved = { type: 'Approved', status: 'True', lastUpdateTime: createdAt, lastTransitionTime: createdAt }
const certificate = base64((await createCa({ commonName: 'test' })).cert)

test('approving changes conditions only, and says when', () => {
  const { approval } = certificateSigningRequests.subresources ?? {}
  const old = csrOf({})
  const next = csrOf(
    { signerName: 'example.com/other' },
    { certificate, conditions: [{ type: 'Approved', status: 'True' }] },
  )
  approval?.prepareForUpdate?.(next, old)
  approval?.stamp?.(next, old, by)
  expect([next.spec.signerName, next.status]).toEqual(['example.com/mine', { conditions: [approved] }])
  expect(texts(approval?.validateUpdate?.(next, old))).toEqual([])
})

const update = (view: 'approval' | 'status', status: object, old: object) =>
  texts(certificateSigningRequests.subresources?.[view]?.validateUpdate?.(csrOf({}, status), csrOf({}, old)))
const denied = { ...approved, type: 'Denied' }

test.each<[string, 'approval' | 'status', object, object, string[]]>([
  ['a certificate', 'status', { certificate }, {}, []],
  [
    'another certificate',
    'status',
    { certificate },
    { certificate: base64('-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n') },
    ['status.certificate: Forbidden: updates may not modify existing certificate content'],
  ],
  [
    'no certificate at all',
    'status',
    { certificate: base64('hello') },
    {},
    ['status.certificate: Invalid value: "<certificate data>": must contain at least one CERTIFICATE PEM block'],
  ],
  [
    'approval by the signer',
    'status',
    { conditions: [approved] },
    {},
    ['status.conditions: Forbidden: updates may not add a condition of type "Approved"'],
  ],
  [
    'both',
    'approval',
    { conditions: [approved, denied] },
    { conditions: [approved] },
    ['status.conditions: Invalid value: "Denied": Approved and Denied conditions are mutually exclusive'],
  ],
  [
    'neither any more',
    'approval',
    { conditions: [] },
    { conditions: [denied] },
    ['status.conditions: Forbidden: updates may not remove a condition of type "Denied"'],
  ],
  [
    'not approved',
    'approval',
    { conditions: [{ ...approved, status: 'False' }] },
    {},
    ['status.conditions[0].status: Unsupported value: "False": supported values: "True"'],
  ],
])('%s', (_, view, status, old, expected) => expect(update(view, status, old)).toEqual(expected))
