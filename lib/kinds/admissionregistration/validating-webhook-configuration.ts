// ValidatingWebhookConfiguration: which webhooks are asked whether something may be written.

import type { V1ValidatingWebhookConfiguration } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { defaultWebhook, webhookColumns, webhookStrategy } from './webhooks.ts'

export type ValidatingWebhookConfiguration = Kube<V1ValidatingWebhookConfiguration>

export const validatingWebhookConfigurations: ResourceDefinition<ValidatingWebhookConfiguration> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  scope: 'Cluster',
  categories: ['api-extensions'],
  get schema() {
    return builtinSchema('V1ValidatingWebhookConfiguration')
  },
  defaults: ({ webhooks }) => {
    for (const webhook of webhooks ?? []) defaultWebhook(webhook)
  },
  strategy: webhookStrategy,
  tracksGeneration: true,
  columns: webhookColumns,
}
