// Nobody grants what they do not have: whoever writes a role, or binds one, must hold all its rules, or be allowed to
// `escalate` that role or to `bind` it.

import { forbidden, notFound } from '../../api/errors.ts'
import { type AnyRole, type Binding, type PolicyRule, rbacGroup } from '../../kinds/rbac/policy-rules.ts'
import type { UserInfo } from '../authn/authenticator.ts'
import type { Authorizer } from '../authz/authorizer.ts'
import type { RuleResolver } from '../authz/rbac.ts'
import { rulesOfRole } from '../authz/rbac-index.ts'
import { missingRules, printedRule, quotedList } from '../authz/rule-covering.ts'
import type { StorageContext } from '../context.ts'
import type { RequestInfo } from '../request-info.ts'
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts'

type Needs = Pick<StorageContext, 'cache'> & { authorizer: Authorizer; rulesFor: RuleResolver }

export function rbacEscalation(context: Needs): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: ({ operation, resource, user }) =>
      ['CREATE', 'UPDATE'].includes(operation) &&
      resource.group === rbacGroup &&
      !user.groups.includes('system:masters'),
    async validate(request) {
      if (request.resource.plural.endsWith('bindings')) await checkBinding(request, context)
      else await checkRole(request, context)
    },
  }
}

type Role = AnyRole & { aggregationRule?: unknown }

async function checkRole(request: AdmissionRequest, context: Needs): Promise<void> {
  const role = request.object as Role
  const old = request.oldObject as Role | undefined
  if (old && isSame(role.rules, old.rules) && isSame(role.aggregationRule, old.aggregationRule)) return
  const name = role.metadata.name ?? ''
  if (await isAllowed('escalate', request, request.resource.plural, name, context)) return
  if (role.aggregationRule && !isSame(role.aggregationRule, old?.aggregationRule)) {
    await refuseAggregation(request, name, context)
  }
  await refuseEscalation(request, name, role.rules ?? [], context)
}

async function checkBinding(request: AdmissionRequest, context: Needs): Promise<void> {
  const binding = request.object as Binding
  const old = request.oldObject as Binding | undefined
  if (old && isSame(binding.subjects, old.subjects) && isSame(binding.roleRef, old.roleRef)) return
  const { roleRef } = binding
  const plural = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles'
  if (await isAllowed('bind', request, plural, roleRef.name, context)) return
  const rules = rulesOfRole(context.cache, { ...binding, metadata: { namespace: request.namespace } })
  if (!rules) throw notFound({ group: rbacGroup, plural }, roleRef.name)
  await refuseEscalation(request, binding.metadata.name ?? '', rules, context)
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}

async function isAllowed(
  verb: string,
  { user, namespace }: AdmissionRequest,
  resource: string,
  name: string,
  { authorizer }: Needs,
): Promise<boolean> {
  const info: RequestInfo = {
    isResourceRequest: true,
    path: '',
    verb,
    apiGroup: rbacGroup,
    apiVersion: 'v1',
    namespace,
    resource,
    subresource: '',
    name,
    parts: [],
  }
  return (await authorizer(user, info)).decision === 'allow'
}

const everything: PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
]

async function refuseAggregation({ user, resource }: AdmissionRequest, name: string, context: Needs): Promise<void> {
  const { rules } = await context.rulesFor(user, '')
  if (missingRules(rules, everything).length === 0) return
  throw forbidden(resource, name, 'must have cluster-admin privileges to use an aggregationRule')
}

async function refuseEscalation(
  { user, resource, namespace }: AdmissionRequest,
  name: string,
  wanted: PolicyRule[],
  context: Needs,
): Promise<void> {
  const { rules, errors } = await context.rulesFor(user, namespace)
  const missing = missingRules(rules, wanted)
  if (missing.length > 0) throw forbidden(resource, name, escalation(user, missing, errors))
}

function escalation({ name, groups }: UserInfo, missing: PolicyRule[], errors: string[]): string {
  const who = `user ${JSON.stringify(name)} (groups=${quotedList(groups)})`
  const what = missing.map(printedRule).sort().join('\n')
  const unresolved = errors.length > 0 ? `; resolution errors: [${errors.join(', ')}]` : ''
  return `${who} is attempting to grant RBAC permissions not currently held:\n${what}${unresolved}`
}
