// What label keys and values may be, in the words of upstream's IsLabelKey and IsLabelValue. A function returns what
// is wrong, and nothing when the text is valid.

const subdomainFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'
const nameFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const valueFormat = `(${nameFormat})?`

const subdomain = new RegExp(`^${subdomainFormat}$`)
const name = new RegExp(`^${nameFormat}$`)
const labelValue = new RegExp(`^${valueFormat}$`)

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${nameFormat}')`
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${valueFormat}')`
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainFormat}')`

const tooLong = (text: string, maxBytes: number) => Buffer.byteLength(text) > maxBytes
const longerThan = (maxBytes: number) => `must be no more than ${maxBytes} bytes`

function prefixErrors(prefix: string): string[] {
  if (!prefix) return ['prefix part must be non-empty']
  const errors = []
  if (tooLong(prefix, 253)) errors.push(`prefix part ${longerThan(253)}`)
  if (!subdomain.test(prefix)) errors.push(`prefix part ${subdomainRule}`)
  return errors
}

function nameErrors(text: string): string[] {
  const errors = []
  if (!text) errors.push('name part must be non-empty')
  else if (tooLong(text, 63)) errors.push(`name part ${longerThan(63)}`)
  if (!name.test(text)) errors.push(`name part ${nameRule}`)
  return errors
}

/** What is wrong with a label key, or any other qualified name: `app`, `example.com/app`. */
export function labelKeyErrors(key: string): string[] {
  const parts = key.split('/')
  if (parts.length > 2) {
    return [`a valid label key ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const [prefix = '', last = ''] = parts.length === 2 ? parts : [undefined, parts[0]]
  return [...(parts.length === 2 ? prefixErrors(prefix) : []), ...nameErrors(last)]
}

export function labelValueErrors(value: string): string[] {
  const errors = []
  if (tooLong(value, 63)) errors.push(longerThan(63))
  if (!labelValue.test(value)) errors.push(valueRule)
  return errors
}
