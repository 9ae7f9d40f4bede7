// What only the published description tells: how a field begins that says nothing, and which fields of an object exclude
// each other. Nothing here changes what the server does; defaults that do stand with the kinds.

const fields = (text: string): string[] =>
  text
    .trim()
    .split(/\s+/)
    .flatMap(word => {
      const [model = '', names = ''] = word.split('.')
      return names.split(',').map(name => `${model}.${name}`)
    })

/** Required, and yet without a default: Go has pointers there. */
const without = fields(`
  V1CertificateSigningRequestSpec.request V1ContainerRestartRule.action V1ContainerRestartRuleOnExitCodes.operator
  V1DaemonSetSpec.selector V1DeploymentSpec.selector V1HTTPIngressPath.pathType V1IPAddressSpec.parentRef
  V1ImageVolumeStatus.imageRef V1MutatingWebhook.sideEffects V1ParentReference.name,resource
  V1PodCertificateProjection.keyType,signerName V1ReplicaSetSpec.selector
  V1ScaleIOPersistentVolumeSource.secretRef V1ScaleIOVolumeSource.secretRef V1StatefulSetSpec.selector
  V1TokenReviewSpec.token V1ValidatingAdmissionPolicyBindingSpec.policyName V1ValidatingWebhook.sideEffects
  V1alpha1ServerStorageVersion.apiServerID,encodingVersion V1alpha1StorageVersionCondition.message
  V1alpha2LeaseCandidateSpec.strategy V1alpha3PoolStatus.driver,poolName V1alpha3ResourcePoolStatusRequest.status
  V1alpha3ResourcePoolStatusRequestStatus.poolCount V1beta1IPAddressSpec.parentRef
  V1beta1LeaseCandidateSpec.strategy V1beta1ParentReference.name,resource
  V1beta1PodCertificateRequestSpec.stubPKCS10Request
`)

const empty = fields(`
  CoreV1Event.source EventsV1Event.deprecatedSource,regarding V1APIGroup.preferredVersion
  V1AllocationResult.devices V1Container.resources V1ContainerStatus.lastState,state
  V1CustomResourceDefinitionStatus.acceptedNames V1DaemonSetSpec.updateStrategy V1DeploymentSpec.strategy
  V1Endpoint.conditions V1EphemeralContainer.resources V1IngressServiceBackend.port V1IngressStatus.loadBalancer
  V1JobTemplateSpec.metadata,spec V1LimitedPriorityLevelConfiguration.limitResponse
  V1NetworkPolicySpec.podSelector V1NodeDaemonEndpoints.kubeletEndpoint V1NodeStatus.daemonEndpoints,nodeInfo
  V1PersistentVolumeClaimSpec.resources V1PersistentVolumeClaimTemplate.metadata V1PodTemplate.template
  V1PodTemplateSpec.metadata,spec V1ReplicaSetSpec.template V1ResourceClaimSpec.devices
  V1ResourceClaimTemplateSpec.metadata V1SelfSubjectReviewStatus.userInfo V1ServiceStatus.loadBalancer
  V1StatefulSetSpec.updateStrategy V1TokenReviewStatus.user V1alpha1StorageVersion.spec
  V1beta1AllocationResult.devices V1beta1ResourceClaimSpec.devices V1beta1ResourceClaimTemplateSpec.metadata
  V1beta2AllocationResult.devices V1beta2ResourceClaimSpec.devices V1beta2ResourceClaimTemplateSpec.metadata
`)

const zero = fields(`
  V1FlowSchemaSpec.matchingPrecedence
  V1PodDisruptionBudgetStatus.currentHealthy,desiredHealthy,disruptionsAllowed,expectedPods V1PriorityClass.value
  V1QueuingConfiguration.handSize,queueLengthLimit,queues V1ReplicationControllerSpec.minReadySeconds
  V1ScaleSpec.replicas V1StatefulSetOrdinals.start V1StatefulSetStatus.availableReplicas
`)

