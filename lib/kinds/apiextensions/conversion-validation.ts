// How objects get from one version to another: by their apiVersion alone, or by a webhook.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { dns1035LabelErrors } from '../../api/validation-names.ts'
import { requiredWord } from '../../api/validation-rules.ts'
import { validateWebhookClientConfig } from '../../api/validation-webhook.ts'
import type { Conversion } from './types.ts'

/** Review versions that upstream's servers have known since 1.17. */
const known = ['v1', 'v1beta1']

/** Fields have the names of upstream's internal type, as its messages do. */
export function validateConversion({ strategy, webhook }: Conversion, field: string): FieldError[] {
  const errors = requiredWord(`${field}.strategy`, strategy, ['None', 'Webhook'])
  const config = `${field}.webhookClientConfig`
  const versions = `${field}.conversionReviewVersions`
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook'
    if (webhook?.clientConfig) errors.push(fieldForbidden(config, why))
    if (webhook?.conversionReviewVersions?.length) errors.push(fieldForbidden(versions, why))
    return errors
  }
  return [
    ...errors,
    ...(webhook?.clientConfig
      ? validateWebhookClientConfig(webhook.clientConfig, config)
      : [required(config, 'required when strategy is set to Webhook')]),
    ...reviewVersionErrors(webhook?.conversionReviewVersions ?? [], versions),
  ]
}

function reviewVersionErrors(versions: string[], field: string): FieldError[] {
  if (versions.length === 0) return [required(field)]
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i
      ? [invalid(`${field}[${i}]`, version, 'duplicate version')]
      : dns1035LabelErrors(version).map(why => invalid(`${field}[${i}]`, version, why)),
  )
  if (!versions.some(version => known.includes(version))) {
    errors.push(invalid(field, versions, `must include at least one of ${known.join(', ')}`))
  }
  return errors
}
