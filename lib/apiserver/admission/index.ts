// The order of admission: mutating steps from top to bottom, then validating ones.

import { serviceAllocation } from '../allocators/service-allocation.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { RuleResolver } from '../authz/rbac.ts'
import type { StorageContext } from '../context.ts'
import { certificateApproval } from './certificate-approval.ts'
import { certificateSigning } from './certificate-signing.ts'
import { certificateSubjectRestriction } from './certificate-subject-restriction.ts'
import { defaultTolerationSeconds } from './default-toleration-seconds.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { priority } from './priority.ts'
import { rbacEscalation } from './rbac-escalation.ts'
import { serviceAccount } from './service-account.ts'
import { taintNodesByCondition } from './taint-nodes-by-condition.ts'

export interface AdmissionContext extends StorageContext {
  authorizer: Authorizer
  rulesFor: RuleResolver
}

export function admissionPlugins(context: AdmissionContext): AdmissionPlugin[] {
  return [
    namespaceLifecycle(context),
    serviceAccount(context),
    nodeRestriction(context),
    taintNodesByCondition,
    priority(context),
    defaultTolerationSeconds,
    certificateApproval(context),
    certificateSigning(context),
    certificateSubjectRestriction,
    rbacEscalation(context),
    // Last of those that change objects: what is reserved depends on what all others made of the Service.
    serviceAllocation(context),
  ]
}
