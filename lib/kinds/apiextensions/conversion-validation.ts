// How objects get from one version to another: by their apiVersion alone, or by a webhook.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { dns1035LabelErrors } from '../../api/validation-names.ts'
import { requiredWord } from '../../api/validation-rules.ts'
import type { Conversion, WebhookClientConfig } from './types.ts'

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
      ? clientErrors(webhook.clientConfig, config)
      : [required(config, 'required when strategy is set to Webhook')]),
    ...reviewVersionErrors(webhook?.conversionReviewVersions ?? [], versions),
  ]
}

function clientErrors({ url, service }: WebhookClientConfig, field: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) {
    return [required(field, 'exactly one of url or service is required')]
  }
  if (url !== undefined) return urlErrors(url, `${field}.url`)
  const { name = '', namespace = '', path, port = 443 } = service ?? {}
  const at = `${field}.service`
  return [
    ...(name ? [] : [required(`${at}.name`, 'service name is required')]),
    ...(namespace ? [] : [required(`${at}.namespace`, 'service namespace is required')]),
    ...(port >= 1 && port <= 65535
      ? []
      : [invalid(`${at}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive')]),
    ...(path && !path.startsWith('/') ? [invalid(`${at}.path`, path, "must start with a '/'")] : []),
  ]
}

function urlErrors(url: string, field: string): FieldError[] {
  const form = '; desired format: https://host[/path]'
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed) return [required(field, `url must be a valid URL: parse ${JSON.stringify(url)}: invalid URI${form}`)]
  return [
    ...(parsed.protocol === 'https:'
      ? []
      : [invalid(field, parsed.protocol.slice(0, -1), `'https' is the only allowed URL scheme${form}`)]),
    ...(parsed.host ? [] : [invalid(field, '', `host must be specified${form}`)]),
    ...(parsed.username ? [invalid(field, parsed.username, 'user information is not permitted in the URL')] : []),
    ...(parsed.hash ? [invalid(field, parsed.hash.slice(1), 'fragments are not permitted in the URL')] : []),
    ...(parsed.search ? [invalid(field, parsed.search.slice(1), 'query parameters are not permitted in the URL')] : []),
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
