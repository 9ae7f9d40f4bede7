import { describe, expect, test } from '@jest/globals'
import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { flowSchemas } from '../../kinds/flowcontrol/flow-schema.ts'
import { priorityLevelConfigurations } from '../../kinds/flowcontrol/priority-level-configuration.ts'
import {
  autoupdateSpec,
  bootstrapFlowSchemas,
  bootstrapPriorityLevels,
  reconciledFlowControl,
} from './flow-control-objects.ts'
import { withDangling } from './flow-schema-conditions.ts'

const all: [string, ResourceDefinition, KubeObject][] = [
  ...bootstrapPriorityLevels.map((level): [string, ResourceDefinition, KubeObject] => [
    `level ${level.metadata.name}`,
    priorityLevelConfigurations,
    level,
  ]),
  ...bootstrapFlowSchemas.map((schema): [string, ResourceDefinition, KubeObject] => [
    `schema ${schema.metadata.name}`,
    flowSchemas,
    schema,
  ]),
]

test.each(all)('%s is valid, and defaults change nothing of its spec', (_, def, object) => {
  const defaulted = structuredClone(object) as KubeObject & { spec: unknown }
  def.defaults?.(defaulted)
  expect(defaulted.spec).toEqual((object as typeof defaulted).spec)
  expect(def.strategy?.validate?.(defaulted)).toEqual([])
})

test('every schema names a level that is there', () => {
  const levels = new Set(bootstrapPriorityLevels.map(({ metadata }) => metadata.name))
  for (const { spec } of bootstrapFlowSchemas) expect(levels).toContain(spec?.priorityLevelConfiguration.name)
})

describe('what is there already', () => {
  const wanted = bootstrapPriorityLevels.find(({ metadata }) => metadata.name === 'system')
  if (!wanted) throw new Error('there is no level system')
  const current = (
    annotations: Record<string, string> | undefined,
    generation: number,
    isChanged: boolean,
  ): typeof wanted => ({
    ...structuredClone(wanted),
    metadata: { name: 'system', generation, ...(annotations ? { annotations } : {}) },
    ...(isChanged ? { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 1 } } } : {}),
  })

  test.each<[string, Record<string, string> | undefined, number, boolean, boolean]>([
    ['as it should be', { [autoupdateSpec]: 'true' }, 2, false, true],
    ['changed, and still ours', { [autoupdateSpec]: 'true' }, 2, true, false],
    ['changed by one who said so', { [autoupdateSpec]: 'false' }, 2, true, true],
    ['changed before anybody could say so', undefined, 2, true, true],
    ['made by an older server', undefined, 1, true, false],
  ])('%s', (_, annotations, generation, isChanged, stays) => {
    const object = current(annotations, generation, isChanged)
    const reconciled = reconciledFlowControl(object, wanted)
    expect(reconciled === object).toBe(stays)
    if (!stays) {
      expect(reconciled.spec).toEqual(wanted.spec)
      expect(reconciled.metadata).toMatchObject({
        generation: generation + 1,
        annotations: { [autoupdateSpec]: 'true' },
      })
    }
  })
})

test('a schema says whether its level is there, and says it once', () => {
  const [schema] = bootstrapFlowSchemas
  if (!schema) throw new Error('there are no schemas')
  const [missing, found] = [new Set<string>(), new Set([schema.spec?.priorityLevelConfiguration.name ?? ''])]
  const dangling = withDangling(schema, missing, '2026-01-01T00:00:00Z')
  expect(dangling.status?.conditions).toMatchObject([{ type: 'Dangling', status: 'True', reason: 'NotFound' }])
  expect(withDangling(dangling, missing, '2026-01-02T00:00:00Z')).toBe(dangling)
  expect(withDangling(dangling, found, '2026-01-02T00:00:00Z').status?.conditions).toMatchObject([
    { status: 'False', reason: 'Found', lastTransitionTime: '2026-01-02T00:00:00Z' },
  ])
})
