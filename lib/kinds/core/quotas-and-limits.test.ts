import { describe, expect, test } from '@jest/globals'
import { type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { limitRanges } from './limit-range.ts'
import { resourceQuotas } from './resource-quota.ts'

describe('LimitRange', () => {
  const limit = (fields: object) => ({ spec: { limits: [{ type: 'Container', ...fields }] } })
  const at = 'spec.limits[0]'

  test.each<[string, Fields, string[]]>([
    ['minimal', limit({ max: { cpu: '1' } }), []],
    [
      'type',
      limit({ type: 'Some' }),
      [`${at}.type: Invalid value: "Some": must be a standard limit type or fully qualified`],
    ],
    [
      'twice',
      { spec: { limits: [{ type: 'Pod' }, { type: 'Pod' }] } },
      ['spec.limits[1].type: Duplicate value: "Pod"'],
    ],
    [
      'defaults of pods',
      limit({ type: 'Pod', default: { cpu: '1' }, defaultRequest: { cpu: '1' } }),
      [
        `${at}.default: Forbidden: may not be specified when \`type\` is 'Pod'`,
        `${at}.defaultRequest: Forbidden: may not be specified when \`type\` is 'Pod'`,
      ],
    ],
    [
      'resource',
      limit({ max: { storage: '1' }, default: { storage: '1' }, defaultRequest: { storage: '1' } }),
      [
        `${at}.max[storage]: Invalid value: "storage": must be a standard resource for containers`,
        `${at}.default[storage]: Invalid value: "storage": must be a standard resource for containers`,
        `${at}.defaultRequest[storage]: Invalid value: "storage": must be a standard resource for containers`,
      ],
    ],
    [
      'claims without storage',
      limit({ type: 'PersistentVolumeClaim' }),
      [`${at}.limits: Required value: either minimum or maximum storage value is required, but neither was provided`],
    ],
    [
      'min above max',
      limit({ type: 'Pod', min: { cpu: '2' }, max: { cpu: '1' } }),
      [`${at}.min[cpu]: Invalid value: "2": min value 2 is greater than max value 1`],
    ],
    [
      'defaults out of bounds',
      limit({ min: { cpu: '2' }, max: { cpu: '3' }, default: { cpu: '1' }, defaultRequest: { cpu: '4' } }),
      [
        `${at}.defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than max value 3`,
        `${at}.defaultRequest[cpu]: Invalid value: "4": default request value 4 is greater than default limit value 1`,
        `${at}.default[cpu]: Invalid value: "2": min value 2 is greater than default value 1`,
      ],
    ],
    [
      'ratio',
      limit({ type: 'Pod', min: { cpu: '1' }, max: { cpu: '2' }, maxLimitRequestRatio: { cpu: '3', memory: '500m' } }),
      [
        `${at}.maxLimitRequestRatio[cpu]: Invalid value: "3": ratio 3 is greater than max/min = 2.000000`,
        `${at}.maxLimitRequestRatio[memory]: Invalid value: "500m": ratio 500m is less than 1`,
      ],
    ],
    [
      'what is not shared',
      limit({ default: { 'x.com/gpu': '2' }, defaultRequest: { 'x.com/gpu': '1' } }),
      [
        `${at}.defaultRequest[x.com/gpu]: Invalid value: "1": default value 2 must equal to defaultRequest value 1 in x.com/gpu`,
      ],
    ],
  ])('%s', (_, fields, expected) =>
    expect(texts(limitRanges.strategy?.validate?.(objectOf(limitRanges, fields) as never))).toEqual(expected),
  )
})

describe('ResourceQuota', () => {
  const quota = (spec: object) => ({ spec })
  const errorsOf = (fields: Fields) =>
    texts(resourceQuotas.strategy?.validate?.(objectOf(resourceQuotas, fields) as never))
  const selector = (...matchExpressions: object[]) => ({ scopeSelector: { matchExpressions } })
  const at = 'spec.scopeSelector.matchExpressions'

  test.each<[string, Fields, string[]]>([
    [
      'counts and amounts',
      quota({
        hard: { pods: '1', 'requests.cpu': '1', 'count/deployments.apps': '2', 'requests.hugepages-2Mi': '2Mi' },
      }),
      [],
    ],
    [
      'name',
      quota({ hard: { gpu: '1', storage: '1' } }),
      [
        'spec.hard[gpu]: Invalid value: "gpu": must be a standard resource type or fully qualified',
        'spec.hard[gpu]: Invalid value: "gpu": must be a standard resource for quota',
        'spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota',
      ],
    ],
    [
      'amount',
      quota({ hard: { pods: '500m', cpu: '-1' } }),
      [
        'spec.hard[pods]: Invalid value: "500m": must be an integer',
        'spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0',
      ],
    ],
    ['scope', quota({ scopes: ['Some'] }), ['spec.scopes: Invalid value: ["Some"]: unsupported scope']],
    [
      'scope and resource',
      quota({ hard: { cpu: '1', services: '1' }, scopes: ['BestEffort'] }),
      [
        'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
        'spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource',
      ],
    ],
    [
      'both ways',
      quota({ scopes: ['Terminating', 'NotTerminating'] }),
      ['spec.scopes: Invalid value: ["Terminating","NotTerminating"]: conflicting scopes'],
    ],
    [
      'priorities',
      quota({ hard: { pods: '1' }, ...selector({ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }) }),
      [],
    ],
    [
      'expressions',
      quota(
        selector(
          { scopeName: 'PriorityClass', operator: 'In' },
          { scopeName: 'Terminating', operator: 'DoesNotExist', values: ['a'] },
        ),
      ),
      [
        `${at}.values: Required value: must be at least one value when \`operator\` is 'In' or 'NotIn' for scope selector`,
        `${at}.operator: Invalid value: "DoesNotExist": must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity`,
        `${at}.values: Invalid value: ["a"]: must be no value when \`operator\` is 'Exist' or 'DoesNotExist' for scope selector`,
      ],
    ],
    [
      'operator',
      quota(selector({ scopeName: 'PriorityClass', operator: 'Like' })),
      [`${at}.operator: Invalid value: "Like": not a valid selector operator`],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(fields)).toEqual(expected))

  test('scopes stay, in whatever order', () => {
    const update = (scopes: string[], old: string[]) =>
      texts(
        resourceQuotas.strategy?.validateUpdate?.(
          objectOf(resourceQuotas, quota({ scopes })) as never,
          objectOf(resourceQuotas, quota({ scopes: old })) as never,
        ),
      )
    expect(update(['PriorityClass', 'NotTerminating'], ['NotTerminating', 'PriorityClass'])).toEqual([])
    expect(update(['PriorityClass'], [])).toEqual(['spec.scopes: Invalid value: ["PriorityClass"]: field is immutable'])
  })

  test('a status is checked as the spec is', () => {
    const object = objectOf(resourceQuotas, { status: { hard: { pods: '1' }, used: { gpus: '-1' } } })
    expect(texts(resourceQuotas.subresources?.status?.validateUpdate?.(object as never, object as never))).toEqual([
      'status.used[gpus]: Invalid value: "gpus": must be a standard resource type or fully qualified',
      'status.used[gpus]: Invalid value: "gpus": must be a standard resource for quota',
      'status.used[gpus]: Invalid value: "-1": must be greater than or equal to 0',
    ])
  })
})
