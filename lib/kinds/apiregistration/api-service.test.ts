import { expect, test } from '@jest/globals'
import { createdAt, type Fields, objectOf, texts } from '../../../test/harness/kind-objects.ts'
import { type APIService, apiServices } from './api-service.ts'

const priorities = { groupPriorityMinimum: 100, versionPriority: 15 }
const service = { name: 'api', namespace: 'default' }
const apiService = (spec: object, name = 'v1.example.com') =>
  objectOf(apiServices, { spec: { group: 'example.com', version: 'v1', ...priorities, ...spec } }, { name }) as Fields &
    APIService

test.each<[string, APIService, string[]]>([
  ['a local one', apiService({}), []],
  ['one behind a Service', apiService({ service, insecureSkipTLSVerify: true }), []],
  [
    'another name',
    apiService({}, 'mine'),
    ['metadata.name: Invalid value: "mine": must be `spec.version+"."+spec.group`: "v1.example.com"'],
  ],
  [
    'the core group',
    apiService({ group: '', version: 'v2' }, 'v2.'),
    ['spec.group: Required value: only v1 may have an empty group and it better be legacy kube'],
  ],
  [
    'priorities',
    apiService({ groupPriorityMinimum: 0, versionPriority: 1001 }),
    [
      'spec.groupPriorityMinimum: Invalid value: 0: must be positive and less than 20000',
      'spec.versionPriority: Invalid value: 1001: must be positive and less than 1000',
    ],
  ],
  [
    'a local one with certificates',
    apiService({ caBundle: 'aGVsbG8=', insecureSkipTLSVerify: true }),
    [
      'spec.caBundle: Invalid value: "5 bytes": local APIServices may not have a caBundle',
      'spec.insecureSkipTLSVerify: Invalid value: true: local APIServices may not have insecureSkipTLSVerify',
    ],
  ],
  [
    'a Service without name, checked and not checked',
    apiService({ service: { name: '', namespace: '', port: 0 }, caBundle: 'aGVsbG8=', insecureSkipTLSVerify: true }),
    [
      'spec.service.namespace: Required value',
      'spec.service.name: Required value',
      'spec.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive',
      'spec.insecureSkipTLSVerify: Invalid value: true: may not be true if caBundle is present',
    ],
  ],
])('%s', (_, object, expected) => expect(texts(apiServices.strategy?.validate?.(object))).toEqual(expected))

const by = { user: { name: 'jane', groups: [], extra: {} }, nowMs: Date.parse(createdAt) }
const cells = (object: APIService) => (apiServices.columns ?? []).map(column => column.value(object, by.nowMs))

test('what this server serves itself is available at once', () => {
  const local = apiService({})
  apiServices.strategy?.stamp?.(local, by)
  expect(cells(local)).toEqual(['v1.example.com', 'Local', 'True', '0s'])
  const remote = apiService({ service })
  apiServices.strategy?.stamp?.(remote, by)
  expect(cells(remote)).toEqual(['v1.example.com', 'default/api', 'Unknown', '0s'])
})

test('status is no part of the object itself, and its own way changes nothing else', () => {
  const old = apiService({ service })
  const status = { conditions: [{ type: 'Available', status: 'False', reason: 'MissingEndpoints' }] }
  const next = { ...apiService({ service }), status }
  next.metadata.labels = { a: 'b' }
  apiServices.subresources?.status?.prepareForUpdate?.(next, old)
  expect([next.status, next.metadata.labels]).toEqual([status, undefined])
  expect(cells(next)[2]).toBe('False (MissingEndpoints)')
  apiServices.strategy?.prepareForUpdate?.(next, old)
  expect(next.status).toEqual({})
})
