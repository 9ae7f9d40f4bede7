// A new node takes no pods before it has said that it is ready: the node lifecycle controller lifts the taint then.

import type { Node } from '../../kinds/core/node.ts'
import type { AdmissionPlugin } from './plugin.ts'
import { isFor } from './refusal.ts'

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: request => request.operation === 'CREATE' && isFor(request, '', 'nodes'),
  mutate({ object }) {
    const node = object as Node
    const taints = node.spec?.taints ?? []
    if (taints.some(taint => taint.key === notReady.key && taint.effect === notReady.effect)) return
    node.spec = { ...node.spec, taints: [...taints, { ...notReady }] }
  },
}
