// Making certificates: a CA, and what it signs. Keys are EC P-256. Loading this file costs a tenth of a second, so
// whoever may find everything in place imports it only when something must be made.

import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

type CryptoKey = webcrypto.CryptoKey

x509.cryptoProvider.set(webcrypto)

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 24 * 3600 * 1000

/** A certificate and its private key (PKCS #8), both PEM. */
export interface KeyPair {
  cert: string
  key: string
}

export interface CertificateRequest {
  commonName: string
  /** Groups, for a client. */
  organizations?: string[]
  dnsNames?: string[]
  ips?: string[]
  usages: ('server' | 'client')[]
  /** Defaults to 365. Negative: already expired, for tests. */
  days?: number
  /** Defaults to five minutes ago, for clocks that differ. */
  notBefore?: Date
}

const usageOid = { server: x509.ExtendedKeyUsage.serverAuth, client: x509.ExtendedKeyUsage.clientAuth }

/** A self-signed CA, good for ten years. */
export async function createCa({ commonName, days = 3650 }: { commonName: string; days?: number }): Promise<KeyPair> {
  const keys = await newKeys()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [commonName] }],
    notBefore: new Date(Date.now() - 300_000),
    notAfter: new Date(Date.now() + days * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: commonName }]),
    ],
  })
  return { cert: pem(certificate), key: await privatePem(keys.privateKey) }
}

/** A new key pair and a certificate for it, signed by `ca`. */
export async function issue(ca: KeyPair, request: CertificateRequest): Promise<KeyPair> {
  const keys = await newKeys()
  const issuer = new x509.X509Certificate(ca.cert)
  const notBefore = request.notBefore ?? new Date(Date.now() - 300_000)
  const notAfter = new Date(Date.now() + (request.days ?? 365) * dayMs)
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: subjectOf(request),
    issuer: issuer.subjectName.toJSON(),
    notBefore: notBefore < notAfter ? notBefore : new Date(notAfter.getTime() - dayMs),
    notAfter,
    signingKey: await importKey(ca.key),
    publicKey: keys.publicKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension(request.usages.map(usage => usageOid[usage])),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...alternativeNames(request),
    ],
  })
  return { cert: pem(certificate), key: await privatePem(keys.privateKey) }
}

function subjectOf({ commonName, organizations = [] }: CertificateRequest): x509.Name {
  // As a typed value it is taken as it is; a plain text would be parsed, quotes and all.
  const exactly = (text: string) => [{ utf8String: text }]
  return new x509.Name([...organizations.map(group => ({ O: exactly(group) })), { CN: exactly(commonName) }])
}

function alternativeNames({ dnsNames = [], ips = [] }: CertificateRequest): x509.Extension[] {
  const names = [
    ...dnsNames.map(value => ({ type: 'dns' as const, value })),
    ...ips.map(value => ({ type: 'ip' as const, value })),
  ]
  return names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
}

/** Positive, as RFC 5280 asks: the first bit is 0. */
function serial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x01
  return bytes.toString('hex')
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`
}

async function privatePem(key: CryptoKey): Promise<string> {
  const bytes = await webcrypto.subtle.exportKey('pkcs8', key)
  return `${x509.PemConverter.encode(bytes, 'PRIVATE KEY')}\n`
}

function importKey(keyPem: string): Promise<CryptoKey> {
  const [bytes] = x509.PemConverter.decode(keyPem)
  if (!bytes) throw new Error('the CA key is not PEM')
  return webcrypto.subtle.importKey('pkcs8', bytes, algorithm, false, ['sign'])
}
