// Addresses that are no place to send traffic to: this host, the local link, nothing at all.

import { type FieldError, invalid } from '../../api/field-errors.ts'
import { ipAddress } from '../../api/validation-rules.ts'

const special: [RegExp, (address: string) => string][] = [
  [/^(0\.0\.0\.0|::)$/, address => `may not be unspecified (${address})`],
  [/^(127\.|::1$)/, () => 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^(169\.254\.|fe[89ab].:)/i, () => 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff[0-9a-f]2:)/i, () => 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
]

export function nonSpecialAddress(field: string, address: string): FieldError[] {
  if (ipAddress(field, address).length > 0) return []
  return special.filter(([range]) => range.test(address)).map(([, text]) => invalid(field, address, text(address)))
}
