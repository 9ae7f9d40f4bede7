// What mutating and validating webhooks share: defaults, and what must hold for each.

import type { V1MutatingWebhook, V1ValidatingWebhook } from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, required } from '../../api/field-errors.ts'
import type { Json, KubeObject } from '../../api/meta.ts'
import type { Column, Strategy } from '../../api/resource.ts'
import { fullyQualifiedName } from '../../api/validation-domains.ts'
import { dns1035LabelErrors } from '../../api/validation-names.ts'
import { eachItem, optionalWord } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { validateWebhookClientConfig } from '../../api/validation-webhook.ts'
import { ageColumn, countColumn, nameColumn } from '../columns.ts'
import {
  failurePolicies,
  matchPolicies,
  reinvocationPolicies,
  validateMatchConditions,
  validateRuleWithOperations,
} from './rule-validation.ts'
import { staticNameWarnings } from './static-names.ts'

type MutatingWebhook = Json<V1MutatingWebhook>
type ValidatingWebhook = Json<V1ValidatingWebhook>
type Webhook = MutatingWebhook | ValidatingWebhook

interface WebhookConfiguration extends KubeObject {
  webhooks?: Webhook[]
}

/** Stateless webhooks are the only ones a new configuration may have. */
const sideEffects = ['None', 'NoneOnDryRun']
const reviewVersions = ['v1', 'v1beta1']

export function defaultWebhook(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail'
  webhook.matchPolicy ??= 'Equivalent'
  webhook.namespaceSelector ??= {}
  webhook.objectSelector ??= {}
  webhook.timeoutSeconds ??= 10
  for (const rule of webhook.rules ?? []) rule.scope ??= '*'
  const { service } = webhook.clientConfig ?? {}
  if (service) service.port ??= 443
}

export const webhookStrategy: Strategy<WebhookConfiguration> = {
  allowUnconditionalUpdate: false,
  warnings: staticNameWarnings,
  validate: ({ webhooks = [] }) =>
    eachItem(webhooks, 'webhooks', (webhook, field, i) => [
      ...webhookErrors(webhook, field),
      ...reviewVersionErrors(webhook.admissionReviewVersions, `${field}.admissionReviewVersions`),
      ...(webhook.name && webhooks.findIndex(({ name }) => name === webhook.name) < i
        ? [duplicate(`${field}.name`, webhook.name)]
        : []),
    ]),
}

export const webhookColumns: Column<WebhookConfiguration>[] = [
  nameColumn,
  countColumn('Webhooks', ({ webhooks }) => webhooks?.length),
  ageColumn,
]

function webhookErrors(webhook: Webhook, field: string): FieldError[] {
  const { sideEffects: effects, timeoutSeconds: timeout } = webhook
  return [
    ...fullyQualifiedName(`${field}.name`, webhook.name),
    ...eachItem(webhook.rules, `${field}.rules`, validateRuleWithOperations),
    ...optionalWord(`${field}.failurePolicy`, webhook.failurePolicy, failurePolicies),
    ...optionalWord(`${field}.matchPolicy`, webhook.matchPolicy, matchPolicies),
    ...(effects === undefined
      ? [required(`${field}.sideEffects`, `must specify one of ${sideEffects.join(', ')}`)]
      : optionalWord(`${field}.sideEffects`, effects, sideEffects)),
    ...(timeout !== undefined && (timeout > 30 || timeout < 1)
      ? [invalid(`${field}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...validateLabelSelector(webhook.namespaceSelector, `${field}.namespaceSelector`),
    ...validateLabelSelector(webhook.objectSelector, `${field}.objectSelector`),
    ...('reinvocationPolicy' in webhook
      ? optionalWord(`${field}.reinvocationPolicy`, webhook.reinvocationPolicy, reinvocationPolicies)
      : []),
    ...validateWebhookClientConfig(webhook.clientConfig ?? {}, `${field}.clientConfig`),
    ...validateMatchConditions(webhook.matchConditions, `${field}.matchConditions`),
  ]
}

function reviewVersionErrors(versions: string[] | undefined, field: string): FieldError[] {
  const known = reviewVersions.join(', ')
  if (!versions?.length) return [required(field, `must specify one of ${known}`)]
  const errors = eachItem(versions, field, (version, at, i) =>
    versions.indexOf(version) < i
      ? [invalid(at, version, 'duplicate version')]
      : dns1035LabelErrors(version).map(text => invalid(at, version, text)),
  )
  if (versions.some(version => reviewVersions.includes(version))) return errors
  return [...errors, invalid(field, versions, `must include at least one of ${known}`)]
}
