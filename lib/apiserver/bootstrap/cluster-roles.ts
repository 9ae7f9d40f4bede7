// The ClusterRoles every cluster has, of those who are no controllers. See the Kubernetes page "Using RBAC
// Authorization", default roles.

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import { nodeRules } from './node-rules.ts'
import { allow, allowUrls, events, read, readWrite, write } from './rules.ts'

export interface RoleSpec {
  labels?: Record<string, string>
  /** Its rules are those of the roles labelled `rbac.authorization.k8s.io/aggregate-to-<this>: "true"`. */
  aggregates?: string
  rules?: PolicyRule[]
}

export const aggregateTo = (role: string) => `rbac.authorization.k8s.io/aggregate-to-${role}`
const partOf = (role: string) => ({ [aggregateTo(role)]: 'true' })

const authn = 'authentication.k8s.io'
const authz = 'authorization.k8s.io'
const certificates = 'certificates.k8s.io'
const leases = 'coordination.k8s.io'
const dra = 'resource.k8s.io'
const networking = 'networking.k8s.io'
const storage = 'storage.k8s.io'

const delegation = [allow('create', authn, 'tokenreviews'), allow('create', authz, 'subjectaccessreviews')]
const health = '/healthz /livez /readyz /version /version/'

const adminRules = [
  allow('create', authz, 'localsubjectaccessreviews'),
  allow(readWrite, 'rbac.authorization.k8s.io', 'roles rolebindings'),
]

const workloads = 'daemonsets deployments deployments/scale replicasets replicasets/scale'

const editRules = [
  allow(read, '', 'pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy'),
  allow('impersonate', '', 'serviceaccounts'),
  allow(write, '', 'pods pods/attach pods/proxy pods/exec pods/portforward'),
  allow('create', '', 'pods/eviction'),
  allow(
    write,
    '',
    `configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets
     serviceaccounts services services/proxy`,
  ),
  allow('create', '', 'serviceaccounts/token'),
  allow(write, 'apps', `${workloads} deployments/rollback statefulsets statefulsets/scale`),
  allow(write, 'autoscaling', 'horizontalpodautoscalers'),
  allow(write, 'batch', 'jobs cronjobs'),
  allow(
    write,
    'extensions',
    `${workloads} deployments/rollback ingresses networkpolicies replicationcontrollers/scale`,
  ),
  allow(write, 'policy', 'poddisruptionbudgets'),
  allow(write, networking, 'networkpolicies ingresses'),
  allow(readWrite, leases, 'leases'),
  allow(write, dra, 'resourceclaims resourceclaimtemplates'),
]

const workloadStatus = 'daemonsets/status deployments/status replicasets/status'

