// Names under a domain that its owner hands out: with dots, or with a path behind the domain.

import { type FieldError, invalid, required } from './field-errors.ts'
import { dnsSubdomainErrors } from './validation-names.ts'

/** `validate.example.com`: a domain of three parts at least. */
export function fullyQualifiedName(field: string, name: string | undefined): FieldError[] {
  if (!name) return [required(field)]
  const errors = dnsSubdomainErrors(name)
  if (errors.length > 0) return [invalid(field, name, errors.join(','))]
  if (name.split('.').length >= 3) return []
  return [invalid(field, name, 'should be a domain with at least three segments separated by dots')]
}

const pathFormat = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+"

/** `example.com/controller` */
export function domainPrefixedPath(field: string, text: string | undefined): FieldError[] {
  if (!text) return [required(field)]
  const slash = text.indexOf('/')
  const [domain, path] = [text.slice(0, slash), text.slice(slash + 1)]
  if (slash <= 0 || path === '') {
    return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')]
  }
  const isPath = new RegExp(`^${pathFormat}$`).test(path)
  return [
    ...dnsSubdomainErrors(domain).map(why => invalid(field, domain, why)),
    ...(isPath ? [] : [invalid(field, path, `Invalid path: (regex used for validation is '${pathFormat}')`)]),
  ]
}
