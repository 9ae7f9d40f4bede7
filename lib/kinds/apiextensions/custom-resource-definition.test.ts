import { describe, expect, test } from '@jest/globals'
import type { FieldError } from '../../api/field-errors.ts'
import { decode } from '../../schema/decode.ts'
import { nextStatus } from './crd-conditions.ts'
import { customKinds } from './custom-kind.ts'
import { customResourceDefinitions } from './custom-resource-definition.ts'
import type { CustomResourceDefinition } from './types.ts'

const { strategy, schema } = customResourceDefinitions

/** The way in: decoded, defaulted, prepared. */
function taken(value: unknown): { crd: CustomResourceDefinition; unknown: string[] } {
  const unknown: string[] = []
  const crd = decode(schema, value, { onUnknown: path => unknown.push(path) }) as CustomResourceDefinition
  crd.metadata ??= {}
  customResourceDefinitions.defaults?.(crd)
  strategy?.prepareForCreate?.(crd)
  return { crd, unknown }
}
const texts = (errors: FieldError[] = []) => errors.map(({ field, body }) => `${field}: ${body}`)

/** With everything that a definition can have. */
const full = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.x.k8s.io', annotations: { 'api-approved.kubernetes.io': 'unapproved' } },
  spec: {
    group: 'x.k8s.io',
    scope: 'Namespaced',
    names: {
      plural: 'widgets',
      singular: 'widget',
      kind: 'Widget',
      listKind: 'WidgetList',
      shortNames: ['w'],
      categories: ['all'],
    },
    conversion: {
      strategy: 'Webhook',
      webhook: {
        clientConfig: { service: { name: 'a', namespace: 'b', path: '/c', port: 1 } },
        conversionReviewVersions: ['v1'],
      },
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        deprecated: true,
        deprecationWarning: 'x',
        subresources: {
          status: {},
          scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.status.a', labelSelectorPath: '.status.s' },
        },
        additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.spec.a', format: 'int32', priority: 1 }],
        selectableFields: [{ jsonPath: '.spec.a' }],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            required: ['spec'],
            properties: {
              spec: {
                type: 'object',
                properties: {
                  a: { type: 'integer', default: 1, maximum: 3, enum: [1, 2] },
                  list: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['k'],
                    items: { type: 'object', required: ['k'], properties: { k: { type: 'string', pattern: '^a' } } },
                  },
                  map: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'string' } },
                  either: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] },
                  all: { type: 'object', allOf: [{ not: { required: ['x'] } }], oneOf: [{ required: ['y'] }] },
                  rules: {
                    type: 'string',
                    'x-kubernetes-validations': [{ rule: 'true', message: 'm', reason: 'FieldValueInvalid' }],
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
}

/** Every way to the value of a member or an item. */
function* paths(value: unknown, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    yield [...path, key]
    yield* paths(member, [...path, key])
  }
}

function changed(path: (string | number)[], change: (parent: Record<string, unknown>, key: string) => void): unknown {
  const copy: unknown = structuredClone(full)
  let parent = copy as Record<string, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>
  change(parent, String(path.at(-1)))
  return copy
}

describe('a definition with everything', () => {
  test('is valid', () => {
    const { crd, unknown } = taken(full)
    expect(unknown).toEqual([])
    expect(texts(strategy?.validate?.(crd))).toEqual([])
  })

  test.each([...paths(full)].map(path => [path.join('.'), path] as const))(
    'may come without %s, or null',
    (_, path) => {
      for (const change of [
        (parent: Record<string, unknown>, key: string) =>
          Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key],
        (parent: Record<string, unknown>, key: string) => (parent[key] = null),
      ]) {
        const { crd } = taken(changed(path, change))
        const errors = strategy?.validate?.(crd) ?? []
        expect(Array.isArray(errors)).toBe(true)
        if (errors.length > 0) continue
        const status = nextStatus(crd, [], '2026-01-01T00:00:00Z')
        for (const kind of customKinds({ ...crd, status: status ?? {} })) {
          kind.strategy?.validate?.({ apiVersion: 'x', kind: 'Widget', metadata: {} })
          expect(kind.columns?.length).toBeGreaterThan(0)
        }
      }
    },
  )
})

test('an empty one is told all that it lacks', () => {
  expect(texts(strategy?.validate?.(taken({}).crd))).toEqual([
    'spec.group: Required value',
    'spec.scope: Required value',
    'spec.versions: Invalid value: []: must have exactly one version marked as storage version',
    'spec.names.plural: Required value',
    'spec.names.singular: Required value',
    'spec.names.kind: Required value',
    'spec.names.listKind: Required value',
    'status.storedVersions: Invalid value: []: must have at least one stored version',
  ])
})

test('formats that nobody checks are warned of once, when they come in', () => {
  const withFormats = (...formats: [string, string][]) => {
    const { crd } = taken(full)
    const properties = Object.fromEntries(formats.map(([type, format], i) => [`p${i}`, { type, format }]))
    for (const version of crd.spec.versions) version.schema = { openAPIV3Schema: { type: 'object', properties } }
    return crd
  }
  const good = withFormats(['string', 'date-time'], ['integer', 'int32'], ['number', 'double'])
  expect(strategy?.warnings?.(good)).toEqual([])
  const odd = withFormats(['string', 'colour'], ['string', 'colour'], ['integer', 'uint32'], ['boolean', 'date'])
  expect(strategy?.warnings?.(odd)).toEqual([
    'unrecognized format "colour"',
    'unrecognized format "uint32"',
    'unrecognized format "date"',
  ])
  expect(strategy?.warnings?.(odd, odd)).toEqual([])
  expect(strategy?.warnings?.(odd, withFormats(['string', 'colour'], ['boolean', 'date']))).toEqual([
    'unrecognized format "uint32"',
  ])
})

describe('a deletion', () => {
  const marked = () => {
    const { crd } = taken(full)
    crd.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    strategy?.prepareForDelete?.(crd)
    return crd
  }

  test('waits for the objects', () => {
    expect(strategy?.blocksDeletion?.(taken(full).crd)).toBe(true)
    const crd = marked()
    expect(crd.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io'])
    expect(crd.status?.conditions).toEqual([
      {
        type: 'Terminating',
        status: 'True',
        reason: 'InstanceDeletionPending',
        message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ])
    expect(strategy?.blocksDeletion?.(crd)).toBe(true)
  })

  test('is begun once', () => {
    const crd = marked()
    crd.metadata.finalizers = ['example.com/other']
    strategy?.prepareForDelete?.(crd)
    expect(crd.metadata.finalizers).toEqual(['example.com/other'])
    expect(strategy?.blocksDeletion?.(crd)).toBe(false)
  })
})

test('an update keeps the status, and records another storage version', () => {
  const { crd: old } = taken(full)
  const { crd } = taken(full)
  crd.status = { storedVersions: ['forged'] }
  crd.spec.versions = crd.spec.versions.map(version => ({ ...version, name: 'v2' }))
  strategy?.prepareForUpdate?.(crd, old)
  expect(crd.status.storedVersions).toEqual(['v1', 'v2'])
  expect(old.status?.storedVersions).toEqual(['v1'])
})
