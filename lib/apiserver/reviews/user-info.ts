// A user as the authentication reviews show them.

import type { V1UserInfo } from '@kubernetes/client-node'
import type { Json } from '../../api/meta.ts'
import type { UserInfo } from '../authn/authenticator.ts'

export function userInfoOf({ name, uid, groups, extra }: UserInfo): Json<V1UserInfo> {
  return {
    username: name,
    ...(uid ? { uid } : {}),
    groups,
    ...(Object.keys(extra).length > 0 ? { extra } : {}),
  }
}
