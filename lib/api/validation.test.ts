import { describe, expect, test } from '@jest/globals'
import type { FieldError } from './field-errors.ts'
import type { ObjectMeta } from './meta.ts'
import { validateObjectMeta, validateObjectMetaUpdate } from './validation.ts'
import { configMapKeyErrors, objectNameErrors, portNameErrors } from './validation-names.ts'

const texts = (errors: FieldError[]) => errors.map(({ field, body }) => `${field}: ${body}`)
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u' }

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const label =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const label1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

describe('object names', () => {
  test.each([
    ['dns-subdomain', 'web.example.com', []],
    ['dns-subdomain', 'Web', [subdomain]],
    ['dns-subdomain', '-web', [subdomain]],
    ['dns-subdomain', 'a'.repeat(254), ['must be no more than 253 bytes']],
    ['dns-label', 'web-1', []],
    ['dns-label', 'web.1', [label]],
    ['dns-label', 'a'.repeat(64), ['must be no more than 63 bytes']],
    ['dns-1035-label', 'web', []],
    ['dns-1035-label', '1web', [label1035]],
    ['path-segment', 'system:node', []],
    ['path-segment', 'a/b', ["may not contain '/'"]],
    ['path-segment', '..', ["may not be '..'"]],
  ] as const)('%s %s', (rule, name, errors) => {
    expect(objectNameErrors(rule, name)).toEqual(errors)
  })

  test('a generateName may end with a hyphen, a name may not', () => {
    expect(objectNameErrors('dns-subdomain', 'web-', true)).toEqual([])
    expect(objectNameErrors('dns-subdomain', 'web-')).toEqual([subdomain])
  })
})

describe('keys and port names', () => {
  test.each([
    ['app.properties', []],
    ['..', ["must not be '..'"]],
    ['..data', ["must not start with '..'"]],
    [
      'a/b',
      [
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
  ])('key %s', (key, errors) => expect(configMapKeyErrors(key)).toEqual(errors))

  test.each([
    ['http', []],
    ['a-name-that-is-too-long', ['must be no more than 15 bytes']],
    ['8080', ['must contain at least one letter (a-z)']],
    ['a--b', ['must not contain consecutive hyphens']],
    ['-a', ['must not begin or end with a hyphen']],
    [
      'HTTP',
      [
        'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)',
        'must contain at least one letter (a-z)',
      ],
    ],
  ])('port name %s', (name, errors) => expect(portNameErrors(name)).toEqual(errors))
})

describe('validateObjectMeta', () => {
  const valid: ObjectMeta = { name: 'web', namespace: 'default' }
  test.each<[string, ObjectMeta, string[]]>([
    ['valid', valid, []],
    ['no name', { namespace: 'default' }, ['metadata.name: Required value: name or generateName is required']],
    ['a bad name', { ...valid, name: 'Web' }, [`metadata.name: Invalid value: "Web": ${subdomain}`]],
    [
      'a bad generateName',
      { ...valid, generateName: 'Web-' },
      [`metadata.generateName: Invalid value: "Web-": ${subdomain}`],
    ],
    ['no namespace', { name: 'web' }, ['metadata.namespace: Required value']],
    ['a bad namespace', { ...valid, namespace: 'a.b' }, [`metadata.namespace: Invalid value: "a.b": ${label}`]],
    [
      'a bad label value',
      { ...valid, labels: { app: 'a b' } },
      [
        "metadata.labels: Invalid value: \"a b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ],
    ],
    [
      'a bad label key',
      { ...valid, labels: { '/app': 'a' } },
      ['metadata.labels: Invalid value: "/app": prefix part must be non-empty'],
    ],
    ['annotation keys in any case', { ...valid, annotations: { 'Example.COM/Key': 'any value at all' } }, []],
    [
      'too much in annotations',
      { ...valid, annotations: { a: 'x'.repeat(256 * 1024) } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    ['a standard finalizer', { ...valid, finalizers: ['foregroundDeletion', 'example.com/mine'] }, []],
    [
      'a finalizer without a domain',
      { ...valid, finalizers: ['mine'] },
      [
        'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      'two ways to delete',
      { ...valid, finalizers: ['orphan', 'foregroundDeletion'] },
      [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    ],
    [
      'an owner that is not whole',
      { ...valid, ownerReferences: [{ ...owner, apiVersion: '', uid: '' }] },
      [
        'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
        'metadata.ownerReferences.uid: Invalid value: "": uid must not be empty',
      ],
    ],
    [
      'an event as owner',
      { ...valid, ownerReferences: [{ ...owner, apiVersion: 'v1', kind: 'Event' }] },
      [
        'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"web","uid":"u"}: /v1, Kind=Event is disallowed from being an owner',
      ],
    ],
  ])('%s', (_, meta, expected) => {
    expect(texts(validateObjectMeta(meta, { isNamespaced: true }))).toEqual(expected)
  })

  test('only one owner controls', () => {
    const owners = [
      { ...owner, controller: true },
      { ...owner, name: 'other', controller: true },
    ]
    const [error] = validateObjectMeta({ ...valid, ownerReferences: owners }, { isNamespaced: true })
    expect(error?.body).toContain(
      'Only one reference can have Controller set to true. Found "true" in references for ReplicaSet/web and ReplicaSet/other',
    )
  })

  test('a cluster-scoped object has no namespace', () => {
    expect(texts(validateObjectMeta(valid, { isNamespaced: false }))).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ])
  })
})

describe('validateObjectMetaUpdate', () => {
  const old: ObjectMeta = { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '5', generation: 2 }
  test.each<[string, Partial<ObjectMeta>, string[]]>([
    ['nothing changed', {}, []],
    ['labels may change', { labels: { a: 'b' } }, []],
    ['uid', { uid: 'v' }, ['metadata.uid: Invalid value: "v": field is immutable']],
    ['name', { name: 'x' }, ['metadata.name: Invalid value: "x": field is immutable']],
    ['generation', { generation: 1 }, ['metadata.generation: Invalid value: 1: must not be decremented']],
    [
      'no version',
      { resourceVersion: '' },
      ['metadata.resourceVersion: Invalid value: "": must be specified for an update'],
    ],
  ])('%s', (_, change, expected) => {
    expect(texts(validateObjectMetaUpdate({ ...old, ...change }, old))).toEqual(expected)
  })

  test('no finalizer is added to what is being deleted', () => {
    const deleted = { ...old, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/a'] }
    const next = { ...deleted, finalizers: ['example.com/a', 'example.com/b'] }
    expect(texts(validateObjectMetaUpdate(next, deleted))).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}',
    ])
    expect(validateObjectMetaUpdate({ ...deleted, finalizers: [] }, deleted)).toEqual([])
  })
})
