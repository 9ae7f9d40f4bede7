// Who has the default roles.

import type { Subject } from '../../kinds/rbac/policy-rules.ts'
import { rbacGroup } from '../../kinds/rbac/policy-rules.ts'
import { controllerRoles } from './controller-roles.ts'

export interface BindingSpec {
  /** Absent: a ClusterRoleBinding. */
  namespace?: string
  name: string
  /** A ClusterRole for a ClusterRoleBinding, else a Role. Defaults to the binding's name. */
  role?: string
  subjects: Subject[]
  /** false: none of upstream's API server, but of the tool that sets clusters up; a user may take it away. */
  isDefault?: boolean
}

const user = (name: string): Subject => ({ apiGroup: rbacGroup, kind: 'User', name })
const group = (name: string): Subject => ({ apiGroup: rbacGroup, kind: 'Group', name })
const account = (name: string): Subject => ({ kind: 'ServiceAccount', name, namespace: 'kube-system' })

const controllerManager = user('system:kube-controller-manager')
const scheduler = user('system:kube-scheduler')

export const clusterRoleBindings: BindingSpec[] = [
  { name: 'cluster-admin', subjects: [group('system:masters')] },
  { name: 'system:monitoring', subjects: [group('system:monitoring')] },
  { name: 'system:discovery', subjects: [group('system:authenticated')] },
  { name: 'system:basic-user', subjects: [group('system:authenticated')] },
  {
    name: 'system:public-info-viewer',
    subjects: [group('system:authenticated'), group('system:unauthenticated')],
  },
  { name: 'system:node-proxier', subjects: [user('system:kube-proxy')] },
  { name: 'system:kube-controller-manager', subjects: [controllerManager] },
  { name: 'system:kube-dns', subjects: [account('kube-dns')] },
  { name: 'system:kube-scheduler', subjects: [scheduler] },
  { name: 'system:volume-scheduler', subjects: [scheduler] },
  // Nodes are allowed by the Node authorizer; the binding stands for tools that look for it.
  { name: 'system:node', subjects: [] },
  { name: 'system:service-account-issuer-discovery', subjects: [group('system:serviceaccounts')] },
  ...Object.keys(controllerRoles).map(name => ({ name: `system:controller:${name}`, subjects: [account(name)] })),
  {
    name: 'kubeadm:cluster-admins',
    role: 'cluster-admin',
    subjects: [group('kubeadm:cluster-admins')],
    isDefault: false,
  },
]

export const namespaceRoleBindings: BindingSpec[] = [
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    subjects: [account('bootstrap-signer')],
  },
  {
    namespace: 'kube-system',
    name: 'system::extension-apiserver-authentication-reader',
    role: 'extension-apiserver-authentication-reader',
    subjects: [controllerManager, scheduler],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-controller-manager',
    subjects: [controllerManager, account('kube-controller-manager'), account('leader-election-controller')],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-scheduler',
    subjects: [scheduler, account('kube-scheduler')],
  },
  ...['bootstrap-signer', 'cloud-provider', 'token-cleaner'].map(name => ({
    namespace: 'kube-system',
    name: `system:controller:${name}`,
    subjects: [account(name)],
  })),
]
