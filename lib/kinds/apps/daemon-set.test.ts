import { describe, expect, test } from '@jest/globals'
import { objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { type DaemonSet, daemonSets } from './daemon-set.ts'

const template = (fields: object = {}) => ({
  metadata: { labels: { app: 'agent', tier: 'node' } },
  spec: { containers: [{ name: 'agent', image: 'agent:1' }], ...fields },
})
const spec = { selector: { matchLabels: { app: 'agent' } }, template: template() }
const setOf = (fields: object = {}, annotations?: Record<string, string>) =>
  objectOf(
    daemonSets as never,
    { spec: { ...spec, ...fields } },
    annotations ? { annotations } : {},
  ) as unknown as DaemonSet
const errorsOf = (fields: object) => texts(daemonSets.strategy?.validate?.(setOf(fields)))
const rolling = (rollingUpdate: object) => ({ updateStrategy: { rollingUpdate } })
const update = 'spec.updateStrategy.rollingUpdate'

describe('what is wrong with a DaemonSet', () => {
  const mismatch =
    'spec.template.metadata.labels: Invalid value: {"app":"agent","tier":"node"}: `selector` does not match template `labels`'
  test.each<[string, object, string[]]>([
    ['nothing', rolling({ maxSurge: 1, maxUnavailable: 0 }), []],
    ['no selector', { selector: undefined }, [mismatch]],
    ['another selector', { selector: { matchLabels: { app: 'x' } } }, [mismatch]],
    [
      'a selector of everything',
      { selector: {} },
      ['spec.selector: Invalid value: {}: empty selector is invalid for daemonset'],
    ],
    [
      'a strategy',
      { updateStrategy: { type: 'Recreate' } },
      [
        'spec.updateStrategy: Unsupported value: {"Type":"Recreate","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete"',
      ],
    ],
    [
      'both ways at once',
      rolling({ maxSurge: '10%' }),
      [`${update}.maxSurge: Invalid value: "10%": may not be set when maxUnavailable is non-zero`],
    ],
    [
      'neither way',
      rolling({ maxUnavailable: '0%' }),
      [`${update}.maxUnavailable: Required value: cannot be 0 when maxSurge is 0`],
    ],
    [
      'more than all',
      rolling({ maxUnavailable: '200%' }),
      [`${update}.maxUnavailable: Invalid value: "200%": must not be greater than 100%`],
    ],
    [
      'pods that end',
      { template: template({ restartPolicy: 'OnFailure', activeDeadlineSeconds: 1 }) },
      [
        'spec.template.spec.restartPolicy: Unsupported value: "OnFailure": supported values: "Always"',
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in DaemonSet is not Supported',
      ],
    ],
    [
      'counts',
      { minReadySeconds: -1, revisionHistoryLimit: -1 },
      ['minReadySeconds', 'revisionHistoryLimit'].map(
        name => `spec.${name}: Invalid value: -1: must be greater than or equal to 0`,
      ),
    ],
  ])('%s', (_, fields, expected) => expect(errorsOf(fields)).toEqual(expected))

  test('a changed selector', () => {
    const selector = { matchLabels: { tier: 'node', app: 'agent' } }
    expect(texts(daemonSets.strategy?.validateUpdate?.(setOf({ selector }), setOf()))).toEqual([
      'spec.selector: Invalid value: {"matchLabels":{"app":"agent","tier":"node"}}: field is immutable',
    ])
  })
})

describe('its templates are counted in an annotation', () => {
  const key = 'deprecated.daemonset.template.generation'
  const count = ({ metadata }: DaemonSet) => metadata.annotations?.[key]

  test('from one, or what its maker says', () => {
    const [set, said] = [setOf(), setOf({}, { [key]: '5' })]
    for (const each of [set, said]) daemonSets.strategy?.prepareForCreate?.(each)
    expect([count(set), count(said)]).toEqual(['1', '5'])
  })

  test.each<[string, object, string]>([
    ['another template', { template: template({ hostNetwork: true }) }, '4'],
    ['anything else', { minReadySeconds: 3 }, '3'],
  ])('%s', (_, fields, expected) => {
    const set = setOf(fields, { [key]: '77' })
    daemonSets.strategy?.prepareForUpdate?.(set, setOf({}, { [key]: '3' }))
    expect(count(set)).toBe(expected)
  })
})

test('a status counts from none', () => {
  const status = { currentNumberScheduled: -1, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }
  const now = { ...setOf(), status: { ...status, collisionCount: 1 } }
  const old = { ...setOf(), status: { ...status, collisionCount: 2 } }
  expect(texts(daemonSets.subresources?.status?.validateUpdate?.(now, old))).toEqual([
    'status.currentNumberScheduled: Invalid value: -1: must be greater than or equal to 0',
    'status.collisionCount: Invalid value: 1: cannot be decremented',
  ])
})
