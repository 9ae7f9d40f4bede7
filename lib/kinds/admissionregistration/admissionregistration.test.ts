import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { mutatingAdmissionPolicies } from './mutating-admission-policy.ts'
import { mutatingAdmissionPolicyBindings } from './mutating-admission-policy-binding.ts'
import { mutatingWebhookConfigurations } from './mutating-webhook-configuration.ts'
import { validatingAdmissionPolicies } from './validating-admission-policy.ts'
import { validatingAdmissionPolicyBindings } from './validating-admission-policy-binding.ts'
import { validatingWebhookConfigurations } from './validating-webhook-configuration.ts'

const cluster = { namespace: undefined }
const errorsOf = (def: ResourceDefinition, fields: Fields) =>
  texts(def.strategy?.validate?.(objectOf(def, fields, cluster)))

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const hook = {
  name: 'check.example.com',
  admissionReviewVersions: ['v1'],
  sideEffects: 'None',
  clientConfig: { service: { name: 'hook', namespace: 'default' } },
  rules: [rule],
}
const hooks = (...changes: object[]) => ({ webhooks: changes.map(change => ({ ...hook, ...change })) })
const at = 'webhooks[0]'

describe('webhook configurations', () => {
  test('a webhook says all that was left out', () => {
    const { webhooks } = objectOf(mutatingWebhookConfigurations, hooks({})) as Fields
    expect(webhooks).toEqual([
      {
        ...hook,
        clientConfig: { service: { name: 'hook', namespace: 'default', port: 443 } },
        rules: [{ ...rule, scope: '*' }],
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        timeoutSeconds: 10,
        reinvocationPolicy: 'Never',
      },
    ])
  })

  test.each<[string, Fields, string[]]>([
    ['a minimal one', hooks({}), []],
    ['none at all', {}, []],
    ['no name', hooks({ name: '' }), [`${at}.name: Required value`]],
    [
      'a short name',
      hooks({ name: 'check.com' }),
      [`${at}.name: Invalid value: "check.com": should be a domain with at least three segments separated by dots`],
    ],
    ['the same name twice', hooks({}, {}), ['webhooks[1].name: Duplicate value: "check.example.com"']],
    [
      'side effects',
      hooks({ sideEffects: 'Some' }),
      [`${at}.sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"`],
    ],
    [
      'no word about side effects',
      hooks({ sideEffects: undefined }),
      [`${at}.sideEffects: Required value: must specify one of None, NoneOnDryRun`],
    ],
    [
      'no version',
      hooks({ admissionReviewVersions: [] }),
      [`${at}.admissionReviewVersions: Required value: must specify one of v1, v1beta1`],
    ],
    [
      'unknown versions',
      hooks({ admissionReviewVersions: ['v2', 'v2'] }),
      [
        `${at}.admissionReviewVersions[1]: Invalid value: "v2": duplicate version`,
        `${at}.admissionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1`,
      ],
    ],
    [
      'a long timeout',
      hooks({ timeoutSeconds: 31 }),
      [`${at}.timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds`],
    ],
    [
      'an unknown failure policy',
      hooks({ failurePolicy: 'Cry' }),
      [`${at}.failurePolicy: Unsupported value: "Cry": supported values: "Fail", "Ignore"`],
    ],
    [
      'no address',
      hooks({ clientConfig: {} }),
      [`${at}.clientConfig: Required value: exactly one of url or service is required`],
    ],
    [
      'a URL without TLS',
      hooks({ clientConfig: { url: 'http://user@example.com/x?a=b#c' } }),
      [
        `${at}.clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
        `${at}.clientConfig.url: Invalid value: "user": user information is not permitted in the URL`,
        `${at}.clientConfig.url: Invalid value: "c": fragments are not permitted in the URL`,
        `${at}.clientConfig.url: Invalid value: "a=b": query parameters are not permitted in the URL`,
      ],
    ],
    [
      'a Service without names',
      hooks({ clientConfig: { service: { name: '', namespace: '', path: 'x/b' } } }),
      [
        `${at}.clientConfig.service.name: Required value: service name is required`,
        `${at}.clientConfig.service.namespace: Required value: service namespace is required`,
        `${at}.clientConfig.service.path: Invalid value: "x/b": must start with a '/'`,
        `${at}.clientConfig.service.path: Invalid value: "x/b": segment[0] may not be empty`,
      ],
    ],
    [
      'an empty rule',
      hooks({ rules: [{}] }),
      ['operations', 'apiGroups', 'apiVersions', 'resources'].map(name => `${at}.rules[0].${name}: Required value`),
    ],
    [
      'wildcards beside others',
      hooks({ rules: [{ ...rule, operations: ['*', 'CREATE'], apiGroups: ['*', 'apps'] }] }),
      [
        `${at}.rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations`,
        `${at}.rules[0].apiGroups: Invalid value: ["*","apps"]: if '*' is present, must not specify other API groups`,
      ],
    ],
    [
      'resources that others hold',
      hooks({ rules: [{ ...rule, resources: ['pods/*', 'pods/status', '*', 'nodes'] }] }),
      [
        `${at}.rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status`,
        `${at}.rules[0].resources: Invalid value: ["pods/*","pods/status","*","nodes"]: if '*' is present, must not specify other resources without subresources`,
      ],
    ],
    [
      'an unknown operation',
      hooks({ rules: [{ ...rule, operations: ['READ'] }] }),
      [
        `${at}.rules[0].operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"`,
      ],
    ],
    [
      'a match condition without expression',
      hooks({ matchConditions: [{ name: 'a b', expression: ' ' }] }),
      [
        `${at}.matchConditions[0].expression: Required value`,
        `${at}.matchConditions[0].name: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`,
      ],
    ],
  ])('%s', (_, fields, expected) => {
    expect(errorsOf(validatingWebhookConfigurations, fields)).toEqual(expected)
    expect(errorsOf(mutatingWebhookConfigurations, fields)).toEqual(expected)
  })

  test('only mutating webhooks may be asked again', () => {
    const fields = hooks({ reinvocationPolicy: 'Always' })
    expect(errorsOf(mutatingWebhookConfigurations, fields)).toEqual([
      `${at}.reinvocationPolicy: Unsupported value: "Always": supported values: "IfNeeded", "Never"`,
    ])
  })
})

