import { describe, expect, test } from '@jest/globals'
import { errorsOfNew, podOf } from '../../../test/harness/pod-objects.ts'
import { pods } from './pod.ts'
import type { PodSpec } from './pod-types.ts'

type Term = NonNullable<
  NonNullable<NonNullable<PodSpec['affinity']>['podAffinity']>['requiredDuringSchedulingIgnoredDuringExecution']
>[number]

const spread = (fields: object): Partial<PodSpec> => ({
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', ...fields }],
})
const affinity = (term: Partial<Term>): Partial<PodSpec> => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', ...term }] } },
})
const labels = { app: 'web', version: '2' }

function created(spec: Partial<PodSpec>) {
  const pod = podOf(spec, { labels })
  pods.strategy?.prepareForCreate?.(pod)
  return pod.spec
}

test('keys become expressions of the selector when a pod is made', () => {
  const term = { labelSelector: { matchLabels: { app: 'web' } }, matchLabelKeys: ['version', 'none'] }
  const merged = {
    matchLabels: { app: 'web' },
    matchExpressions: [{ key: 'version', operator: 'In', values: ['2'] }],
  }
  expect(created(spread(term))?.topologySpreadConstraints?.[0]?.labelSelector).toEqual(merged)
  const terms = created(affinity({ labelSelector: {}, matchLabelKeys: ['app'], mismatchLabelKeys: ['version'] }))
  expect(terms?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.[0]?.labelSelector).toEqual({
    matchExpressions: [
      { key: 'app', operator: 'In', values: ['web'] },
      { key: 'version', operator: 'NotIn', values: ['2'] },
    ],
  })
})

test('without a selector they say nothing', () => {
  expect(created(spread({ matchLabelKeys: ['app'] }))?.topologySpreadConstraints?.[0]).not.toHaveProperty(
    'labelSelector',
  )
})

describe('what is wrong with them', () => {
  const at = 'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]'
  test.each<[string, Partial<PodSpec>, string[]]>([
    ['nothing', spread({ labelSelector: {}, matchLabelKeys: ['version'] }), []],
    [
      'no selector',
      affinity({ matchLabelKeys: ['version'] }),
      [`${at}.matchLabelKeys: Forbidden: must not be specified when labelSelector is not set`],
    ],
    [
      'in both lists, and so twice in the selector',
      affinity({ labelSelector: {}, matchLabelKeys: ['version'], mismatchLabelKeys: ['version'] }),
      [
        `${at}[0]: Invalid value: "version": exists in both matchLabelKeys and labelSelector`,
        `${at}.matchLabelKeys[0]: Invalid value: "version": exists in both matchLabelKeys and mismatchLabelKeys`,
      ],
    ],
    [
      'in the selector too',
      affinity({ labelSelector: { matchLabels: { app: 'web' } }, matchLabelKeys: ['app'] }),
      [`${at}[0]: Invalid value: "app": exists in both matchLabelKeys and labelSelector`],
    ],
  ])('%s', (_, spec, expected) => {
    const pod = podOf(spec, { labels })
    pods.strategy?.prepareForCreate?.(pod)
    expect(errorsOfNew(pod).filter(text => text.includes('LabelKeys'))).toEqual(expected)
  })
})
