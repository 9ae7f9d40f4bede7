// Nobody asks for a client certificate of the group that may do everything.

import { readCertificateRequest } from '../../kinds/certificates/certificate-request.ts'
import type { CertificateSigningRequest } from '../../kinds/certificates/certificate-signing-request.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { isFor, refused } from './refusal.ts'

const clientSigner = 'kubernetes.io/kube-apiserver-client'
const mastersGroup = 'system:masters'

export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: request =>
    request.operation === 'CREATE' && isFor(request, 'certificates.k8s.io', 'certificatesigningrequests'),
  validate(request) {
    const { signerName, request: pem } = (request.object as CertificateSigningRequest).spec
    if (signerName !== clientSigner) return
    // Validation has read it already: it can be read.
    const { organizations } = readCertificateRequest(Buffer.from(pem, 'base64').toString('latin1'))
    if (!organizations.includes(mastersGroup)) return
    throw refused(request, `use of ${clientSigner} signer with ${mastersGroup} group is not allowed`)
  },
}
