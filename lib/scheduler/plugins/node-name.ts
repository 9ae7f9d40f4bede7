// NodeName: a pod that names its node goes nowhere else.

import { fits, rejectsForGood, type SchedulerPlugin } from '../framework.ts'

export const nodeName: SchedulerPlugin = {
  name: 'NodeName',
  requeueOn: ['node-added'],
  filter: (pod, node) =>
    !pod.spec?.nodeName || pod.spec.nodeName === node.name
      ? fits
      : rejectsForGood("node(s) didn't match the requested node name"),
}
