// A pod stays for five minutes on a node that is not ready or cannot be reached, unless it says otherwise.

import type { Pod } from '../../kinds/core/pod.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { isFor } from './refusal.ts'

const tolerationSeconds = 300
const taintKeys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: request => ['CREATE', 'UPDATE'].includes(request.operation) && isFor(request, '', 'pods'),
  mutate({ object }) {
    const { spec } = object as Pod
    if (!spec) return
    const given = spec.tolerations ?? []
    // One without key tolerates every taint, one without effect every effect.
    const missing = taintKeys.filter(
      key => !given.some(one => (!one.key || one.key === key) && (!one.effect || one.effect === 'NoExecute')),
    )
    if (missing.length === 0) return
    const added = missing.map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds }))
    spec.tolerations = [...given, ...added]
  },
}
