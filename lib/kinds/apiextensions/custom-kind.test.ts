import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { fromStored, servesWhatIsStored, toStored } from '../../api/stored.ts'
import { customKinds, storedKind } from './custom-kind.ts'
import type { CustomResourceDefinition, PrinterColumn, Version } from './types.ts'

const accepted = { conditions: [{ type: 'NamesAccepted', status: 'True' }] }
const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList', shortNames: ['w'] }
const version = (name: string, more: Partial<Version> = {}): Version => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
  ...more,
})

function definition(versions: Version[], status: object = accepted): CustomResourceDefinition {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: { group: 'example.com', scope: 'Namespaced', names, versions },
    status: { acceptedNames: names, ...status },
  }
}

const one = (more: Partial<Version>): ResourceDefinition => {
  const [kind] = customKinds(definition([version('v1', more)]))
  if (!kind) throw new Error('nothing is served')
  return kind
}
const widget = (more = {}) =>
  ({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'a' }, ...more }) as KubeObject

describe('what a definition serves', () => {
  test('is nothing before its names are accepted', () => {
    expect(customKinds(definition([version('v1')], { conditions: [] }))).toEqual([])
  })

  test('is every served version, over one storage', () => {
    const kinds = customKinds(definition([version('v1'), version('v2'), version('v3', { served: false })]))
    expect(kinds.map(({ version: name }) => name)).toEqual(['v1', 'v2'])
    expect(kinds.map(({ storage }) => storage)).toEqual(
      ['v1', 'v2'].map(() => ({ version: 'v1', prefix: 'example.com/widgets' })),
    )
    expect(kinds[0]).toMatchObject({
      plural: 'widgets',
      singular: 'widget',
      kind: 'Widget',
      listKind: 'WidgetList',
      shortNames: ['w'],
      scope: 'Namespaced',
    })
  })

  test('has a stored kind even where that is not served', () => {
    const crd = definition([version('v1', { served: false }), version('v2')])
    expect(storedKind(crd)?.version).toBe('v1')
  })

  test.each<[string, Version[], (string | undefined)[]]>([
    [
      'a newer version',
      [version('v1beta1', { deprecated: true }), version('v1'), version('v2')],
      ['example.com/v1beta1 Widget is deprecated; use example.com/v2 Widget', undefined, undefined],
    ],
    [
      'none',
      [version('v1', { deprecated: true }), version('v1beta1')],
      ['example.com/v1 Widget is deprecated', undefined],
    ],
    ['words of its own', [version('v1', { deprecated: true, deprecationWarning: 'do not' })], ['do not']],
  ])('warns of deprecated versions, with %s', (_, versions, warnings) => {
    expect(customKinds(definition(versions)).map(({ deprecation }) => deprecation)).toEqual(warnings)
  })

  test('is marked while its definition goes', () => {
    const crd = definition([version('v1')])
    crd.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    expect(customKinds(crd)[0]?.isTerminating).toBe(true)
  })
})

test('what is stored is read as if it had just come in', () => {
  const def = one({
    schema: {
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { a: { type: 'string', default: 'x' } } } },
      },
    },
  })
  expect(servesWhatIsStored(def)).toBe(false)
  const read = fromStored(def, widget({ apiVersion: 'example.com/v0', spec: { gone: 1 } }))
  expect(read).toEqual(widget({ spec: { a: 'x' } }))
  expect(toStored(def, read)).toEqual(read)
})

describe('columns', () => {
  const object = widget({
    metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { s: 'x', i: 3, f: 1.5, b: true, o: { k: 1 }, l: [1], when: '2026-01-01T00:00:00Z', big: 2_500_000.5 },
  })
  const cell = (column: Partial<PrinterColumn>) => {
    const columns = one({
      additionalPrinterColumns: [{ name: 'C', type: 'string', jsonPath: '.spec.s', ...column }],
    }).columns
    return columns?.[1]?.value(object, Date.parse('2026-01-01T00:02:00Z'))
  }
  test.each<[Partial<PrinterColumn>, unknown]>([
    [{}, 'x'],
    [{ jsonPath: '.spec.i' }, '3'],
    [{ jsonPath: '.spec.big' }, '2.5000005e+06'],
    [{ jsonPath: '.spec.o' }, '{"k":1}'],
    [{ jsonPath: '.spec.l' }, '[1]'],
    [{ jsonPath: '.spec.none' }, null],
    [{ type: 'integer', jsonPath: '.spec.i' }, 3],
    [{ type: 'integer', jsonPath: '.spec.f' }, 1],
    [{ type: 'integer', jsonPath: '.spec.s' }, null],
    [{ type: 'number', jsonPath: '.spec.f' }, 1.5],
    [{ type: 'boolean', jsonPath: '.spec.b' }, true],
    [{ type: 'boolean', jsonPath: '.spec.s' }, null],
    [{ type: 'date', jsonPath: '.spec.when' }, '2m'],
    [{ type: 'date', jsonPath: '.spec.s' }, '<invalid>'],
    [{ type: 'date', jsonPath: '.spec.i' }, null],
  ])('%j shows %j', (column, shown) => expect(cell(column)).toBe(shown))

  test('are name and age where none are given', () => {
    expect(one({}).columns?.map(({ name, type }) => [name, type])).toEqual([
      ['Name', 'string'],
      ['Age', 'date'],
    ])
  })
})

describe('scale', () => {
  const paths = {
    specReplicasPath: '.spec.n.replicas',
    statusReplicasPath: '.status.n',
    labelSelectorPath: '.status.s',
  }
  const { scale } = one({ subresources: { scale: paths } }).subresources ?? {}

  test('reads and writes at the paths', () => {
    const object = widget({ spec: { n: { replicas: 2 } }, status: { n: 1, s: 'a=b' } })
    expect(scale?.read?.(object)).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 1, selector: 'a=b' } })
    const view = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: {}, spec: { replicas: 5 } }
    expect(scale?.write?.(widget(), view)).toEqual(widget({ spec: { n: { replicas: 5 } } }))
  })

  test.each([
    [{ spec: { n: { replicas: -1 } } }, '.spec.n.replicas: Invalid value: -1: should be a non-negative integer'],
    [
      { spec: { n: { replicas: 2 ** 31 } } },
      '.spec.n.replicas: Invalid value: 2147483648: should be less than or equal to 2147483647',
    ],
    [
      { spec: { n: { replicas: 'x' } } },
      '.spec.n.replicas: Invalid value: 0: .spec.n.replicas accessor error: x is of the type string, expected int64',
    ],
    [
      { status: { s: 1 } },
      '.status.s: Invalid value: "": .status.s accessor error: 1 is of the type int64, expected string',
    ],
  ])('%j is wrong', (more, text) => {
    const errors = one({ subresources: { scale: paths } }).strategy?.validate?.(widget(more)) ?? []
    expect(errors.map(({ field, body }) => `${field}: ${body}`)).toContain(text)
  })
})