const matchConstraints = { resourceRules: [rule] }
const policy = (change: object = {}) => ({
  spec: { matchConstraints, validations: [{ expression: 'true' }], ...change },
})

describe('validating policies', () => {
  test.each<[string, Fields, string[]]>([
    ['a minimal one', policy(), []],
    [
      'an empty one',
      { spec: {} },
      [
        'spec.matchConstraints: Required value',
        'spec.validations: Required value: validations or auditAnnotations must contain at least one item',
        'spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item',
      ],
    ],
    [
      'one that matches nothing',
      policy({ matchConstraints: {} }),
      ['spec.matchConstraints.resourceRules: Required value'],
    ],
    [
      'no expression',
      policy({ validations: [{ expression: '', message: 'a\nb', reason: 'Nope' }] }),
      [
        'spec.validations[0].expression: Required value: expression is not specified',
        'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
        'spec.validations[0].reason: Unsupported value: "Nope": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
      ],
    ],
    [
      'variables',
      policy({
        variables: [
          { name: 'for', expression: '' },
          { name: '', expression: '1' },
        ],
      }),
      [
        'spec.variables[0].name: Invalid value: "for": name is not a valid CEL identifier',
        'spec.variables[0].expression: Required value: expression is not specified',
        'spec.variables[1].name: Required value: name is not specified',
      ],
    ],
    [
      'what it is parameterized by',
      policy({ paramKind: { apiVersion: 'a/b/c', kind: '' } }),
      [
        'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
        'spec.paramKind.kind: Required value',
      ],
    ],
    [
      'audit annotations',
      policy({
        auditAnnotations: [
          { key: 'a', valueExpression: "'x'" },
          { key: 'a', valueExpression: '' },
        ],
      }),
      [
        'spec.auditAnnotations[1].valueExpression: Required value: valueExpression is not specified',
        'spec.auditAnnotations[1].key: Duplicate value: "a"',
      ],
    ],
    [
      'resource names',
      policy({ matchConstraints: { resourceRules: [{ ...rule, resourceNames: ['a/b', 'c', 'c'] }] } }),
      [
        'spec.matchConstraints.resourceRules[0].resourceNames[0]: Invalid value: "a/b": may not contain \'/\'',
        'spec.matchConstraints.resourceRules[0].resourceNames[2]: Duplicate value: "c"',
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(validatingAdmissionPolicies, fields)).toEqual(expected))

  test('status has a way of its own', () => {
    const { strategy, subresources } = validatingAdmissionPolicies
    const old = objectOf(validatingAdmissionPolicies, policy())
    const next = { ...structuredClone(old), status: { observedGeneration: 1 } }
    strategy?.prepareForUpdate?.(next as never, old as never)
    expect(next.status).toEqual({})
    const changed = { ...structuredClone(old), spec: {}, status: { conditions: [{ type: 'Ready', status: 'Maybe' }] } }
    subresources?.status?.prepareForUpdate?.(changed as never, old as never)
    expect(changed.spec).toEqual(old.spec)
    expect(texts(subresources?.status?.validateUpdate?.(changed as never, old as never))).toEqual([
      'status.conditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
      'status.conditions[0].lastTransitionTime: Required value: must be set',
      'status.conditions[0].reason: Required value: must be set',
    ])
  })
})

describe('mutating policies', () => {
  const jsonPatch = { expression: '[]' }
  const mutating = (change: object) => ({
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'JSONPatch', jsonPatch }],
      ...change,
    },
  })
  test.each<[string, Fields, string[]]>([
    ['a minimal one', mutating({}), []],
    [
      'an empty one',
      { spec: {} },
      [
        'spec.matchConstraints: Required value',
        'spec.mutations: Required value: mutations must contain at least one item',
        'spec.reinvocationPolicy: Required value',
      ],
    ],
    [
      'a deletion cannot be changed',
      mutating({ matchConstraints: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } }),
      [
        'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
      ],
    ],
    [
      'the wrong patch',
      mutating({ mutations: [{ patchType: 'ApplyConfiguration', jsonPatch }] }),
      [
        'spec.mutations[0].applyConfiguration: Required value: must be specified when patchType is ApplyConfiguration',
        'spec.mutations[0].jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is ApplyConfiguration',
      ],
    ],
    [
      'an unknown patch',
      mutating({ mutations: [{ patchType: 'Merge' }] }),
      ['spec.mutations[0].patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch"'],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(mutatingAdmissionPolicies, fields)).toEqual(expected))
})

