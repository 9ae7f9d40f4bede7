// What must hold for the address of a webhook: a URL or a Service, as admission webhooks and conversion webhooks name
// them. Texts are upstream's (apiserver/pkg/util/webhook/validation.go).

import { hasControlCharacters } from '../util/control-characters.ts'
import { goQuote } from '../util/go-quote.ts'
import { type FieldError, invalid, required } from './field-errors.ts'
import { dnsSubdomainErrors, portNumberErrors } from './validation-names.ts'

export interface WebhookClientConfig {
  url?: string
  service?: { namespace?: string; name?: string; path?: string; port?: number }
}

/** Exactly one of url and service. */
export function validateWebhookClientConfig({ url, service }: WebhookClientConfig, field: string): FieldError[] {
  if ((url === undefined) === (service === undefined)) {
    return [required(field, 'exactly one of url or service is required')]
  }
  if (url !== undefined) return validateWebhookUrl(url, `${field}.url`)
  return service ? validateWebhookService(service, `${field}.service`) : []
}

const form = '; desired format: https://host[/path]'
const urlParts = /^(?:([^:/?#]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s

function validateWebhookUrl(text: string, field: string): FieldError[] {
  const wrong = unparsable(text)
  if (wrong) return [required(field, `url must be a valid URL: parse ${goQuote(text)}: ${wrong}${form}`)]
  const [, scheme = '', authority = '', , query, fragment] = urlParts.exec(text) ?? []
  const at = authority.lastIndexOf('@')
  const [user, host] = at < 0 ? [undefined, authority] : [authority.slice(0, at), authority.slice(at + 1)]
  return [
    ...(scheme.toLowerCase() === 'https'
      ? []
      : [invalid(field, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`)]),
    ...(host ? [] : [invalid(field, host, `host must be specified${form}`)]),
    ...(user === undefined ? [] : [invalid(field, user, 'user information is not permitted in the URL')]),
    ...(fragment ? [invalid(field, fragment, 'fragments are not permitted in the URL')] : []),
    ...(query ? [invalid(field, query, 'query parameters are not permitted in the URL')] : []),
  ]
}

/** What Go's url.Parse says of a text that is no URL. */
function unparsable(text: string): string | undefined {
  if (hasControlCharacters(text)) return 'net/url: invalid control character in URL'
  if (text.startsWith(':')) return 'missing protocol scheme'
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(text)?.[0]
  if (badEscape) return `invalid URL escape ${goQuote(badEscape)}`
  const [first = ''] = text.split('/')
  if (!text.startsWith('/') && first.includes(':') && !/^[a-zA-Z][a-zA-Z0-9+.-]*:/.test(text)) {
    return 'first path segment in URL cannot contain colon'
  }
  return undefined
}

function validateWebhookService(
  { namespace, name, path, port }: NonNullable<WebhookClientConfig['service']>,
  field: string,
): FieldError[] {
  const wrongPort = portNumberErrors(port ?? 443)
  return [
    ...(name ? [] : [required(`${field}.name`, 'service name is required')]),
    ...(namespace ? [] : [required(`${field}.namespace`, 'service namespace is required')]),
    ...(wrongPort.length > 0 ? [invalid(`${field}.port`, port, `port is not valid: ${wrongPort.join(',')}`)] : []),
    ...pathErrors(path ?? '/', `${field}.path`),
  ]
}

function pathErrors(path: string, field: string): FieldError[] {
  if (path === '/' || path === '') return []
  if (path === '//') return [invalid(field, path, 'segment[0] may not be empty')]
  const start = path.startsWith('/') ? [] : [invalid(field, path, "must start with a '/'")]
  const segments = path.slice(1).replace(/\/$/, '').split('/')
  const wrong = segments.flatMap((segment, i) => {
    const texts = dnsSubdomainErrors(segment).map(text => `segment[${i}]: ${text}`)
    return segment === '' ? [`segment[${i}] may not be empty`] : texts
  })
  return [...start, ...wrong.map(text => invalid(field, path, text))]
}
