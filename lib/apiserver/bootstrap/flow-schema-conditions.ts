// Says of every FlowSchema whether the priority level it names is there: the condition Dangling.

import { findCondition, setCondition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/meta.ts'
import { type ResourceDefinition, storageKey } from '../../api/resource.ts'
import { type FlowSchema, flowSchemas } from '../../kinds/flowcontrol/flow-schema.ts'
import { priorityLevelConfigurations } from '../../kinds/flowcontrol/priority-level-configuration.ts'
import { applyConfiguration } from '../../patch/field-manager.ts'
import type { JsonObject } from '../../patch/json.ts'
import { rfc3339 } from '../../util/clock.ts'
import { goQuote } from '../../util/go-quote.ts'
import type { StorageContext } from '../context.ts'
import { fieldWrite } from '../field-management.ts'

const manager = 'api-priority-and-fairness-config-consumer-v1'
const schemasPrefix = storageKey(flowSchemas)
const levelsPrefix = storageKey(priorityLevelConfigurations)
export const flowControlPrefixes = [schemasPrefix, levelsPrefix]

/** The very same object when it says so already. Pure. */
export function withDangling(schema: FlowSchema, levels: ReadonlySet<string>, now: string): FlowSchema {
  const level = schema.spec?.priorityLevelConfiguration?.name ?? ''
  const isThere = levels.has(level)
  const subject = `This FlowSchema references the PriorityLevelConfiguration object named ${goQuote(level)}`
  const condition = isThere
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${subject} and it exists` }
    : { type: 'Dangling', status: 'True', reason: 'NotFound', message: `${subject} but there is no such object` }
  const old = findCondition(schema.status?.conditions as (typeof condition)[] | undefined, 'Dangling')
  if (old?.status === condition.status && old.message === condition.message) return schema
  const conditions = setCondition(schema.status?.conditions as (typeof condition)[] | undefined, condition, now)
  return { ...schema, status: { ...schema.status, conditions } }
}

export async function sayWhatDangles(context: StorageContext): Promise<void> {
  const { cache, store, clock } = context
  const levels = new Set(namesOf(cache.snapshot(levelsPrefix).entries()))
  const change = (current: KubeObject) =>
    applied(context, current, withDangling(current as FlowSchema, levels, rfc3339(clock.now())))
  for (const entry of cache.snapshot(schemasPrefix).entries()) {
    if (change(entry.object) !== entry.object) await store.update(entry.key, change, { cached: entry })
  }
}

/** The condition applied under upstream's name for who says it, so that it owns nothing else. */
function applied({ registry, clock }: StorageContext, current: KubeObject, next: FlowSchema): KubeObject {
  if (next === current) return current
  const { apiVersion, kind, metadata, status } = next
  const conditions = status?.conditions?.filter(({ type }) => type === 'Dangling') ?? []
  const config = { apiVersion, kind, metadata: { name: metadata.name }, status: { conditions } }
  const def = flowSchemas as unknown as ResourceDefinition
  const write = fieldWrite({ registry, def, subresource: 'status', manager, nowMs: clock.now() })
  const application = { write, kind: def, config: config as unknown as JsonObject, force: true }
  return applyConfiguration(application, current).object as unknown as KubeObject
}

function* namesOf(entries: Iterable<{ object: KubeObject }>): Generator<string> {
  for (const { object } of entries) yield object.metadata.name ?? ''
}
