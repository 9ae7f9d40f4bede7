// The name of who signs certificates: a domain and a path, as in `kubernetes.io/kubelet-serving`.

import { type FieldError, invalid, required, tooLong } from '../../api/field-errors.ts'
import { dnsLabelErrors, dnsSubdomainErrors } from '../../api/validation-names.ts'
import { goQuote } from '../../util/go-quote.ts'

const maxDomainBytes = 253
const maxPathBytes = 253 + 63 + 1

export function signerName(field: string, name: string | undefined): FieldError[] {
  if (!name) return [required(field)]
  const segments = name.split('/')
  const [domain = '', path = ''] = segments
  if (segments.length !== 2) {
    return [invalid(field, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")]
  }
  const maxBytes = maxDomainBytes + maxPathBytes + 1
  return [
    ...(Buffer.byteLength(domain) > maxDomainBytes ? [tooLong(field, maxDomainBytes)] : []),
    ...labelErrors(domain, dnsLabelErrors, field),
    ...(domain.includes('.')
      ? []
      : [invalid(field, domain, 'should be a domain with at least two segments separated by dots')]),
    ...labelErrors(path, dnsSubdomainErrors, field),
    ...(Buffer.byteLength(name) > maxBytes ? [tooLong(field, maxBytes)] : []),
  ]
}

/** Of the first label that is wrong: the others would say the same. */
function labelErrors(text: string, errorsOf: (label: string) => string[], field: string): FieldError[] {
  const wrong = text.split('.').find(label => errorsOf(label).length > 0)
  if (wrong === undefined) return []
  return errorsOf(wrong).map(why => invalid(field, text, `validating label ${goQuote(wrong)}: ${why}`))
}
