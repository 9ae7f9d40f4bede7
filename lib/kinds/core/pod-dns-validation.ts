// What must hold for the name servers and search paths of a pod's own.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { maxLengthText } from '../../api/validation-names.ts'
import { eachItem, ipAddress } from '../../api/validation-rules.ts'
import type { PodSpec } from './pod-types.ts'

const maxNameservers = 3
const maxSearches = 32
const maxSearchCharacters = 2048

export function validateDnsConfig({ dnsConfig, dnsPolicy }: PodSpec, field: string): FieldError[] {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (!dnsConfig.nameservers?.length) {
      return [required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
    }
  }
  if (!dnsConfig) return []
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  if (nameservers.length > maxNameservers) {
    errors.push(invalid(`${field}.nameservers`, nameservers, `must not have more than ${maxNameservers} nameservers`))
  }
  errors.push(...eachItem(nameservers, `${field}.nameservers`, (server, at) => ipAddress(at, server)))
  if (searches.length > maxSearches) {
    errors.push(invalid(`${field}.searches`, searches, `must not have more than ${maxSearches} search paths`))
  }
  if (searches.join(' ').length > maxSearchCharacters) {
    const text = `must not have more than ${maxSearchCharacters} characters (including spaces) in the search list`
    errors.push(invalid(`${field}.searches`, searches, text))
  }
  errors.push(...eachItem(searches, `${field}.searches`, searchPath))
  errors.push(
    ...eachItem(options, `${field}.options`, ({ name }, at) => (name ? [] : [required(at, 'must not be empty')])),
  )
  return errors
}

const underscored = '[a-z0-9_]([-_a-z0-9]*[a-z0-9])?'
const underscoredSubdomain = `${underscored}(\\.${underscored})*`
const searchText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${underscoredSubdomain}')`
const maxSearchLength = 253

/** Underscores are let through, as names of services in other systems have them. */
function searchPath(search: string, field: string): FieldError[] {
  if (search === '.') return []
  const name = search.replace(/\.$/, '')
  return [
    ...(name.length > maxSearchLength ? [invalid(field, name, maxLengthText(maxSearchLength))] : []),
    ...(new RegExp(`^${underscoredSubdomain}$`).test(name) ? [] : [invalid(field, name, searchText)]),
  ]
}
