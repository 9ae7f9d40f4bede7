import { describe, expect, test } from '@jest/globals'
import { objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { type StatefulSet, type StatefulSetSpec, statefulSets } from './stateful-set.ts'

const template = {
  metadata: { labels: { app: 'db' } },
  spec: { containers: [{ name: 'db', image: 'db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }] },
}
const claim = {
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}
const spec = { selector: { matchLabels: { app: 'db' } }, template, volumeClaimTemplates: [claim], serviceName: 'db' }

const setOf = (fields: object = {}, metadata: object = {}) =>
  objectOf(statefulSets as never, { spec: { ...spec, ...fields } }, metadata) as unknown as StatefulSet
const errorsOfNew = (fields: object) => texts(statefulSets.strategy?.validateCreate?.(setOf(fields)))
const updateErrors = (fields: object, old: object = {}) =>
  texts(statefulSets.strategy?.validateUpdate?.(setOf(fields), setOf(old)))

describe('defaults', () => {
  test.each<[string, StatefulSetSpec['updateStrategy'], object]>([
    ['an update one by one', undefined, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }],
    ['with its type alone', { type: 'RollingUpdate' }, { type: 'RollingUpdate' }],
    [
      'with its parts alone',
      { rollingUpdate: { partition: 2 } },
      { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
    ],
    ['by hand', { type: 'OnDelete' }, { type: 'OnDelete' }],
  ])('%s', (_, updateStrategy, expected) => {
    expect(setOf(updateStrategy ? { updateStrategy } : {}).spec?.updateStrategy).toEqual(expected)
  })

  test('the rest', () => {
    expect(setOf()).toMatchObject({
      spec: {
        podManagementPolicy: 'OrderedReady',
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        replicas: 1,
        revisionHistoryLimit: 10,
      },
      status: { replicas: 0, availableReplicas: 0 },
    })
  })
})

describe('what is wrong with a new set', () => {
  const strategy = 'spec.updateStrategy'
  test.each<[string, object, string[]]>([
    ['nothing', {}, []],
    [
      'order',
      { podManagementPolicy: 'Any' },
      [`spec.podManagementPolicy: Invalid value: "Any": must be 'OrderedReady' or 'Parallel'`],
    ],
    [
      'a strategy',
      { updateStrategy: { type: 'Recreate' } },
      [`${strategy}: Invalid value: {"Type":"Recreate","RollingUpdate":null}: must be 'RollingUpdate' or 'OnDelete'`],
    ],
    [
      'parts of another strategy',
      { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } },
      [
        `${strategy}.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'`,
      ],
    ],
    [
      'a partition',
      { updateStrategy: { rollingUpdate: { partition: -1 } } },
      [`${strategy}.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0`],
    ],
    [
      'none at once',
      { updateStrategy: { rollingUpdate: { maxUnavailable: '0%' } } },
      [`${strategy}.rollingUpdate.maxUnavailable: Invalid value: "0%": cannot be 0`],
    ],
    [
      'more than all at once',
      { updateStrategy: { rollingUpdate: { maxUnavailable: '101%' } } },
      [`${strategy}.rollingUpdate.maxUnavailable: Invalid value: "101%": must not be greater than 100%`],
    ],
    [
      'what becomes of claims',
      { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep' } },
      [
        'spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete"',
      ],
    ],
    [
      'claims',
      { volumeClaimTemplates: [{ ...claim, spec: { ...claim.spec, accessModes: [] } }] },
      ['spec.volumeClaimTemplates[0].spec.accessModes: Required value: at least 1 access mode is required'],
    ],
    [
      'counts',
      { replicas: -1, minReadySeconds: -2, ordinals: { start: -3 }, revisionHistoryLimit: -4 },
      ['replicas: Invalid value: -1', 'minReadySeconds: Invalid value: -2', 'ordinals.start: Invalid value: -3'].map(
        text => `spec.${text}: must be greater than or equal to 0`,
      ),
    ],
    [
      'no selector',
      { selector: undefined },
      [
        'spec.selector: Required value',
        'spec.template.metadata.labels: Invalid value: {"app":"db"}: `selector` does not match template `labels`',
      ],
    ],
    [
      'a selector of nothing known',
      { selector: { matchExpressions: [{ key: 'app', operator: 'Is' }] } },
      [
        'spec.selector.matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator',
        'spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"Is"}]}',
      ],
    ],
    [
      'a mount of no volume and no claim',
      { volumeClaimTemplates: [] },
      ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
  ])('%s', (_, fields, expected) => expect(errorsOfNew(fields)).toEqual(expected))

  test('the name of its service', () => {
    expect(errorsOfNew({ serviceName: 'A' })).toEqual([
      expect.stringMatching(/^spec\.serviceName: Invalid value: "A": /),
    ])
    expect(updateErrors({ serviceName: 'A' }, { serviceName: 'A' })).toEqual([])
  })
})

describe('what may change', () => {
  const forbidden =
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
  test.each<[string, object, string[]]>([
    ['replicas', { replicas: 3 }, []],
    ['ordinals', { ordinals: { start: 1 } }, []],
    ['history', { revisionHistoryLimit: 1 }, []],
    ['the service', { serviceName: 'other' }, [forbidden]],
    ['the order', { podManagementPolicy: 'Parallel' }, [forbidden]],
    [
      'the claims',
      { volumeClaimTemplates: [{ ...claim, spec: { ...claim.spec, resources: { requests: { storage: '2Gi' } } } }] },
      [forbidden],
    ],
  ])('%s', (_, fields, expected) => expect(updateErrors(fields)).toEqual(expected))

  test('a template that was let in though it is no good stays', () => {
    const bad = { ...template, spec: { containers: [{ name: 'db', image: '' }] } }
    expect(updateErrors({ template: bad, replicas: 2 }, { template: bad })).toEqual([])
    expect(updateErrors({ template: bad })).toEqual(['spec.template.spec.containers[0].image: Required value'])
  })
})

test('how many may be gone at once is not kept: the feature is turned off', () => {
  const set = setOf({ updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } })
  const old = structuredClone(set)
  statefulSets.strategy?.prepareForUpdate?.(set, old)
  expect(set.spec?.updateStrategy?.rollingUpdate).toEqual({ partition: 0, maxUnavailable: 2 })
  statefulSets.strategy?.prepareForCreate?.(set)
  expect(set.spec?.updateStrategy?.rollingUpdate).toEqual({ partition: 0 })
})

test('warnings', () => {
  const claims = [{ ...claim, spec: { ...claim.spec, resources: { requests: { storage: '1.5' } } } }]
  const history =
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended'
  const set = setOf({
    template: { ...template, spec: { ...template.spec, terminationGracePeriodSeconds: -1 } },
    volumeClaimTemplates: claims,
    revisionHistoryLimit: -1,
  })
  expect(statefulSets.strategy?.warnings?.(set)).toEqual([
    'spec.template.spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1',
    'spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
    history,
  ])
  expect(statefulSets.strategy?.warnings?.(set, set)).toEqual([history])
})

test('a status adds up', () => {
  const statusErrors = (status: object, old: object = {}) =>
    texts(
      statefulSets.subresources?.status?.validateUpdate?.(
        { ...setOf(), status } as StatefulSet,
        { ...setOf(), status: old } as StatefulSet,
      ),
    )
  const more = 'cannot be greater than status.replicas'
  expect(
    statusErrors({ replicas: 1, readyReplicas: 2, updatedReplicas: 3, availableReplicas: 3, currentReplicas: -1 }),
  ).toEqual([
    'status.currentReplicas: Invalid value: -1: must be greater than or equal to 0',
    `status.readyReplicas: Invalid value: 2: ${more}`,
    `status.updatedReplicas: Invalid value: 3: ${more}`,
    `status.availableReplicas: Invalid value: 3: ${more}`,
    'status.availableReplicas: Invalid value: 3: cannot be greater than status.readyReplicas',
  ])
  expect(statusErrors({ replicas: 0 }, { replicas: 0, collisionCount: 1 })).toEqual([
    'status.collisionCount: Invalid value: 0: cannot be decremented',
  ])
})
