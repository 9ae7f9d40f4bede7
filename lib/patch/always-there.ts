// Fields that Go's encoder always writes, set or not: structs that are no pointers, and lists without omitempty. To
// upstream an object without them has them empty, and so who fills one in owns what is in it, but not the field itself.

import type { Schema } from '../schema/schema.ts'
import type { Json } from './json.ts'

/** In every model that has them. */
const everywhere = new Set(['metadata', 'spec', 'status'])

/** By model and field: `{}` a struct, `[]` a list. */
const byModel: Record<string, Record<string, '{}' | '[]'>> = {
  V1APIServiceStatus: {},
  V1CSINodeSpec: { drivers: '[]' },
  V1CronJobSpec: { jobTemplate: '{}' },
  V1CustomResourceDefinitionSpec: { names: '{}', versions: '[]' },
  V1CustomResourceDefinitionStatus: { acceptedNames: '{}', conditions: '[]', storedVersions: '[]' },
  V1DaemonSetSpec: { template: '{}', updateStrategy: '{}' },
  V1DeploymentSpec: { strategy: '{}', template: '{}' },
  V1FlowSchemaSpec: { priorityLevelConfiguration: '{}' },
  V1IngressStatus: { loadBalancer: '{}' },
  V1JobSpec: { template: '{}' },
  V1NodeStatus: { daemonEndpoints: '{}', nodeInfo: '{}' },
  V1NodeDaemonEndpoints: { kubeletEndpoint: '{}' },
  V1PersistentVolumeClaimSpec: { resources: '{}' },
  V1PodSpec: { containers: '[]' },
  V1PodTemplate: { template: '{}' },
  V1ReplicaSetSpec: { template: '{}' },
  V1ResourceClaimSpec: { devices: '{}' },
  V1ResourceClaimTemplateSpec: { spec: '{}' },
  V1ResourceSliceSpec: { pool: '{}' },
  V1ServiceStatus: { loadBalancer: '{}' },
  V1StatefulSetSpec: { template: '{}', updateStrategy: '{}' },
  V1VolumeAttachmentSpec: { source: '{}' },
  V2HorizontalPodAutoscalerStatus: { currentMetrics: '[]' },
}

/** What upstream sees where a struct lacks this field: an empty struct, an empty list, or nothing. */
export function whenAbsent(struct: Schema, field: string, schema: Schema): Json | undefined {
  const model = struct.name
  if (model === undefined) return undefined
  if (everywhere.has(field)) return schema.type === 'object' && schema.properties !== undefined ? {} : undefined
  const what = byModel[model]?.[field]
  if (what === undefined) return undefined
  return what === '{}' ? {} : null
}
