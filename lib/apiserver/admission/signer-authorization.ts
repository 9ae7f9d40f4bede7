// May a user approve or sign for a signer? Asked as a right on the resource `signers`, by the signer's name or for all
// of its domain.

import type { UserInfo } from '../authn/authenticator.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { RequestInfo } from '../request-info.ts'

export async function isAllowedForSigner(
  authorizer: Authorizer,
  user: UserInfo,
  verb: 'approve' | 'sign',
  signerName: string,
): Promise<boolean> {
  const [domain] = signerName.split('/')
  for (const name of [signerName, `${domain}/*`]) {
    if ((await authorizer(user, signerInfo(verb, name))).decision === 'allow') return true
  }
  return false
}

function signerInfo(verb: string, name: string): RequestInfo {
  return {
    isResourceRequest: true,
    path: '',
    verb,
    apiGroup: 'certificates.k8s.io',
    apiVersion: '*',
    namespace: '',
    resource: 'signers',
    subresource: '',
    name,
    parts: [],
  }
}
