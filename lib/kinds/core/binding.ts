// Binding: the decision that a pod runs on a node. It is only written, never stored: it becomes a part of the pod.

import type { V1Binding } from '@kubernetes/client-node'
import { type FieldError, notSupported, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'

export type Binding = Kube<V1Binding>

export const bindings: ResourceDefinition<Binding> = {
  group: '',
  version: 'v1',
  kind: 'Binding',
  plural: 'bindings',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1Binding')
  },
  verbs: ['create'],
  strategy: { validate: validateBinding },
}

function validateBinding({ target }: Binding): FieldError[] {
  const { kind, name } = target ?? {}
  return [
    ...(kind && kind !== 'Node' ? [notSupported('target.kind', kind, ['Node', '<empty>'])] : []),
    ...(name ? [] : [required('target.name')]),
  ]
}
