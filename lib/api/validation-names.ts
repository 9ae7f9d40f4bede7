// What names may be, in the words of upstream's pkg/util/validation. Each function returns what is wrong with a text,
// and nothing when it is valid.

import { labelKeyErrors } from './label-syntax.ts'

export type NameRule = 'dns-subdomain' | 'dns-label' | 'dns-1035-label' | 'path-segment'

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomain = `${label}(\\.${label})*`
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?'
const configKey = '[-._a-zA-Z0-9]+'

const matches = (format: string, text: string) => new RegExp(`^(?:${format})$`).test(text)
const bytes = (text: string) => Buffer.byteLength(text)

export function maxLengthText(maxBytes: number): string {
  return `must be no more than ${maxBytes} bytes`
}

/** `rule (e.g. 'a',  or 'b', regex used for validation is '…')`, as upstream's RegexError words it. */
function formatText(rule: string, format: string, ...examples: string[]): string {
  const quoted = examples.map(example => `'${example}'`).join(',  or ')
  return `${rule} (e.g. ${quoted}, regex used for validation is '${format}')`
}

const labelText = formatText(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  label,
  'my-name',
  '123-abc',
)
const subdomainText = formatText(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomain,
  'example.com',
)
const label1035Text = formatText(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  label1035,
  'my-name',
  'abc-123',
)

function checked(text: string, maxBytes: number, format: string, wrong: string): string[] {
  const errors = bytes(text) > maxBytes ? [maxLengthText(maxBytes)] : []
  return matches(format, text) ? errors : [...errors, wrong]
}

/** RFC 1123 label: `web-1`. */
export function dnsLabelErrors(text: string): string[] {
  return checked(text, 63, label, labelText)
}

/** RFC 1123 subdomain: `web.example.com`. */
export function dnsSubdomainErrors(text: string): string[] {
  return checked(text, 253, subdomain, subdomainText)
}

/** RFC 1035 label, which does not begin with a digit. */
export function dns1035LabelErrors(text: string): string[] {
  return checked(text, 63, label1035, label1035Text)
}

/** `*.example.com`. */
export function wildcardSubdomainErrors(text: string): string[] {
  const format = `\\*\\.${subdomain}`
  const wrong = formatText(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    format,
    '*.example.com',
  )
  return checked(text, 253, format, wrong)
}

/** What stands in a URL as one part: RBAC names. */
export function pathSegmentErrors(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`]
  return ['/', '%'].filter(part => text.includes(part)).map(part => `may not contain '${part}'`)
}

/** `app`, `example.com/app`: label keys, annotation keys, finalizers, resource names. */
export const qualifiedNameErrors = labelKeyErrors

/** Printable ASCII but `=`. */
export function envVarNameErrors(text: string): string[] {
  if (matches('[ -<>-~]*', text)) return []
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** Keys of ConfigMaps and Secrets, which become file names. */
export function configMapKeyErrors(text: string): string[] {
  const errors = bytes(text) > 253 ? [maxLengthText(253)] : []
  const rule = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
  if (!matches(configKey, text)) errors.push(formatText(rule, configKey, 'key.name', 'KEY_NAME', 'key-name'))
  if (text === '.') errors.push("must not be '.'")
  else if (text === '..') errors.push("must not be '..'")
  else if (text.startsWith('..')) errors.push("must not start with '..'")
  return errors
}

/** The name of a port: at most 15 of `a-z0-9-`, at least one letter, no hyphen at an end or beside another. */
export function portNameErrors(text: string): string[] {
  const errors = []
  if (bytes(text) > 15) errors.push('must be no more than 15 bytes')
  if (!/^[-a-z0-9]+$/.test(text)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(text)) errors.push('must contain at least one letter (a-z)')
  if (text.includes('--')) errors.push('must not contain consecutive hyphens')
  if (text.startsWith('-') || text.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

export function portNumberErrors(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive']
}

export function httpHeaderNameErrors(text: string): string[] {
  const format = '[-A-Za-z0-9]+'
  const rule = "a valid HTTP header must consist of alphanumeric characters or '-'"
  return matches(format, text) ? [] : [formatText(rule, format, 'X-Header-Name')]
}

const ruleErrors: Record<NameRule, (text: string) => string[]> = {
  'dns-subdomain': dnsSubdomainErrors,
  'dns-label': dnsLabelErrors,
  'dns-1035-label': dns1035LabelErrors,
  'path-segment': pathSegmentErrors,
}

/** What is wrong with an object's name; `isPrefix` for a generateName, which may end with a hyphen. */
export function objectNameErrors(rule: NameRule, text: string, isPrefix = false): string[] {
  const maskHyphen = isPrefix && rule !== 'path-segment' && text.length > 1 && text.endsWith('-')
  return ruleErrors[rule](maskHyphen ? `${text.slice(0, -2)}a` : text)
}
