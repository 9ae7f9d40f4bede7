// Who puts a certificate into a request, or says that it failed, must be allowed to sign for its signer.

import type { CertificateSigningRequest } from '../../kinds/certificates/certificate-signing-request.ts'
import { goQuote } from '../../util/go-quote.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { isFor, refused } from './refusal.ts'
import { isAllowedForSigner } from './signer-authorization.ts'

export function certificateSigning({ authorizer }: { authorizer: Authorizer }): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    handles: request =>
      request.operation === 'UPDATE' && isFor(request, 'certificates.k8s.io', 'certificatesigningrequests', 'status'),
    async validate(request) {
      const old = request.oldObject as CertificateSigningRequest
      const { status } = request.object as CertificateSigningRequest
      if (jsonEqual(status ?? {}, old.status ?? {})) return
      const { signerName } = old.spec
      if (await isAllowedForSigner(authorizer, request.user, 'sign', signerName)) return
      throw refused(request, `user not permitted to sign requests with signerName ${goQuote(signerName)}`)
    },
  }
}
