// Who asks.

import type { ApiRequest } from '../chain.ts'

export interface UserInfo {
  name: string
  uid?: string
  groups: string[]
  extra: Record<string, string[]>
}

/** undefined: carries no credentials of mine. Throws StatusError Unauthorized: carries bad ones. */
export type Authenticator = (request: ApiRequest) => Promise<UserInfo | undefined>
