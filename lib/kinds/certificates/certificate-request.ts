// A PKCS #10 certificate signing request: who asks, with which key, signed with that very key. Nothing but the signature
// and the subject is looked at. Texts are those of Go's crypto/x509.

import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import {
  bitStringTag,
  childrenOf,
  type DerElement,
  objectIdentifier,
  objectIdentifierTag,
  readElement,
  sequenceTag,
} from './der.ts'
import { pemBlocks } from './pem.ts'

export interface CertificateRequest {
  organizations: string[]
  /** What is signed. */
  body: Uint8Array
  algorithm: string
  signature: Uint8Array
  publicKey: KeyObject
}

interface Algorithm {
  keyType: 'rsa' | 'ec' | 'ed25519'
  hash: string | undefined
  isPss?: true
}

const algorithms: Record<string, Algorithm> = {
  '1.2.840.113549.1.1.5': { keyType: 'rsa', hash: 'sha1' },
  '1.2.840.113549.1.1.11': { keyType: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', hash: 'sha512' },
  '1.2.840.113549.1.1.10': { keyType: 'rsa', hash: 'sha256', isPss: true },
  '1.2.840.10045.4.1': { keyType: 'ec', hash: 'sha1' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', hash: 'sha512' },
  '1.3.101.112': { keyType: 'ed25519', hash: undefined },
}

/** Throws what is wrong with the text or with its signature. */
export function readCertificateRequest(pem: string): CertificateRequest {
  const [block] = pemBlocks(pem)
  if (block?.type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST')
  const request = parse(block.bytes)
  checkSignature(request)
  return request
}

function parse(bytes: Uint8Array): CertificateRequest {
  const outer = expectTag(readElement(bytes), sequenceTag, 'certificateRequest')
  if (outer.bytes.length < bytes.length) throw new Error('asn1: syntax error: trailing data')
  const [body, algorithm, signature] = childrenOf(outer)
  if (!body || !algorithm || !signature) throw new Error('asn1: syntax error: sequence truncated')
  const [, subject, publicKeyInfo] = childrenOf(expectTag(body, sequenceTag, 'tbsCertificateRequest'))
  if (!subject || !publicKeyInfo) throw new Error('asn1: syntax error: sequence truncated')
  const [identifier] = childrenOf(expectTag(algorithm, sequenceTag, 'AlgorithmIdentifier'))
  return {
    organizations: organizationsOf(subject),
    body: body.bytes,
    algorithm: identifier ? objectIdentifier(expectTag(identifier, objectIdentifierTag, 'OBJECT IDENTIFIER')) : '',
    // The first octet of a bit string counts its unused bits.
    signature: expectTag(signature, bitStringTag, 'BIT STRING').content.subarray(1),
    publicKey: readPublicKey(publicKeyInfo.bytes),
  }
}

function expectTag(element: DerElement, tag: number, name: string): DerElement {
  if (element.tag === tag) return element
  const given = `{class:${element.tag >> 6} tag:${element.tag & 0x1f} length:${element.content.length} isCompound:${(element.tag & 0x20) !== 0}}`
  throw new Error(`asn1: structure error: tags don't match (${tag & 0x1f} vs ${given}) ${name}`)
}

function readPublicKey(spki: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  } catch (cause) {
    throw new Error('x509: unsupported or malformed public key', { cause })
  }
}

const organizationOid = '2.5.4.10'

/** A name is a sequence of sets of pairs of type and value. */
function organizationsOf(name: DerElement): string[] {
  const pairs = childrenOf(name).flatMap(set => childrenOf(set).map(childrenOf))
  return pairs.flatMap(([type, value]) =>
    type && value && objectIdentifier(type) === organizationOid ? [Buffer.from(value.content).toString('utf8')] : [],
  )
}

const goKeyTypes: Record<string, string> = {
  rsa: '*rsa.PublicKey',
  ec: '*ecdsa.PublicKey',
  ed25519: 'ed25519.PublicKey',
}
const algorithmNames = { rsa: 'RSA', ec: 'ECDSA', ed25519: 'Ed25519' }
const failures = {
  rsa: 'crypto/rsa: verification error',
  ec: 'x509: ECDSA verification failure',
  ed25519: 'x509: Ed25519 verification failure',
}

function checkSignature({ algorithm: oid, publicKey, body, signature }: CertificateRequest): void {
  const algorithm = algorithms[oid]
  if (!algorithm) throw new Error('x509: cannot verify signature: algorithm unimplemented')
  const type = publicKey.asymmetricKeyType ?? ''
  if (type !== algorithm.keyType) {
    const specified = `signature algorithm specifies an ${algorithmNames[algorithm.keyType]} public key`
    throw new Error(`x509: ${specified}, but have public key of type ${goKeyTypes[type] ?? type}`)
  }
  const padding = algorithm.isPss ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {}
  if (!verify(algorithm.hash, body, { key: publicKey, ...padding }, signature)) throw new Error(failures[type])
}
