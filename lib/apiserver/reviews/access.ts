// May somebody do something: the three access reviews differ only in who is asked about.

import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import type { AccessQuestion } from '../../kinds/authorization/access-attributes.ts'
import type { UserInfo } from '../authn/authenticator.ts'
import type { RequestInfo } from '../request-info.ts'
import type { Review } from './review.ts'

interface AccessReview extends KubeObject {
  spec: AccessQuestion & {
    user?: string
    uid?: string
    groups?: string[]
    extra?: Record<string, string[]>
  }
  status?: { allowed: boolean; denied?: boolean; reason?: string }
}

/** `self`: about the one who asks. */
export function accessReview<T extends KubeObject>(
  resource: ResourceDefinition<T>,
  { self }: { self: boolean },
): Review {
  return {
    resource: resource as unknown as ResourceDefinition,
    async review(object, request, { authorizer }) {
      const review = object as AccessReview
      const user = self ? request.user : userOf(review.spec)
      const { decision, reason } = await authorizer(user, infoOf(review.spec))
      review.status = {
        allowed: decision === 'allow',
        ...(decision === 'deny' ? { denied: true } : {}),
        ...(reason ? { reason } : {}),
      }
      return review
    },
  }
}

function userOf({ user = '', uid, groups = [], extra = {} }: AccessReview['spec']): UserInfo {
  return { name: user, ...(uid ? { uid } : {}), groups, extra }
}

export function infoOf({ resourceAttributes, nonResourceAttributes }: AccessQuestion): RequestInfo {
  const fieldSelector = fieldSelectorOf(resourceAttributes)
  return {
    isResourceRequest: resourceAttributes !== undefined,
    path: nonResourceAttributes?.path ?? '',
    verb: resourceAttributes?.verb ?? nonResourceAttributes?.verb ?? '',
    apiGroup: resourceAttributes?.group ?? '',
    apiVersion: resourceAttributes?.version ?? '',
    namespace: resourceAttributes?.namespace ?? '',
    resource: resourceAttributes?.resource ?? '',
    subresource: resourceAttributes?.subresource ?? '',
    name: resourceAttributes?.name ?? '',
    parts: [],
    ...(fieldSelector ? { fieldSelector } : {}),
  }
}

function fieldSelectorOf(attributes: AccessQuestion['resourceAttributes']): string | undefined {
  const { rawSelector, requirements } = attributes?.fieldSelector ?? {}
  if (rawSelector) return rawSelector
  const equal = requirements?.filter(({ operator, values }) => operator === 'In' && values?.length === 1)
  return equal?.map(({ key, values }) => `${key}=${values?.[0]}`).join(',')
}
