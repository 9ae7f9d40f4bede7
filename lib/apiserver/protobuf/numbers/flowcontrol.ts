// Field numbers of the protobuf messages of priority and fairness, facts of the wire that the models lack.
// ../field-numbers.ts says how to read them.

export const flowcontrolNumbers: Record<string, string> = {
  'flowcontrol/v1': `
    ExemptPriorityLevelConfiguration: nominalConcurrencyShares! lendablePercent!
    FlowDistinguisherMethod: type!
    FlowSchema: metadata spec status
    FlowSchemaCondition: type status lastTransitionTime reason message
    FlowSchemaSpec: priorityLevelConfiguration! matchingPrecedence! distinguisherMethod rules
    FlowSchemaStatus: conditions
    GroupSubject: name!
    LimitResponse: type! queuing
    LimitedPriorityLevelConfiguration: nominalConcurrencyShares! limitResponse lendablePercent!
      borrowingLimitPercent!
    NonResourcePolicyRule: verbs! 6=nonResourceURLs!
    PolicyRulesWithSubjects: subjects! resourceRules nonResourceRules
    PriorityLevelConfiguration: metadata spec status
    PriorityLevelConfigurationCondition: type status lastTransitionTime reason message
    PriorityLevelConfigurationReference: name!
    PriorityLevelConfigurationSpec: type! limited exempt
    PriorityLevelConfigurationStatus: conditions
    QueuingConfiguration: queues! handSize! queueLengthLimit!
    ResourcePolicyRule: verbs! apiGroups! resources! clusterScope namespaces
    ServiceAccountSubject: namespace! name!
    Subject: kind! user group serviceAccount
    UserSubject: name!
  `,
}