describe('bindings', () => {
  const binding = (change: object = {}) => ({ spec: { policyName: 'p', validationActions: ['Deny'], ...change } })
  test.each<[string, Fields, string[]]>([
    ['a minimal one', binding(), []],
    [
      'an empty one',
      { spec: {} },
      [
        'spec.policyName: Required value',
        'spec.validationActions: Required value: at least one validation action is required',
      ],
    ],
    [
      'actions that contradict each other',
      binding({ validationActions: ['Deny', 'Warn', 'Warn', 'Cry'] }),
      [
        'spec.validationActions[2]: Duplicate value: "Warn"',
        'spec.validationActions[3]: Unsupported value: "Cry": supported values: "Audit", "Deny", "Warn"',
        'spec.validationActions: Invalid value: ["Deny","Warn","Warn","Cry"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
      ],
    ],
    [
      'parameters by name and by selector',
      binding({ paramRef: { name: 'a', selector: {} } }),
      [
        'spec.paramRef.name: Forbidden: name and selector are mutually exclusive',
        'spec.paramRef.selector: Forbidden: name and selector are mutually exclusive',
        'spec.paramRef.parameterNotFoundAction: Required value',
      ],
    ],
    [
      'parameters by nothing',
      binding({ paramRef: { parameterNotFoundAction: 'Panic' } }),
      [
        'spec.paramRef: Required value: one of name or selector must be specified',
        'spec.paramRef.parameterNotFoundAction: Unsupported value: "Panic": supported values: "Deny", "Allow"',
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(validatingAdmissionPolicyBindings, fields)).toEqual(expected))

  test('a mutating binding matches no deletions', () => {
    const rules = [{ ...rule, operations: ['DELETE'] }]
    const fields = { spec: { policyName: 'p', matchResources: { resourceRules: rules } } }
    expect(errorsOf(mutatingAdmissionPolicyBindings, fields)).toEqual([
      'spec.matchResources.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
    ])
  })
})

test('a name that is to be reserved is warned of', () => {
  const object = objectOf(mutatingWebhookConfigurations, {}, { name: 'mine.static.k8s.io' })
  expect(mutatingWebhookConfigurations.strategy?.warnings?.(object)).toEqual([
    expect.stringMatching(/^metadata.name: names ending with ".static.k8s.io" will be reserved/),
  ])
})
