// The ClusterRole system:node: what nodes may do, before the Node authorizer narrows it to what their pods need.

import type { PolicyRule } from '../../kinds/rbac/policy-rules.ts'
import { allow, read } from './rules.ts'

export const nodeRules: PolicyRule[] = [
  allow('create', 'authentication.k8s.io', 'tokenreviews'),
  allow('create', 'authorization.k8s.io', 'subjectaccessreviews localsubjectaccessreviews'),
  allow(read, '', 'services'),
  allow(`create ${read}`, '', 'nodes'),
  allow('update patch', '', 'nodes/status'),
  allow('update patch', '', 'nodes'),
  allow('create update patch', '', 'events'),
  allow(read, '', 'pods'),
  allow('create delete', '', 'pods'),
  allow('update patch', '', 'pods/status'),
  allow('create', '', 'pods/eviction'),
  allow(read, '', 'secrets configmaps'),
  allow('get', '', 'persistentvolumeclaims persistentvolumes'),
  allow('get', '', 'endpoints'),
  allow(`create ${read}`, 'certificates.k8s.io', 'certificatesigningrequests'),
  allow('get create update patch delete', 'coordination.k8s.io', 'leases'),
  allow('get', 'storage.k8s.io', 'volumeattachments'),
  allow('create', '', 'serviceaccounts/token'),
  allow('get update patch', '', 'persistentvolumeclaims/status'),
  allow(read, 'storage.k8s.io', 'csidrivers'),
  allow('get create update patch delete', 'storage.k8s.io', 'csinodes'),
  allow(read, 'node.k8s.io', 'runtimeclasses'),
  allow('get', 'resource.k8s.io', 'resourceclaims'),
  allow('deletecollection', 'resource.k8s.io', 'resourceslices'),
  allow(`${read} create update patch delete`, 'resource.k8s.io', 'resourceslices'),
]
