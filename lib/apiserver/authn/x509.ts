// Who a client certificate says it is: the CN is the user, every O a group. Proof that the client has the key was the
// TLS handshake; here only the certificate is judged, once per connection, and its dates on every request.

import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'
import { unauthorized } from '../../api/errors.ts'
import type { Clock } from '../../util/clock.ts'
import type { Authenticator, UserInfo } from './authenticator.ts'

/** X.509's client authentication, and any usage. */
const clientUsages = ['1.3.6.1.5.5.7.3.2', '2.5.29.37.0']
const maxChain = 8

type CertificateVerdict = { trusted: true } | { trusted: false; why: string }

interface Presented {
  certificate: X509Certificate
  verdict: CertificateVerdict
  notBeforeMs: number
  notAfterMs: number
}

/** Splits a PEM bundle. */
export function readBundle(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? []
  return blocks.map(block => new X509Certificate(block))
}

/** Is it signed, over whatever intermediates the client sent, by one of the roots, and made for clients? Not its dates. */
export function judgeCertificate(certificate: X509Certificate, roots: X509Certificate[]): CertificateVerdict {
  const usages = certificate.keyUsage as string[] | undefined
  if (usages && !usages.some(usage => clientUsages.includes(usage))) {
    return { trusted: false, why: 'certificate specifies an incompatible key usage' }
  }
  let link: X509Certificate | undefined = certificate
  for (let depth = 0; link && depth < maxChain; depth++) {
    const signed: X509Certificate = link
    if (roots.some(root => isIssued(signed, root))) return { trusted: true }
    const issuer: X509Certificate | undefined = signed.issuerCertificate
    link =
      issuer?.ca && issuer.fingerprint256 !== signed.fingerprint256 && isIssued(signed, issuer) ? issuer : undefined
  }
  return { trusted: false, why: 'certificate signed by unknown authority' }
}

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}

/** undefined when it names nobody. */
export function userOfCertificate(certificate: X509Certificate): UserInfo | undefined {
  // The parsed form, because the printed one escapes characters.
  const subject = certificate.toLegacyObject().subject as unknown as Record<string, string | string[] | undefined>
  const name = [subject.CN ?? []].flat().at(-1)
  if (!name) return undefined
  const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
  return {
    name,
    groups: [subject.O ?? []].flat(),
    extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprint}`] },
  }
}

/** The certificate a connection came with, judged against one set of roots, each connection once. */
export class PresentedCertificates {
  readonly #roots: X509Certificate[]
  readonly #clock: Clock
  readonly #bySocket = new WeakMap<object, { presented: Presented | undefined }>()

  constructor(roots: X509Certificate[], clock: Clock) {
    this.#roots = roots
    this.#clock = clock
  }

  /** undefined: none was shown. */
  of(socket: TLSSocket): { certificate: X509Certificate; verdict: CertificateVerdict } | undefined {
    let known = this.#bySocket.get(socket)
    if (!known) {
      known = { presented: this.#present(socket) }
      this.#bySocket.set(socket, known)
    }
    const { presented } = known
    return presented && { certificate: presented.certificate, verdict: this.#now(presented) }
  }

  #present(socket: TLSSocket): Presented | undefined {
    // An upgraded or tunnelled stream may be no TLS socket: then there is no certificate.
    const certificate = socket.getPeerX509Certificate?.()
    if (!certificate) return undefined
    return {
      certificate,
      verdict: judgeCertificate(certificate, this.#roots),
      notBeforeMs: certificate.validFromDate.getTime(),
      notAfterMs: certificate.validToDate.getTime(),
    }
  }

  #now({ verdict, notBeforeMs, notAfterMs }: Presented): CertificateVerdict {
    const now = this.#clock.now()
    if (now > notAfterMs) return { trusted: false, why: 'certificate has expired' }
    if (now < notBeforeMs) return { trusted: false, why: 'certificate is not yet valid' }
    return verdict
  }
}

/** Throws Unauthorized for a certificate that is expired, not yet valid, foreign, or made for something else. */
export function x509Authenticator(clientCa: string, clock: Clock): Authenticator {
  const certificates = new PresentedCertificates(readBundle(clientCa), clock)
  const users = new WeakMap<X509Certificate, UserInfo>()
  return async ({ socket }) => {
    const shown = certificates.of(socket)
    if (!shown) return undefined
    if (!shown.verdict.trusted) throw unauthorized()
    const user = users.get(shown.certificate) ?? userOfCertificate(shown.certificate)
    if (user) users.set(shown.certificate, user)
    return user
  }
}
