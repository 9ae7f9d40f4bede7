// Role-based access control: allowed is what a rule of a role that is bound to the user, or to a group of theirs, says.

import type { PolicyRule, Subject } from '../../kinds/rbac/policy-rules.ts'
import type { UserInfo } from '../authn/authenticator.ts'
import type { Authorizer } from './authorizer.ts'
import type { Grant, RbacIndex } from './rbac-index.ts'
import { rulesAllow } from './rule-matching.ts'

export interface ResolvedRules {
  rules: PolicyRule[]
  /** Bindings whose role does not exist. */
  errors: string[]
}

export type RuleResolver = (user: UserInfo, namespace: string) => Promise<ResolvedRules>

export function rbacAuthorizer(index: RbacIndex): Authorizer {
  return async (user, info) => {
    await index.loaded
    const errors: string[] = []
    for (const grant of index.granted(user, info.namespace)) {
      if (!grant.rules) errors.push(missingRole(grant))
      else if (rulesAllow(grant.rules, info))
        return { decision: 'allow', reason: `RBAC: allowed by ${described(grant)}` }
    }
    return errors.length === 0
      ? { decision: 'no-opinion' }
      : { decision: 'no-opinion', reason: `RBAC: ${aggregated(errors)}` }
  }
}

/** Everything the user may do in the namespace ('' for the whole cluster). */
export function rbacRules(index: RbacIndex): RuleResolver {
  return async (user, namespace) => {
    await index.loaded
    const rules: PolicyRule[] = []
    const errors: string[] = []
    for (const grant of index.granted(user, namespace)) {
      if (grant.rules) rules.push(...grant.rules)
      else errors.push(missingRole(grant))
    }
    return { rules, errors: [...new Set(errors)] }
  }
}

export function missingRole({ binding: { roleRef } }: Pick<Grant, 'binding'>): string {
  return `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`
}

/** As upstream prints several errors as one. */
export function aggregated(errors: string[]): string {
  const unique = [...new Set(errors)]
  return unique.length === 1 ? (unique[0] ?? '') : `[${unique.join(', ')}]`
}

function described({ binding, subject }: Grant): string {
  const { name = '', namespace } = binding.metadata
  const kind = namespace ? 'RoleBinding' : 'ClusterRoleBinding'
  const of = `${binding.roleRef.kind} ${JSON.stringify(binding.roleRef.name)}`
  const fullName = namespace ? `${name}/${namespace}` : name
  return `${kind} ${JSON.stringify(fullName)} of ${of} to ${describedSubject(subject, namespace)}`
}

function describedSubject({ kind, name, namespace }: Subject, bindingNamespace = ''): string {
  const fullName = kind === 'ServiceAccount' ? `${name}/${namespace || bindingNamespace}` : name
  return `${kind} ${JSON.stringify(fullName)}`
}
