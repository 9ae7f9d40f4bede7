// DaemonSet: a pod on every node that fits.

import type { V1DaemonSet } from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { atMost100Percent, nonNegativeIntOrPercent, percentOf } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, formatLabels, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { selectorUnchanged, validateCounts, validateSelector, validateTemplate } from '../workload-validation.ts'

export type DaemonSet = Kube<V1DaemonSet>
type DaemonSetSpec = NonNullable<DaemonSet['spec']>
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
    },
    prepareForUpdate: (set, old) => restoreMember(set, old, 'status'),
    validate: validateDaemonSet,
    validateUpdate: selectorUnchanged,
  },
  subresources: { status: statusSubresource() },
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

function validateDaemonSet({ spec }: DaemonSet): FieldError[] {
  if (!spec) return []
  return [
    ...validateSelector(spec.selector, 'empty selector is invalid for daemonset'),
    ...validateTemplate(spec.template, { selector: spec.selector, kind: 'DaemonSet' }),
    ...validateCounts(spec),
    ...updateStrategy(spec),
  ]
}

function updateStrategy({ updateStrategy: strategy = {} }: DaemonSetSpec): FieldError[] {
  const { type, rollingUpdate } = strategy
  const field = 'spec.updateStrategy'
  if (type === 'OnDelete') return []
  if (type !== 'RollingUpdate') return [notSupported(field, strategy, ['RollingUpdate', 'OnDelete'])]
  if (!rollingUpdate) return [required(`${field}.rollingUpdate`)]
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate
  const at = `${field}.rollingUpdate`
  const surges = typeof maxSurge === 'number' ? maxSurge > 0 : (percentOf(maxSurge) ?? 0) > 0
  const takesAway = typeof maxUnavailable === 'number' ? maxUnavailable > 0 : (percentOf(maxUnavailable) ?? 0) > 0
  return [
    ...nonNegativeIntOrPercent(`${at}.maxUnavailable`, maxUnavailable),
    ...nonNegativeIntOrPercent(`${at}.maxSurge`, maxSurge),
    ...atMost100Percent(`${at}.maxUnavailable`, maxUnavailable),
    ...atMost100Percent(`${at}.maxSurge`, maxSurge),
    ...(surges && takesAway
      ? [invalid(`${at}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')]
      : []),
    ...(surges || takesAway ? [] : [required(`${at}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')]),
  ]
}
