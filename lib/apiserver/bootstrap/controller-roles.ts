// What each controller may do: a ClusterRole system:controller:<name>, bound to the ServiceAccount <name> in
// kube-system.

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import { allow, events, read } from './rules.ts'

const batch = 'batch'
const dra = 'resource.k8s.io'
const networking = 'networking.k8s.io'
const storage = 'storage.k8s.io'
const oldApps = 'apps extensions'
const slices = 'discovery.k8s.io'
const certificates = 'certificates.k8s.io'

const revisions = allow(`${read} create delete update patch`, 'apps', 'controllerrevisions')
const ownPods = allow('create delete list patch watch', '', 'pods')

const signers = ['legacy-unknown', 'kubelet-serving', 'kube-apiserver-client', 'kube-apiserver-client-kubelet']

export const controllerRoles: Record<string, PolicyRule[]> = {
  'attachdetach-controller': [
    allow('list watch', '', 'persistentvolumes persistentvolumeclaims'),
    allow(read, '', 'nodes'),
    allow('patch update', '', 'nodes/status'),
    allow('list watch', '', 'pods'),
    events,
    allow(`create delete ${read}`, storage, 'volumeattachments'),
    allow(read, storage, 'csidrivers'),
    allow(read, storage, 'csinodes'),
  ],
  'certificate-controller': [
    allow(`delete ${read}`, certificates, 'certificatesigningrequests'),
    allow('update', certificates, 'certificatesigningrequests/status certificatesigningrequests/approval'),
    allow('approve', certificates, 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
    allow('sign', certificates, 'signers', signers.map(signer => `kubernetes.io/${signer}`).join(' ')),
    allow('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    events,
  ],
  'clusterrole-aggregation-controller': [
    allow(`escalate ${read} update patch`, 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'cronjob-controller': [
    allow(`${read} update`, batch, 'cronjobs'),
    allow(`${read} create update delete patch`, batch, 'jobs'),
    allow('update', batch, 'cronjobs/status'),
    allow('update', batch, 'cronjobs/finalizers'),
    allow('list watch delete', '', 'pods'),
    events,
  ],
  'daemon-set-controller': [
    allow(read, oldApps, 'daemonsets'),
    allow('update', oldApps, 'daemonsets/status'),
    allow('update', oldApps, 'daemonsets/finalizers'),
    allow('list watch', '', 'nodes'),
    ownPods,
    allow('create', '', 'pods/binding'),
    revisions,
    events,
  ],
  'deployment-controller': [
    allow(`${read} update`, oldApps, 'deployments'),
    allow('update', oldApps, 'deployments/status'),
    allow('update', oldApps, 'deployments/finalizers'),
    allow(`${read} create update patch delete`, oldApps, 'replicasets'),
    allow(`${read} update`, '', 'pods'),
    events,
  ],
  'device-taint-eviction-controller': [
    allow(`${read} delete`, '', 'pods'),
    allow('patch update', '', 'pods/status'),
    allow(read, dra, 'resourceclaims'),
    allow(read, dra, 'resourceslices'),
    allow(read, dra, 'deviceclasses'),
    events,
  ],
  'disruption-controller': [
    allow(read, oldApps, 'deployments'),
    allow(read, oldApps, 'replicasets'),
    allow(read, '', 'replicationcontrollers'),
    allow(read, 'policy', 'poddisruptionbudgets'),
    allow(read, 'apps', 'statefulsets'),
    allow('update', 'policy', 'poddisruptionbudgets/status'),
    allow('patch update', '', 'pods/status'),
    allow('get', '*', '*/scale'),
    events,
  ],
  'endpoint-controller': [
    allow(read, '', 'services pods'),
    allow(`${read} create update delete`, '', 'endpoints'),
    allow('create', '', 'endpoints/restricted'),
    events,
  ],
  'endpointslice-controller': [
    allow(read, '', 'services pods nodes'),
    allow('update', '', 'services/finalizers'),
    allow(`${read} create update delete`, slices, 'endpointslices'),
    events,
  ],
  'endpointslicemirroring-controller': [
    allow(read, '', 'services endpoints'),
    allow('update', '', 'services/finalizers'),
    allow('update', '', 'endpoints/finalizers'),
    allow(`${read} create update delete`, slices, 'endpointslices'),
    events,
  ],
  'ephemeral-volume-controller': [
    allow(read, '', 'pods'),
    allow('update', '', 'pods/finalizers'),
    allow(`${read} create`, '', 'persistentvolumeclaims'),
    events,
  ],
  'expand-controller': [
    allow(`${read} update patch`, '', 'persistentvolumes'),
    allow('update patch', '', 'persistentvolumeclaims/status'),
    allow(read, '', 'persistentvolumeclaims'),
    events,
  ],
  'generic-garbage-collector': [allow(`${read} patch update delete`, '*', '*'), events],
  'horizontal-pod-autoscaler': [
    allow(read, 'autoscaling', 'horizontalpodautoscalers'),
    allow('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    allow('get update', '*', '*/scale'),
    allow('list watch', '', 'pods'),
    allow('list watch', 'metrics.k8s.io', 'pods'),
    allow(read, 'custom.metrics.k8s.io', '*'),
    allow(read, 'external.metrics.k8s.io', '*'),
    events,
  ],
  'job-controller': [
    allow(`${read} update patch`, batch, 'jobs'),
    allow('update', batch, 'jobs/status'),
    allow('update', batch, 'jobs/finalizers'),
    ownPods,
    events,
  ],
  'legacy-service-account-token-cleaner': [
    allow('get', '', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
    allow('delete patch', '', 'secrets'),
  ],
  'namespace-controller': [
    allow(`${read} delete`, '', 'namespaces'),
    allow('update', '', 'namespaces/finalize namespaces/status'),
    allow(`${read} delete deletecollection`, '*', '*'),
  ],
  'node-controller': [
    allow(`${read} update delete patch`, '', 'nodes'),
    allow('patch update', '', 'nodes/status'),
    allow('patch update', '', 'pods/status'),
    allow(`${read} delete`, '', 'pods'),
    events,
  ],
  'persistent-volume-binder': [
    allow(`${read} update create delete`, '', 'persistentvolumes'),
    allow('update', '', 'persistentvolumes/status'),
    allow(`${read} update`, '', 'persistentvolumeclaims'),
    allow('update', '', 'persistentvolumeclaims/status'),
    allow(`${read} create delete`, '', 'pods'),
    allow(read, storage, 'storageclasses'),
    allow('list watch', '', 'nodes'),
    events,
    allow('watch', '', 'events'),
  ],
  'pod-garbage-collector': [
    allow('list watch delete', '', 'pods'),
    allow(read, '', 'nodes'),
    allow('patch', '', 'pods/status'),
  ],
  'pv-protection-controller': [allow(`${read} update`, '', 'persistentvolumes'), events],
  'pvc-protection-controller': [
    allow(`${read} update`, '', 'persistentvolumeclaims'),
    allow('update', '', 'persistentvolumeclaims/status'),
    allow(read, '', 'pods'),
    events,
  ],
  'replicaset-controller': [
    allow(`${read} update`, oldApps, 'replicasets'),
    allow('update', oldApps, 'replicasets/status'),
    allow('update', oldApps, 'replicasets/finalizers'),
    ownPods,
    events,
  ],
  'replication-controller': [
    allow(`${read} update`, '', 'replicationcontrollers'),
    allow('update', '', 'replicationcontrollers/status'),
    allow('update', '', 'replicationcontrollers/finalizers'),
    ownPods,
    events,
  ],
  'resource-claim-controller': [
    allow(read, '', 'pods'),
    allow('update', '', 'pods/finalizers'),
    allow(`${read} create delete`, dra, 'resourceclaims'),
    allow('patch update', dra, 'resourceclaims resourceclaims/status'),
    allow('patch update', '', 'pods/status'),
    events,
    allow('patch update', dra, 'resourceclaims/binding'),
  ],
  'resourcequota-controller': [allow('list watch', '*', '*'), allow('update', '', 'resourcequotas/status'), events],
  'root-ca-cert-publisher': [allow('create update', '', 'configmaps'), events],
  'route-controller': [allow('list watch', '', 'nodes'), allow('patch', '', 'nodes/status'), events],
  'selinux-warning-controller': [
    events,
    allow(read, '', 'persistentvolumes'),
    allow(read, '', 'persistentvolumeclaims'),
    allow(read, '', 'pods'),
    allow(read, storage, 'csidrivers'),
  ],
  'service-account-controller': [allow('create', '', 'serviceaccounts'), events],
  'service-cidrs-controller': [
    allow(`${read} patch update`, networking, 'servicecidrs'),
    allow('patch update', networking, 'servicecidrs/finalizers'),
    allow('patch update', networking, 'servicecidrs/status'),
    allow(read, networking, 'ipaddresses'),
    events,
  ],
  'service-controller': [
    allow(read, '', 'services'),
    allow('patch update', '', 'services/status'),
    allow('list watch', '', 'nodes'),
    events,
  ],
  'statefulset-controller': [
    allow('list watch', '', 'pods'),
    allow(read, 'apps', 'statefulsets'),
    allow('update', 'apps', 'statefulsets/status'),
    allow('update', 'apps', 'statefulsets/finalizers'),
    allow('create delete get patch update', '', 'pods'),
    revisions,
    allow(`${read} create`, '', 'persistentvolumeclaims'),
    allow('delete update', '', 'persistentvolumeclaims'),
    allow('update', '', 'pods/finalizers'),
    events,
  ],
  'ttl-after-finished-controller': [allow(`${read} delete`, batch, 'jobs'), events],
  'ttl-controller': [allow('list patch update watch', '', 'nodes'), events],
  'validatingadmissionpolicy-status-controller': [
    allow(read, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
    allow('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
    events,
  ],
  'volumeattributesclass-protection-controller': [
    allow(read, '', 'persistentvolumeclaims'),
    allow(read, '', 'persistentvolumes'),
    allow(`${read} update`, storage, 'volumeattributesclasses'),
    events,
  ],
}
