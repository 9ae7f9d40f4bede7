// Who approves or denies a certificate request must be allowed to, for its signer.

import type { CertificateSigningRequest } from '../../kinds/certificates/certificate-signing-request.ts'
import { goQuote } from '../../util/go-quote.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { isFor, refused } from './refusal.ts'
import { isAllowedForSigner } from './signer-authorization.ts'

export function certificateApproval({ authorizer }: { authorizer: Authorizer }): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: request =>
      request.operation === 'UPDATE' && isFor(request, 'certificates.k8s.io', 'certificatesigningrequests', 'approval'),
    async validate(request) {
      const { signerName } = (request.oldObject as CertificateSigningRequest).spec
      if (await isAllowedForSigner(authorizer, request.user, 'approve', signerName)) return
      throw refused(request, `user not permitted to approve requests with signerName ${goQuote(signerName)}`)
    },
  }
}
