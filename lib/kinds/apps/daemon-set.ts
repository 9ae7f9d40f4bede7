// DaemonSet: a pod on every node that fits.

import type { V1DaemonSet } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, formatLabels, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { semanticEqual } from '../core/pod-semantic-equal.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { dropDisabledTemplateFields, templateWarnings } from '../workload-template.ts'
import { selectorUnchanged } from '../workload-validation.ts'
import { validateDaemonSet, validateDaemonSetStatus } from './daemon-set-validation.ts'

export type DaemonSet = Kube<V1DaemonSet>
export type DaemonSetSpec = NonNullable<DaemonSet['spec']>
type DaemonSetStatus = NonNullable<DaemonSet['status']>

export const daemonSets: ResourceDefinition<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  scope: 'Namespaced',
  shortNames: ['ds'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1DaemonSet')
  },
  defaults: set => {
    set.spec ??= {} as DaemonSetSpec
    defaultSpec(set.spec)
    set.status ??= emptyStatus()
  },
  strategy: {
    prepareForCreate: set => {
      set.status = emptyStatus()
      dropDisabledTemplateFields(set)
      countTemplates(set)
    },
    prepareForUpdate: (set, old) => {
      restoreMember(set, old, 'status')
      dropDisabledTemplateFields(set, old)
      countTemplates(set, old)
    },
    validate: validateDaemonSet,
    validateUpdate: selectorUnchanged,
    warnings: templateWarnings,
  },
  subresources: { status: statusSubresource({ validateUpdate: validateDaemonSetStatus }) },
  tracksGeneration: true,
  columns: [
    nameColumn,
    countColumn('Desired', ({ status }) => status?.desiredNumberScheduled),
    countColumn('Current', ({ status }) => status?.currentNumberScheduled),
    countColumn('Ready', ({ status }) => status?.numberReady),
    countColumn('Up-to-date', ({ status }) => status?.updatedNumberScheduled),
    countColumn('Available', ({ status }) => status?.numberAvailable),
    textColumn('Node Selector', ({ spec }) => formatLabels(spec?.template.spec?.nodeSelector)),
    ageColumn,
    ...containerColumns<DaemonSet>(({ spec }) => spec?.template),
    textColumn('Selector', ({ spec }) => formatLabelSelector(spec?.selector), 1),
  ],
}

function emptyStatus(): DaemonSetStatus {
  return { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }
}

function defaultSpec(spec: DaemonSetSpec): void {
  spec.updateStrategy ??= {}
  spec.updateStrategy.type ||= 'RollingUpdate'
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {}
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0
  }
  spec.revisionHistoryLimit ??= 10
  defaultPodTemplate(spec.template)
}

const generationAnnotation = 'deprecated.daemonset.template.generation'

/** How many templates there were: pods of old versions carry it as a label. Nobody but the server sets it later. */
function countTemplates(set: DaemonSet, old?: DaemonSet): void {
  const before = Number(old?.metadata.annotations?.[generationAnnotation] ?? 0)
  const given = Number(set.metadata.annotations?.[generationAnnotation] ?? 0)
  const isChanged = old && !semanticEqual(set.spec?.template, old.spec?.template)
  const count = old ? before + (isChanged ? 1 : 0) : Math.max(1, Number.isInteger(given) ? given : 1)
  if (count > 0) set.metadata.annotations = { ...set.metadata.annotations, [generationAnnotation]: String(count) }
}
