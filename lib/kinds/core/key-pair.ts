// Whether a certificate and a private key belong together, in the words of Go's crypto/tls.

import { createPrivateKey, X509Certificate } from 'node:crypto'

/** undefined when all is well. Both are PEM; other blocks before them are passed over. */
export function keyPairProblem(certificate: string, key: string): string | undefined {
  const cert = findBlock(certificate, type => type === 'CERTIFICATE')
  if ('skipped' in cert) return missing('certificate', '"CERTIFICATE"', cert.skipped)
  const secret = findBlock(key, type => type === 'PRIVATE KEY' || type.endsWith(' PRIVATE KEY'))
  if ('skipped' in secret) return missing('key', 'PEM block with type ending in "PRIVATE KEY"', secret.skipped)
  return mismatch(cert.block, secret.block)
}

const blocks = /-----BEGIN ([^-]+)-----[\s\S]*?-----END \1-----/g

function findBlock(pem: string, isMeant: (type: string) => boolean): { block: string } | { skipped: string[] } {
  const found = [...pem.matchAll(blocks)]
  const right = found.find(([, type = '']) => isMeant(type))
  return right ? { block: right[0] } : { skipped: found.map(([, type = '']) => type) }
}

function missing(what: 'certificate' | 'key', wanted: string, skipped: string[]): string {
  const input = `in ${what} input`
  const [only] = skipped
  if (only === undefined) return `tls: failed to find any PEM data ${input}`
  if (what === 'certificate' && skipped.length === 1 && only.endsWith('PRIVATE KEY')) {
    return 'tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched'
  }
  if (what === 'key' && skipped.length === 1 && only === 'CERTIFICATE') {
    return 'tls: found a certificate rather than a key in the PEM for the private key'
  }
  const block = what === 'certificate' ? `${wanted} PEM block` : wanted
  return `tls: failed to find ${block} ${input} after skipping PEM blocks of the following types: [${skipped.join(' ')}]`
}

function mismatch(certificate: string, key: string): string | undefined {
  let cert: X509Certificate
  try {
    cert = new X509Certificate(certificate)
  } catch {
    return 'x509: malformed certificate'
  }
  try {
    const secret = createPrivateKey(key)
    if (secret.asymmetricKeyType !== cert.publicKey.asymmetricKeyType) {
      return 'tls: private key type does not match public key type'
    }
    return cert.checkPrivateKey(secret) ? undefined : 'tls: private key does not match public key'
  } catch {
    return 'tls: failed to parse private key'
  }
}
