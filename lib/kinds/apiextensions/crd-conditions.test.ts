import { describe, expect, test } from '@jest/globals'
import { nextStatus } from './crd-conditions.ts'
import type { CustomResourceDefinition, Names } from './types.ts'

const now = '2026-01-02T03:04:05Z'
const later = '2026-01-02T03:05:05Z'
const widget: Names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }

function definition(names: Names, status: CustomResourceDefinition['status'] = {}): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.example.com` },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names,
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
    status,
  }
}

const holder = (names: Names) => definition(names, { acceptedNames: names })
const short = ({ type, status, reason }: { type: string; status: string; reason?: string }) =>
  `${type}=${status} ${reason}`

describe('the next status', () => {
  test('accepts the names first, and establishes with the next write', () => {
    const crd = definition(widget)
    const first = nextStatus(crd, [], now)
    expect(first?.acceptedNames).toEqual(widget)
    expect(first?.conditions?.map(short)).toEqual(['NamesAccepted=True NoConflicts', 'Established=False Installing'])
    const second = nextStatus({ ...crd, status: first ?? {} }, [], later)
    expect(second?.conditions).toEqual([
      expect.objectContaining({ type: 'NamesAccepted', lastTransitionTime: now }),
      {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
        lastTransitionTime: later,
      },
    ])
    expect(nextStatus({ ...crd, status: second ?? {} }, [], later)).toBeUndefined()
  })

  const other = { plural: 'others', singular: 'other', kind: 'Other', listKind: 'OtherList' }
  test.each<[string, Names, Names, string]>([
    ['plural', widget, { ...other, singular: 'widgets' }, 'PluralConflict "widgets" is already in use'],
    ['singular', widget, { ...other, plural: 'widget' }, 'SingularConflict "widget" is already in use'],
    [
      'short name',
      { ...widget, shortNames: ['w'] },
      { ...other, shortNames: ['w'] },
      'ShortNamesConflict "w" is already in use',
    ],
    [
      'short names',
      { ...widget, shortNames: ['w', 'x', 'y'] },
      { ...other, shortNames: ['w', 'x'] },
      'ShortNamesConflict ["w" is already in use, "x" is already in use]',
    ],
    ['kind', widget, { ...other, kind: 'Widget' }, 'KindConflict "Widget" is already in use'],
    ['list kind', widget, { ...other, listKind: 'WidgetList' }, 'ListKindConflict "WidgetList" is already in use'],
  ])('refuses a %s that another one has', (_, names, taken, text) => {
    const status = nextStatus(definition(names), [holder(taken)], now)
    const [accepted, established] = status?.conditions ?? []
    expect(`${accepted?.reason} ${accepted?.message}`).toBe(text)
    expect(accepted?.status).toBe('False')
    expect(established && short(established)).toBe('Established=False NotAccepted')
  })

  test('stays established with names that were given, whatever it asks for next', () => {
    const crd = definition(widget)
    const first = nextStatus(crd, [], now) ?? {}
    const status = nextStatus({ ...crd, status: first }, [], now) ?? {}
    const renamed = { ...crd, spec: { ...crd.spec, names: { ...widget, shortNames: ['w'] } }, status }
    const next = nextStatus(renamed, [holder({ ...other, shortNames: ['w'] })], later)
    expect(next?.conditions?.map(short)).toEqual([
      'NamesAccepted=False ShortNamesConflict',
      'Established=True InitialNamesAccepted',
    ])
    expect(next?.acceptedNames).toEqual(widget)
  })

  test('tells of an approval, and of a schema from before schemas were structural', () => {
    const crd = definition(widget)
    crd.spec.group = 'x.k8s.io'
    crd.metadata.annotations = { 'api-approved.kubernetes.io': 'unapproved' }
    crd.spec.versions[0] = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: {} } }
    const conditions = nextStatus(crd, [], now)?.conditions ?? []
    expect(conditions.slice(2).map(short)).toEqual([
      'KubernetesAPIApprovalPolicyConformant=False UnapprovedAnnotation',
      'NonStructuralSchema=True Violations',
    ])
    expect(conditions[3]?.message).toBe(
      'spec.versions[0].schema.openAPIV3Schema.type: Required value: must not be empty at the root',
    )
  })
})
