// Deployment: so many pods of one template, and a way from one template to the next.

import type { V1Deployment } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { formatLabelSelector } from '../../api/selectors.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, containerColumns, countColumn, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from '../core/pod-defaults.ts'
import { scaleSubresource } from '../scale-subresource.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { dropDisabledTemplateFields, namedTemplateWarnings } from '../workload-template.ts'
import { selectorUnchanged } from '../workload-validation.ts'
import { validateDeployment, validateDeploymentStatus } from './deployment-validation.ts'

export type Deployment = Kube<V1Deployment>
export type DeploymentSpec = NonNullable<Deployment['spec']>

export const deployments: ResourceDefinition<Deployment> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  scope: 'Namespaced',
  shortNames: ['deploy'],
  categories: ['all'],
  get schema() {
    return builtinSchema('V1Deployment')
  },
  defaults: deployment => {
    deployment.spec ??= {} as DeploymentSpec
    defaultSpec(deployment.spec)
    deployment.status ??= {}
  },
  strategy: {
    prepareForCreate: deployment => {
      deployment.status = {}
      dropDisabledTemplateFields(deployment)
    },
    prepareForUpdate: (deployment, old) => {
      restoreMember(deployment, old, 'status')
      dropDisabledTemplateFields(deployment, old)
    },
    validate: validateDeployment,
    validateUpdate: selectorUnchanged,
    warnings: namedTemplateWarnings,
  },
  subresources: {
    status: statusSubresource({ keepLabels: true, validateUpdate: validateDeploymentStatus }),
    scale: scaleSubresource(),
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Ready', ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
    countColumn('Up-to-date', ({ status }) => status?.updatedReplicas),
    countColumn('Available', ({ status }) => status?.availableReplicas),
    ageColumn,
    ...containerColumns<Deployment>(({ spec }) => spec?.template),
    textColumn('Selector', ({ spec }) => formatLabelSelector(spec?.selector), 1),
  ],
}

function defaultSpec(spec: DeploymentSpec): void {
  spec.replicas ??= 1
  spec.strategy ??= {}
  spec.strategy.type ||= 'RollingUpdate'
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {}
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%'
    spec.strategy.rollingUpdate.maxSurge ??= '25%'
  }
  spec.revisionHistoryLimit ??= 10
  spec.progressDeadlineSeconds ??= 600
  defaultPodTemplate(spec.template)
}
