// TaintToleration: NoSchedule and NoExecute taints keep out pods that do not bear them; of the rest, nodes with the
// fewest PreferNoSchedule taints that the pod does not bear come first.

import { fits, normalizeScores, rejectsForGood, type SchedulerPlugin } from '../framework.ts'
import { type Taint, tolerates } from '../tolerations.ts'

const keepsOut = (taint: Taint) => taint.effect === 'NoSchedule' || taint.effect === 'NoExecute'

export const taintToleration: SchedulerPlugin = {
  name: 'TaintToleration',
  requeueOn: ['node-added', 'node-changed'],
  filter(pod, { node }) {
    const taint = node.spec?.taints?.find(each => keepsOut(each) && !tolerates(pod.spec?.tolerations, each))
    return taint ? rejectsForGood('node(s) had untolerated taint(s)') : fits
  },
  score(pod, { node }) {
    const soft = pod.spec?.tolerations?.filter(each => !each.effect || each.effect === 'PreferNoSchedule')
    return (node.spec?.taints ?? []).filter(each => each.effect === 'PreferNoSchedule' && !tolerates(soft, each)).length
  },
  normalize: scores => normalizeScores(scores, true),
}
