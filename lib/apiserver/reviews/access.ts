// May somebody do something: the three access reviews differ only in who is asked about.

import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import type { FieldRequirement } from '../../api/selectors.ts'
import type { AccessQuestion } from '../../kinds/authorization/access-attributes.ts'
import type { UserInfo } from '../authn/authenticator.ts'
import { type RequestInfo, readFieldSelector } from '../request-info.ts'
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

function infoOf({ resourceAttributes, nonResourceAttributes }: AccessQuestion): RequestInfo {
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
    ...(fieldSelector.length > 0 ? { fieldSelector } : {}),
  }
}

function fieldSelectorOf(attributes: AccessQuestion['resourceAttributes']): FieldRequirement[] {
  const { rawSelector, requirements = [] } = attributes?.fieldSelector ?? {}
  if (rawSelector) return readFieldSelector(rawSelector)
  const equal = requirements.filter(({ operator, values }) => operator === 'In' && values?.length === 1)
  return equal.map(({ key, values }) => ({ path: key, operator: '=', value: values?.[0] ?? '' }))
}
