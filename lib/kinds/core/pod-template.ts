// What a PodTemplate is.

import type { V1PodTemplate } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type PodTemplate = Kube<V1PodTemplate>

export const podTemplates: ResourceDefinition<PodTemplate> = {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1PodTemplate')
  },
}
