// NodeUnschedulable: a cordoned node takes only pods that tolerate its taint.

import { fits, rejectsForGood, type SchedulerPlugin } from '../framework.ts'
import { tolerates } from '../tolerations.ts'

const unschedulableTaint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

export const nodeUnschedulable: SchedulerPlugin = {
  name: 'NodeUnschedulable',
  requeueOn: ['node-added', 'node-changed'],
  filter: (pod, { node }) =>
    !node.spec?.unschedulable || tolerates(pod.spec?.tolerations, unschedulableTaint)
      ? fits
      : rejectsForGood('node(s) were unschedulable'),
}