const emptyText = fields(`
  CoreV1Event.reportingComponent,reportingInstance V1ConfigMapEnvSource.name V1ConfigMapKeySelector.name
  V1ConfigMapProjection.name V1ConfigMapVolumeSource.name V1GRPCAction.service V1LocalObjectReference.name
  V1NodeRuntimeHandler.name V1PodFailurePolicyOnPodConditionsPattern.status V1RoleRef.apiGroup
  V1SecretEnvSource.name V1SecretKeySelector.name V1SecretProjection.name V1StatefulSetSpec.serviceName
  V1TokenRequestStatus.token V1beta1DeviceRequest.deviceClassName
`)

const values: Record<string, unknown> = {
  'V1AzureDiskVolumeSource.cachingMode': 'ReadWrite',
  'V1AzureDiskVolumeSource.fsType': 'ext4',
  'V1AzureDiskVolumeSource.kind': 'Shared',
  'V1AzureDiskVolumeSource.readOnly': false,
  'V1DeviceToleration.operator': 'Equal',
  'V1FileKeySelector.optional': false,
  'V1ISCSIPersistentVolumeSource.iscsiInterface': 'default',
  'V1ISCSIVolumeSource.iscsiInterface': 'default',
  'V1RBDPersistentVolumeSource.keyring': '/etc/ceph/keyring',
  'V1RBDPersistentVolumeSource.pool': 'rbd',
  'V1RBDPersistentVolumeSource.user': 'admin',
  'V1RBDVolumeSource.keyring': '/etc/ceph/keyring',
  'V1RBDVolumeSource.pool': 'rbd',
  'V1RBDVolumeSource.user': 'admin',
  'V1ReplicationControllerSpec.replicas': 1,
  'V1ScaleIOPersistentVolumeSource.fsType': 'xfs',
  'V1ScaleIOPersistentVolumeSource.storageMode': 'ThinProvisioned',
  'V1ScaleIOVolumeSource.fsType': 'xfs',
  'V1ScaleIOVolumeSource.storageMode': 'ThinProvisioned',
  'V1alpha2PodGroupSpec.disruptionMode': 'Pod',
  'V1alpha3ResourcePoolStatusRequestSpec.limit': 100,
  'V1beta1DeviceToleration.operator': 'Equal',
  'V1beta1PodCertificateRequestSpec.maxExpirationSeconds': 86400,
  'V1beta2DeviceToleration.operator': 'Equal',
}

/**
 * By `model.field`: defaults that do not follow from what is required; undefined where the field has none though it is
 * required.
 */
export const publishedDefaults: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ...without.map(field => [field, undefined] as const),
  ...empty.map(field => [field, {}] as const),
  ...zero.map(field => [field, 0] as const),
  ...emptyText.map(field => [field, ''] as const),
  ...Object.entries(values),
])

/** Bytes, and so a list in Go, of which the description says how it merges. */
export const atomicBytes: ReadonlySet<string> = new Set(['V1APIServiceSpec.caBundle'])

const oneOf = (discriminator: string | undefined, byField: Record<string, string>) => [
  { ...(discriminator ? { discriminator } : {}), 'fields-to-discriminateBy': byField },
]

/** By model: fields of which one may be set. */
export const publishedUnions: Readonly<Record<string, object[]>> = {
  FlowcontrolV1Subject: oneOf('kind', { group: 'Group', serviceAccount: 'ServiceAccount', user: 'User' }),
  V1AppArmorProfile: oneOf('type', { localhostProfile: 'LocalhostProfile' }),
  V1LimitResponse: oneOf('type', { queuing: 'Queuing' }),
  V1PodSchedulingGroup: oneOf(undefined, { podGroupName: 'PodGroupName' }),
  V1PriorityLevelConfigurationSpec: oneOf('type', { exempt: 'Exempt', limited: 'Limited' }),
  V1SeccompProfile: oneOf('type', { localhostProfile: 'LocalhostProfile' }),
  V1alpha2PodGroupSchedulingPolicy: oneOf(undefined, { basic: 'Basic', gang: 'Gang' }),
  V1alpha2PodGroupTemplateReference: oneOf(undefined, { workload: 'Workload' }),
}
