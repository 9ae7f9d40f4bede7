// MutatingWebhookConfiguration: which webhooks may change what is written.

import type { V1MutatingWebhookConfiguration } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { defaultWebhook, webhookColumns, webhookStrategy } from './webhooks.ts'

export type MutatingWebhookConfiguration = Kube<V1MutatingWebhookConfiguration>

export const mutatingWebhookConfigurations: ResourceDefinition<MutatingWebhookConfiguration> = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  scope: 'Cluster',
  categories: ['api-extensions'],
  get schema() {
    return builtinSchema('V1MutatingWebhookConfiguration')
  },
  defaults: ({ webhooks }) => {
    for (const webhook of webhooks ?? []) {
      defaultWebhook(webhook)
      webhook.reinvocationPolicy ??= 'Never'
    }
  },
  strategy: webhookStrategy,
  tracksGeneration: true,
  columns: webhookColumns,
}
