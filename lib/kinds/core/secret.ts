// Secret: what few should see, by key. Its type says which keys must be there.

import type { V1Secret } from '@kubernetes/client-node'
import { type FieldError, invalid, required, tooLong } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { asInvalid, immutable } from '../../api/validation.ts'
import { configMapKeyErrors } from '../../api/validation-names.ts'
import { eachEntry } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { immutableMembers, maxDataBytes, sizeOfBase64 } from './immutable-data.ts'
import { keyPairProblem } from './key-pair.ts'

export type Secret = Kube<V1Secret>

export const secrets: ResourceDefinition<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  scope: 'Namespaced',
  get schema() {
    return builtinSchema('V1Secret')
  },
  defaults: secret => {
    secret.type ||= 'Opaque'
    encodeStringData(secret)
  },
  strategy: {
    prepareForUpdate: (secret, old) => {
      if (old.type) secret.type ||= old.type
    },
    validate: validateSecret,
    warnings: tlsWarnings,
    validateUpdate: (secret, old) => [
      ...immutable('type', secret.type, old.type),
      ...immutableMembers(secret, old, ['data']),
    ],
  },
  columns: [
    nameColumn,
    textColumn('Type', ({ type }) => type ?? ''),
    { name: 'Data', type: 'string', value: ({ data }) => Object.keys(data ?? {}).length },
    ageColumn,
  ],
  selectableFields: { type: ({ type }) => type ?? '' },
}

/** `stringData` can only be written: it becomes data. */
function encodeStringData(secret: Secret): void {
  for (const [key, value] of Object.entries(secret.stringData ?? {})) {
    secret.data = { ...secret.data, [key]: Buffer.from(value).toString('base64') }
  }
  delete secret.stringData
}

function validateSecret(secret: Secret): FieldError[] {
  const { data = {}, type = '' } = secret
  const size = Object.values(data).reduce((sum, value) => sum + sizeOfBase64(value), 0)
  return [
    ...eachEntry(data, 'data', (_, at, key) => asInvalid(at, key, configMapKeyErrors(key))),
    ...(size > maxDataBytes ? [tooLong('data', maxDataBytes)] : []),
    ...(typeChecks[type]?.(secret) ?? []),
  ]
}

const accountName = 'kubernetes.io/service-account.name'

const typeChecks: Record<string, (secret: Secret) => FieldError[]> = {
  'kubernetes.io/service-account-token': ({ metadata }) =>
    metadata.annotations?.[accountName] ? [] : [required(`metadata.annotations[${accountName}]`)],
  'kubernetes.io/dockercfg': secret => jsonKey(secret, '.dockercfg'),
  'kubernetes.io/dockerconfigjson': secret => jsonKey(secret, '.dockerconfigjson'),
  'kubernetes.io/basic-auth': ({ data = {} }) =>
    'username' in data || 'password' in data ? [] : [required('data[username]'), required('data[password]')],
  'kubernetes.io/ssh-auth': ({ data }) => (data?.['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')]),
  'kubernetes.io/tls': ({ data = {} }) =>
    ['tls.crt', 'tls.key'].filter(key => !(key in data)).map(key => required(`data[${key}]`)),
}

/** The key must be there and hold a JSON object. */
function jsonKey({ data }: Secret, key: string): FieldError[] {
  const encoded = data?.[key]
  if (encoded === undefined) return [required(`data[${key}]`)]
  const wrong = jsonObjectProblem(Buffer.from(encoded, 'base64').toString())
  return wrong ? [invalid(`data[${key}]`, '<secret contents redacted>', wrong)] : []
}

function jsonObjectProblem(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && !Array.isArray(value)
    if (isObject) return undefined
    const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
    return `json: cannot unmarshal ${kind} into Go value of type map[string]interface {}`
  } catch {
    const first = text.trim()[0]
    if (first === undefined || first === '{') return 'unexpected end of JSON input'
    return `invalid character '${first}' looking for beginning of value`
  }
}

/** A key that does not belong to its certificate is no error, but it will not work. */
function tlsWarnings({ type, data = {} }: Secret): string[] {
  if (type !== 'kubernetes.io/tls') return []
  const text = (key: string) => Buffer.from(data[key] ?? '', 'base64').toString()
  const problem = keyPairProblem(text('tls.crt'), text('tls.key'))
  return problem ? [problem] : []
}