const viewRules = [
  allow(
    read,
    '',
    `configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers
     replicationcontrollers/scale serviceaccounts services services/status`,
  ),
  allow(
    read,
    '',
    `bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas
     resourcequotas/status`,
  ),
  allow(read, '', 'namespaces'),
  allow(read, 'discovery.k8s.io', 'endpointslices'),
  allow(
    read,
    'apps',
    `controllerrevisions ${workloads} ${workloadStatus} statefulsets statefulsets/scale statefulsets/status`,
  ),
  allow(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  allow(read, 'batch', 'jobs jobs/status cronjobs cronjobs/status'),
  allow(
    read,
    'extensions',
    `${workloads} ${workloadStatus} ingresses ingresses/status networkpolicies replicationcontrollers/scale`,
  ),
  allow(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  allow(read, networking, 'networkpolicies ingresses ingresses/status'),
  allow(read, dra, 'resourceclaims resourceclaims/status resourceclaimtemplates'),
]

const schedulerRules = [
  events,
  allow('create', leases, 'leases'),
  allow('get update', leases, 'leases', 'kube-scheduler'),
  allow(read, '', 'nodes'),
  allow(`delete ${read}`, '', 'pods'),
  allow('create', '', 'bindings pods/binding'),
  allow('patch update', '', 'pods/status'),
  allow(read, '', 'replicationcontrollers services'),
  allow(read, 'apps extensions', 'replicasets'),
  allow(read, 'apps', 'statefulsets'),
  allow(read, 'policy', 'poddisruptionbudgets'),
  allow(read, '', 'persistentvolumeclaims persistentvolumes'),
  ...delegation,
  allow(read, storage, 'csinodes'),
  allow(read, '', 'namespaces'),
  allow(read, storage, 'csidrivers'),
  allow(read, storage, 'csistoragecapacities'),
  allow(read, storage, 'volumeattachments'),
  allow(read, dra, 'deviceclasses'),
  allow(`${read} patch update`, dra, 'resourceclaims'),
  allow('patch update', dra, 'resourceclaims/status'),
  allow('patch update', dra, 'resourceclaims/binding'),
  allow('update', '', 'pods/finalizers'),
  allow(read, dra, 'resourceslices'),
]

const controllerManagerRules = [
  events,
  allow('create', leases, 'leases'),
  allow('get update', leases, 'leases', 'kube-controller-manager'),
  allow('create', '', 'secrets serviceaccounts'),
  allow('delete', '', 'secrets'),
  allow('get', '', 'configmaps namespaces secrets serviceaccounts'),
  allow('update', '', 'secrets serviceaccounts'),
  ...delegation,
  allow('list watch', '*', '*'),
  allow('create', '', 'serviceaccounts/token'),
]

const approver = (signer: string) => ({ rules: [allow('approve', certificates, 'signers', `kubernetes.io/${signer}`)] })

export const clusterRoles: Record<string, RoleSpec> = {
  'cluster-admin': { rules: [allow('*', '*', '*'), allowUrls('*', '*')] },
  admin: { aggregates: 'admin' },
  edit: { aggregates: 'edit', labels: partOf('admin') },
  view: { aggregates: 'view', labels: partOf('edit') },
  'system:aggregate-to-admin': { labels: partOf('admin'), rules: adminRules },
  'system:aggregate-to-edit': { labels: partOf('edit'), rules: editRules },
  'system:aggregate-to-view': { labels: partOf('view'), rules: viewRules },
  'system:discovery': { rules: [allowUrls('get', `${health} /openapi /openapi/* /api /api/* /apis /apis/*`)] },
  'system:public-info-viewer': { rules: [allowUrls('get', health)] },
  'system:basic-user': {
    rules: [
      allow('create', authz, 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      allow('create', authn, 'selfsubjectreviews'),
    ],
  },
  'system:monitoring': {
    rules: [allowUrls('get', '/metrics /metrics/slis /livez /livez/* /readyz /readyz/* /healthz /healthz/*')],
  },
  'system:auth-delegator': { rules: delegation },
  'system:heapster': {
    rules: [allow(read, '', 'events pods nodes namespaces'), allow(read, 'extensions', 'deployments')],
  },
  'system:node': { rules: nodeRules },
  'system:node-problem-detector': { rules: [allow('get', '', 'nodes'), allow('patch', '', 'nodes/status'), events] },
  'system:kubelet-api-admin': {
    rules: [
      allow(read, '', 'nodes'),
      allow('proxy', '', 'nodes'),
      allow('*', '', 'nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/stats'),
    ],
  },
  'system:node-bootstrapper': { rules: [allow(`create ${read}`, certificates, 'certificatesigningrequests')] },
  'system:node-proxier': {
    rules: [
      allow('list watch', '', 'services endpoints'),
      allow(read, '', 'nodes'),
      events,
      allow('list watch', 'discovery.k8s.io', 'endpointslices'),
      allow('list watch', networking, 'servicecidrs'),
    ],
  },
  'system:kube-aggregator': { rules: [allow(read, '', 'services endpoints')] },
  'system:kube-controller-manager': { rules: controllerManagerRules },
  'system:kube-dns': { rules: [allow('list watch', '', 'endpoints services')] },
  'system:kube-scheduler': { rules: schedulerRules },
  'system:persistent-volume-provisioner': {
    rules: [
      allow(`create delete ${read}`, '', 'persistentvolumes'),
      allow(`update ${read}`, '', 'persistentvolumeclaims'),
      allow(read, storage, 'storageclasses'),
      allow('watch', '', 'events'),
      events,
    ],
  },
  'system:volume-scheduler': {
    rules: [
      allow(`${read} patch update`, '', 'persistentvolumes'),
      allow(read, storage, 'storageclasses'),
      allow(`${read} patch update`, '', 'persistentvolumeclaims'),
    ],
  },
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': {
    rules: [allow('create', certificates, 'certificatesigningrequests/nodeclient')],
  },
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': {
    rules: [allow('create', certificates, 'certificatesigningrequests/selfnodeclient')],
  },
  'system:certificates.k8s.io:legacy-unknown-approver': approver('legacy-unknown'),
  'system:certificates.k8s.io:kubelet-serving-approver': approver('kubelet-serving'),
  'system:certificates.k8s.io:kube-apiserver-client-approver': approver('kube-apiserver-client'),
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': approver('kube-apiserver-client-kubelet'),
  'system:service-account-issuer-discovery': {
    rules: [allowUrls('get', '/.well-known/openid-configuration /openid/v1/jwks')],
  },
}
