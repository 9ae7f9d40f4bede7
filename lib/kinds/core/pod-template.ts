// PodTemplate: a pod's template, kept on its own.

import type { V1PodTemplate } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { formatLabels, nameColumn, textColumn } from '../columns.ts'
import { defaultPodTemplate } from './pod-defaults.ts'
import { dropDisabledPodFields } from './pod-disabled-fields.ts'
import { validatePodTemplate } from './pod-validation.ts'
import { podTemplateWarnings } from './pod-warnings.ts'

export type PodTemplate = Kube<V1PodTemplate>

export const podTemplates: ResourceDefinition<PodTemplate> = {
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1PodTemplate')
  },
  defaults: ({ template }) => defaultPodTemplate(template),
  strategy: {
    prepareForCreate: ({ template }) => dropDisabledPodFields(template?.spec),
    prepareForUpdate: ({ template }, old) => dropDisabledPodFields(template?.spec, old.template?.spec),
    warnings: ({ template }) => podTemplateWarnings(template, 'template'),
    validate: ({ template }) => (template ? validatePodTemplate(template, 'template') : []),
    returnsDeletedObject: true,
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    textColumn('Containers', ({ template }) => (template?.spec?.containers ?? []).map(({ name }) => name).join(',')),
    textColumn('Images', ({ template }) => (template?.spec?.containers ?? []).map(({ image }) => image).join(',')),
    textColumn('Pod Labels', ({ template }) => formatLabels(template?.metadata?.labels)),
  ],
}
