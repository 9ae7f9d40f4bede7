// The Roles of kube-system and kube-public.

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import { allow, events, read } from './rules.ts'

export interface NamespaceRole {
  namespace: string
  name: string
  rules: PolicyRule[]
}

const leaderLocking = [
  allow(`create update ${read}`, 'coordination.k8s.io', 'leases'),
  allow(`create update ${read}`, 'coordination.k8s.io', 'leasecandidates'),
]

export const namespaceRoles: NamespaceRole[] = [
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    rules: [allow(read, '', 'configmaps'), allow('update', '', 'configmaps', 'cluster-info'), events],
  },
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: [allow(read, '', 'configmaps', 'extension-apiserver-authentication')],
  },
  { namespace: 'kube-system', name: 'system::leader-locking-kube-controller-manager', rules: leaderLocking },
  { namespace: 'kube-system', name: 'system::leader-locking-kube-scheduler', rules: leaderLocking },
  { namespace: 'kube-system', name: 'system:controller:bootstrap-signer', rules: [allow(read, '', 'secrets')] },
  {
    namespace: 'kube-system',
    name: 'system:controller:cloud-provider',
    rules: [allow(`create ${read}`, '', 'configmaps')],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:token-cleaner',
    rules: [allow(`delete ${read}`, '', 'secrets'), events],
  },
]
