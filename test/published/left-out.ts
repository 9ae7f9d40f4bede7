// In what we differ from Kubernetes 1.36 as published, each with its reason. Nothing else may.

/** Group versions that upstream serves only when asked to: its default has no alpha and no beta. */
export const offByDefault = [
  'admissionregistration.k8s.io/v1alpha1',
  'admissionregistration.k8s.io/v1beta1',
  'certificates.k8s.io/v1alpha1',
  'certificates.k8s.io/v1beta1',
  'coordination.k8s.io/v1alpha2',
  'coordination.k8s.io/v1beta1',
  'internal.apiserver.k8s.io/v1alpha1',
  'networking.k8s.io/v1beta1',
  'resource.k8s.io/v1alpha3',
  'resource.k8s.io/v1beta1',
  'resource.k8s.io/v1beta2',
  'scheduling.k8s.io/v1alpha2',
  'storage.k8s.io/v1beta1',
  'storagemigration.k8s.io/v1beta1',
]

/** Upstream stores these in an older version, so that servers of the release before can read them; we need not. */
export const storedNewer = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'CustomResourceDefinition']

/** Paths that we do not have. */
export const pathsLeftOut = [
  // The log files of the server's machine: deprecated upstream (--enable-logs-handler).
  '/logs/',
  '/logs/{logpath}',
  // Later: how others verify ServiceAccount tokens.
  '/.well-known/openid-configuration/',
  '/openid/v1/jwks/',
]

/** The documents of those paths. */
export const documentsLeftOut = ['logs', '.well-known/openid-configuration', 'openid/v1/jwks']

/** We answer JSON and YAML. Protobuf is taken but never sent; CBOR is alpha. */
export const mediaLeftOut = [
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/cbor',
  'application/cbor-seq',
  'application/apply-patch+cbor',
]
