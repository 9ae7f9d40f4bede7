// May this user do this.

import type { UserInfo } from '../authn/authenticator.ts'
import type { RequestInfo } from '../request-info.ts'

export interface Verdict {
  decision: 'allow' | 'deny' | 'no-opinion'
  reason?: string
}

export type Authorizer = (user: UserInfo, info: RequestInfo) => Promise<Verdict>
