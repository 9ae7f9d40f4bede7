// Field numbers of the protobuf messages of the other groups, facts of the wire that the models lack.
// ../field-numbers.ts says how to read them.

export const clusterNumbers: Record<string, string> = {
  'networking/v1': `
    HTTPIngressPath: path backend! pathType!
    HTTPIngressRuleValue: paths!
    IPAddress: metadata spec
    IPAddressSpec: parentRef!
    IPBlock: cidr! except
    Ingress: metadata spec status
    IngressBackend: 3=resource! service!
    IngressClass: metadata spec
    IngressClassParametersReference: apiGroup! kind! name! scope! namespace!
    IngressClassSpec: controller parameters!
    IngressLoadBalancerIngress: ip hostname 4=ports
    IngressLoadBalancerStatus: ingress
    IngressPortStatus: port! protocol! error!
    IngressRule: host >IngressRuleValue
    IngressRuleValue: http!
    IngressServiceBackend: name! port
    IngressSpec: defaultBackend! tls rules ingressClassName!
    IngressStatus: loadBalancer
    IngressTLS: hosts secretName
    NetworkPolicy: metadata spec
    NetworkPolicyEgressRule: ports to
    NetworkPolicyIngressRule: ports from
    NetworkPolicyPeer: podSelector! namespaceSelector! ipBlock!
    NetworkPolicyPort: protocol! port! endPort!
    NetworkPolicySpec: podSelector! ingress egress policyTypes
    ParentReference: group resource namespace name
    ServiceBackendPort: name number
    ServiceCIDR: metadata spec status
    ServiceCIDRSpec: cidrs
    ServiceCIDRStatus: conditions
  `,
  'discovery/v1': `
    Endpoint: addresses! conditions hostname! targetRef! deprecatedTopology nodeName! zone! hints!
    EndpointConditions: ready! serving! terminating!
    EndpointHints: forZones forNodes
    EndpointPort: name! protocol! port! appProtocol!
    EndpointSlice: metadata endpoints! ports! addressType!
    ForNode: name!
    ForZone: name!
  `,
  'apiregistration/v1': `
    APIService: metadata spec status
    APIServiceCondition: type! status! lastTransitionTime reason message
    APIServiceSpec: service! group version insecureSkipTLSVerify caBundle 7=groupPriorityMinimum! versionPriority!
    APIServiceStatus: conditions
    ServiceReference: namespace name port!
  `,
  'node/v1': `
    Overhead: podFixed
    RuntimeClass: metadata handler! overhead! scheduling!
    Scheduling: nodeSelector tolerations
  `,
  'storage/v1': `
    CSIDriver: metadata spec!
    CSIDriverSpec: attachRequired! podInfoOnMount! volumeLifecycleModes storageCapacity! fsGroupPolicy!
      tokenRequests requiresRepublish! seLinuxMount! nodeAllocatableUpdatePeriodSeconds!
      serviceAccountTokenInSecrets! preventPodSchedulingIfMissing!
    CSINode: metadata spec!
    CSINodeDriver: name! nodeID! topologyKeys! allocatable!
    CSINodeSpec: drivers!
    CSIStorageCapacity: metadata nodeTopology! storageClassName! capacity! maximumVolumeSize!
    StorageClass: metadata provisioner! parameters reclaimPolicy! mountOptions allowVolumeExpansion!
      volumeBindingMode! allowedTopologies
    TokenRequest: audience! expirationSeconds!
    VolumeAttachment: metadata spec! status
    VolumeAttachmentSource: persistentVolumeName! inlineVolumeSpec!
    VolumeAttachmentSpec: attacher! source! nodeName!
    VolumeAttachmentStatus: attached! attachmentMetadata attachError! detachError!
    VolumeAttributesClass: metadata driverName! parameters
    VolumeError: time message errorCode!
    VolumeNodeResources: count!
  `,
  'rbac/v1': `
    AggregationRule: clusterRoleSelectors
    ClusterRole: metadata rules! aggregationRule!
    ClusterRoleBinding: metadata subjects roleRef!
    PolicyRule: verbs! apiGroups resources resourceNames nonResourceURLs
    Role: metadata rules!
    RoleBinding: metadata subjects roleRef!
    RoleRef: apiGroup! kind! name!
    Subject: kind! apiGroup name! namespace
  `,
  'authentication/v1': `
    BoundObjectReference: kind apiVersion name uid
    SelfSubjectReview: metadata status
    SelfSubjectReviewStatus: userInfo
    TokenRequest: metadata spec! status
    TokenRequestSpec: audiences! 3=boundObjectRef! expirationSeconds!
    TokenRequestStatus: token! expirationTimestamp!
    TokenReview: metadata spec! status
    TokenReviewSpec: token audiences
    TokenReviewStatus: authenticated user error audiences
    UserInfo: username uid groups extra
  `,
  'authorization/v1': `
    FieldSelectorAttributes: rawSelector requirements
    LabelSelectorAttributes: rawSelector requirements
    LocalSubjectAccessReview: metadata spec! status
    NonResourceAttributes: path verb
    NonResourceRule: verbs! nonResourceURLs
    ResourceAttributes: namespace verb group version resource subresource name fieldSelector! labelSelector!
    ResourceRule: verbs! apiGroups resources resourceNames
    SelfSubjectAccessReview: metadata spec! status
    SelfSubjectAccessReviewSpec: resourceAttributes! nonResourceAttributes!
    SelfSubjectRulesReview: metadata spec! status
    SelfSubjectRulesReviewSpec: namespace
    SubjectAccessReview: metadata spec! status
    SubjectAccessReviewSpec: resourceAttributes! nonResourceAttributes! user groups extra uid
    SubjectAccessReviewStatus: allowed! reason evaluationError denied
    SubjectRulesReviewStatus: resourceRules! nonResourceRules! incomplete! evaluationError
  `,
  'certificates/v1': `
    CertificateSigningRequest: metadata spec! status
    CertificateSigningRequestCondition: type! reason message lastUpdateTime lastTransitionTime status!
    CertificateSigningRequestSpec: request! username uid groups usages extra signerName! expirationSeconds!
    CertificateSigningRequestStatus: conditions certificate
  `,
  'admissionregistration/v1': `
    ApplyConfiguration: expression
    AuditAnnotation: key! valueExpression!
    ExpressionWarning: 2=fieldRef! warning!
    JSONPatch: expression
    MatchCondition: name! expression!
    MatchResources: namespaceSelector! objectSelector! resourceRules excludeResourceRules 7=matchPolicy!
    MutatingAdmissionPolicy: metadata spec
    MutatingAdmissionPolicyBinding: metadata spec
    MutatingAdmissionPolicyBindingSpec: policyName paramRef! matchResources!
    MutatingAdmissionPolicySpec: paramKind! matchConstraints! variables mutations failurePolicy! matchConditions
      reinvocationPolicy
    MutatingWebhook: name! clientConfig! rules failurePolicy! namespaceSelector! sideEffects! timeoutSeconds!
      admissionReviewVersions! matchPolicy! reinvocationPolicy! objectSelector! matchConditions
    MutatingWebhookConfiguration: metadata webhooks
    Mutation: 2=patchType! applyConfiguration! jsonPatch!
    NamedRuleWithOperations: resourceNames >RuleWithOperations
    ParamKind: apiVersion kind
    ParamRef: name namespace selector! parameterNotFoundAction!
    Rule: apiGroups apiVersions resources scope!
    RuleWithOperations: operations >Rule
    ServiceReference: namespace! name! path! port!
    TypeChecking: expressionWarnings
    ValidatingAdmissionPolicy: metadata spec status
    ValidatingAdmissionPolicyBinding: metadata spec
    ValidatingAdmissionPolicyBindingSpec: policyName paramRef! matchResources! validationActions
    ValidatingAdmissionPolicySpec: paramKind! matchConstraints! validations failurePolicy! auditAnnotations
      matchConditions variables
    ValidatingAdmissionPolicyStatus: observedGeneration typeChecking! conditions
    ValidatingWebhook: name! clientConfig! rules failurePolicy! namespaceSelector! sideEffects! timeoutSeconds!
      admissionReviewVersions! matchPolicy! objectSelector! matchConditions
    ValidatingWebhookConfiguration: metadata webhooks
    Validation: expression! message reason! messageExpression
    Variable: name! expression!
    WebhookClientConfig: service! caBundle url!
  `,
}
