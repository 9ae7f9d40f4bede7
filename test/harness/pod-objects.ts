// Pods as the API server has them before it checks them, and what it says of them.

import type { ObjectMeta } from '../../lib/api/meta.ts'
import { type Pod, pods } from '../../lib/kinds/core/pod.ts'
import type { Container, PodSpec } from '../../lib/kinds/core/pod-types.ts'
import { texts } from './kind-objects.ts'

/** With defaults, of one container, `web`, unless `spec` says otherwise. */
export function podOf(spec: Partial<PodSpec> = {}, metadata: Partial<ObjectMeta> = {}, status?: Pod['status']): Pod {
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', ...metadata },
    spec: structuredClone({
      containers: [{ name: 'web', image: 'web:1' }],
      serviceAccountName: 'default',
      ...spec,
    }),
    ...(status ? { status } : {}),
  }
  pods.defaults?.(pod)
  return pod
}

/** A spec whose one container has these fields. */
export function web(fields: Partial<Container>): Partial<PodSpec> {
  return { containers: [{ name: 'web', image: 'web:1', ...fields }] }
}

/** `path: what is wrong`, of an object as it is made. */
export function errorsOfNew(pod: Pod): string[] {
  return texts([...(pods.strategy?.validate?.(pod) ?? []), ...(pods.strategy?.validateCreate?.(pod) ?? [])])
}
