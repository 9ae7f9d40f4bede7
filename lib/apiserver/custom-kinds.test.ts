import { describe, expect, test } from '@jest/globals'
import type { CustomResourceDefinition } from '../kinds/apiextensions/custom-resource-definition.ts'
import { silentLogger } from '../util/log.ts'
import { CustomKinds } from './custom-kinds.ts'
import { Registry } from './registry.ts'
import type { CacheEvent } from './watch-cache.ts'

const key = 'apiextensions.k8s.io/customresourcedefinitions/widgets.example.com'

function definition(versions = ['v1'], more: Partial<CustomResourceDefinition['spec']> = {}): CustomResourceDefinition {
  const names = { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com', uid: '1' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names,
      versions: versions.map((name, i) => ({
        name,
        served: true,
        storage: i === 0,
        schema: { openAPIV3Schema: { type: 'object' } },
      })),
      ...more,
    },
    status: { acceptedNames: names, conditions: [{ type: 'NamesAccepted', status: 'True' }] },
  }
}

function followed() {
  const registry = new Registry()
  let changes = 0
  registry.onChange(() => changes++)
  const kinds = new CustomKinds({ registry, log: silentLogger })
  const change = (crd?: CustomResourceDefinition) =>
    kinds.change({ key, current: crd && { object: crd } } as unknown as CacheEvent)
  const served = () => registry.all().map(({ group, version, plural }) => `${group}/${version}/${plural}`)
  return { registry, kinds, change, served, changes: () => changes }
}

describe('the registry', () => {
  test('has what definitions serve, and forgets it with them', () => {
    const { change, served } = followed()
    change(definition(['v1', 'v2']))
    expect(served()).toEqual(['example.com/v1/widgets', 'example.com/v2/widgets'])
    change(definition(['v2']))
    expect(served()).toEqual(['example.com/v2/widgets'])
    change(undefined)
    expect(served()).toEqual([])
  })

  test('keeps the same value while nothing changes that matters', () => {
    const { change, registry, changes } = followed()
    change(definition())
    const [before] = registry.all()
    const established = definition()
    established.status?.conditions?.push({ type: 'Established', status: 'True' })
    change(established)
    expect(registry.all()[0]).toBe(before)
    expect(changes()).toBe(1)
    change(definition(['v1'], { scope: 'Cluster' }))
    expect(registry.all()[0]).not.toBe(before)
  })

  test('begins anew with what there is', () => {
    const { kinds, change, served } = followed()
    change(definition())
    kinds.reset([])
    expect(served()).toEqual([])
    kinds.reset([{ key, object: definition(['v3']) }])
    expect(served()).toEqual(['example.com/v3/widgets'])
  })

  test('gives nothing of its own away', () => {
    const { registry, change } = followed()
    const own = {
      group: 'example.com',
      version: 'v1',
      kind: 'Widget',
      plural: 'widgets',
      scope: 'Cluster',
      schema: {},
    } as const
    registry.add(own)
    change(definition())
    expect(registry.all()).toEqual([own])
    change(undefined)
    expect(registry.all()).toEqual([own])
  })
})
