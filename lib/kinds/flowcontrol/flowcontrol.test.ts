import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { flowSchemas } from './flow-schema.ts'
import { mandatoryFlowSchemas, mandatoryPriorityLevels } from './mandatory-objects.ts'
import { priorityLevelConfigurations } from './priority-level-configuration.ts'

const errorsOf = (def: ResourceDefinition, fields: Fields, name = 'mine') =>
  texts(def.strategy?.validate?.(objectOf(def, fields, { namespace: undefined, name })))

const subjects = [{ kind: 'User', user: { name: 'jane' } }]
const resourceRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] }
const ruled = { subjects, resourceRules: [resourceRule] }
const schema = (change: object = {}) => ({ spec: { priorityLevelConfiguration: { name: 'exempt' }, ...change } })
const at = 'spec.rules[0]'

describe('flow schemas', () => {
  test.each<[string, Fields, string[]]>([
    ['a minimal one', schema(), []],
    ['one with a rule', schema({ rules: [ruled] }), []],
    [
      'no priority level',
      { spec: {} },
      ['spec.priorityLevelConfiguration.name: Required value: must reference a priority level'],
    ],
    [
      'precedence of the exempt',
      schema({ matchingPrecedence: 1 }),
      ["spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"],
    ],
    [
      'precedence out of range',
      schema({ matchingPrecedence: 10_001 }),
      ['spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000'],
    ],
    [
      'an unknown distinguisher',
      schema({ distinguisherMethod: { type: 'ByColor' } }),
      ['spec.distinguisherMethod.type: Unsupported value: "ByColor": supported values: "ByNamespace", "ByUser"'],
    ],
    [
      'an empty rule',
      schema({ rules: [{}] }),
      [
        `${at}.subjects: Required value: subjects must contain at least one value`,
        `${at}: Required value: at least one of resourceRules and nonResourceRules has to be non-empty`,
      ],
    ],
    [
      'subjects that are two things',
      schema({ rules: [{ ...ruled, subjects: [{ kind: 'Group', user: { name: 'a' } }, { kind: 'Robot' }] }] }),
      [
        `${at}.subjects[0].group: Required value: group is required when subject kind is 'Group'`,
        `${at}.subjects[0].user: Forbidden: user is forbidden when subject kind is not 'User'`,
        `${at}.subjects[1].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"`,
      ],
    ],
    [
      'an account without namespace',
      schema({ rules: [{ ...ruled, subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '*' } }] }] }),
      [`${at}.subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account`],
    ],
    [
      'verbs',
      schema({ rules: [{ subjects, resourceRules: [{ ...resourceRule, verbs: ['fly'] }] }] }),
      [
        `${at}.resourceRules[0].verbs: Unsupported value: ["fly"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"`,
      ],
    ],
    [
      'no namespace',
      schema({ rules: [{ subjects, resourceRules: [{ ...resourceRule, namespaces: [] }] }] }),
      [
        `${at}.resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace`,
      ],
    ],
    [
      'URLs',
      schema({
        rules: [{ subjects, nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['healthz', '/a*', '/a/*'] }] }],
      }),
      [
        `${at}.nonResourceRules[0].nonResourceURLs[0]: Invalid value: "healthz": must start with slash`,
        `${at}.nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a*": wildcard can only do suffix matching`,
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(flowSchemas, fields)).toEqual(expected))

  test.each(Object.entries(mandatoryFlowSchemas))('%s is as it is', (name, spec) => {
    expect(errorsOf(flowSchemas, { spec }, name)).toEqual([])
    const [error] = errorsOf(flowSchemas, { spec: { ...spec, rules: [] } }, name)
    expect(error).toMatch(new RegExp(`^spec: Invalid value: .*: spec of '${name}' must equal the fixed value$`))
  })
})

const level = (change: object = {}) => ({
  spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' }, ...change } },
})
const queuing = (change: object) => level({ limitResponse: { type: 'Queue', queuing: change } })

describe('priority levels', () => {
  test('a level says all that was left out', () => {
    const { spec } = objectOf(priorityLevelConfigurations, queuing({})) as Fields
    expect(spec).toEqual({
      type: 'Limited',
      limited: {
        nominalConcurrencyShares: 30,
        lendablePercent: 0,
        limitResponse: { type: 'Queue', queuing: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
      },
    })
  })

  test.each<[string, Fields, string[]]>([
    ['a minimal one', level(), []],
    ['one with queues', queuing({}), []],
    ['no shares at all', level({ nominalConcurrencyShares: 0 }), []],
    [
      'negative shares',
      level({ nominalConcurrencyShares: -1, lendablePercent: 101, borrowingLimitPercent: -1 }),
      [
        'spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer',
        'spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive',
        'spec.limited.borrowingLimitPercent: Invalid value: -1: if specified, must be a non-negative integer',
      ],
    ],
    [
      'exempt by any other name',
      { spec: { type: 'Exempt' } },
      ["spec.type: Invalid value: \"Exempt\": must be 'Exempt' if and only if `name` is 'exempt'"],
    ],
    [
      'limited by nothing',
      { spec: { type: 'Limited' } },
      ['spec.limited: Required value: must not be empty when type is Limited'],
    ],
    [
      'an unknown type',
      { spec: { type: 'Free' } },
      ['spec.type: Unsupported value: "Free": supported values: "Exempt", "Limited"'],
    ],
    [
      'queues without configuration',
      level({ limitResponse: { type: 'Queue' } }),
      [
        'spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited',
      ],
    ],
    [
      'a hand larger than the deck',
      queuing({ queues: 4, handSize: 5 }),
      ['spec.limited.limitResponse.queuing.handSize: Invalid value: 5: should not be greater than queues (4)'],
    ],
    [
      'more than a hash can deal',
      queuing({ queues: 1024, handSize: 8 }),
      [
        'spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 1024 and handSize 8 should not be greater than 60',
      ],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(priorityLevelConfigurations, fields)).toEqual(expected))

  test('of the mandatory ones only the share of exempt may change', () => {
    const { exempt, 'catch-all': catchAll } = mandatoryPriorityLevels
    expect(
      errorsOf(priorityLevelConfigurations, { spec: { ...exempt, exempt: { lendablePercent: 10 } } }, 'exempt'),
    ).toEqual([])
    const [error] = errorsOf(priorityLevelConfigurations, level({ nominalConcurrencyShares: 6 }), 'catch-all')
    expect(error).toMatch(/spec of 'catch-all' must equal the fixed value$/)
    expect(errorsOf(priorityLevelConfigurations, { spec: catchAll }, 'catch-all')).toEqual([])
  })
})
