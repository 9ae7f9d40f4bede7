import { describe, expect, test } from '@jest/globals'
import protobuf from 'protobufjs'
import { builtinSchema } from '../../schema/builtin.ts'
import { definitionNames } from '../../schema/definition-names.ts'
import { decodeProtobuf } from './envelope.ts'
import { messageOf } from './field-numbers.ts'

type Write = (writer: protobuf.Writer) => protobuf.Writer

const bytes = (write: Write) => write(protobuf.Writer.create()).finish()
const message =
  (number: number, write: Write): Write =>
  writer =>
    writer.uint32((number << 3) | 2).bytes(bytes(write))
const text =
  (number: number, value: string): Write =>
  writer =>
    writer.uint32((number << 3) | 2).string(value)
const number =
  (field: number, value: number): Write =>
  writer =>
    writer.uint32(field << 3).int64(value)
const all =
  (...writes: Write[]): Write =>
  writer =>
    writes.reduce((each, write) => write(each), writer)
const entry = (field: number, key: string, value: Write) => message(field, all(text(1, key), value))

function body(apiVersion: string, kind: string, write: Write): Buffer {
  const envelope = bytes(all(message(1, all(text(1, apiVersion), text(2, kind))), message(2, write), text(3, '')))
  return Buffer.concat([Buffer.from('k8s\0'), envelope])
}

const decode = (apiVersion: string, kind: string, model: string, write: Write) =>
  decodeProtobuf(body(apiVersion, kind, write), { apiVersion, kind, schema: builtinSchema(model) })

describe('decodeProtobuf', () => {
  test('texts, maps, bytes and times; zero values of plain fields are absent', () => {
    const meta = all(
      text(1, 'a'),
      text(2, ''),
      number(7, 0),
      message(8, writer => writer),
      message(9, all(number(1, 1_767_225_600), number(2, 0))),
      number(10, 0),
      entry(11, 'app', text(2, 'web')),
      text(14, 'x/y'),
    )
    const data = entry(2, 'key', writer => writer.uint32(18).bytes(Buffer.from('secret')))
    expect(decode('v1', 'Secret', 'V1Secret', all(message(1, meta), data, text(3, 'Opaque')))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'a',
        deletionTimestamp: '2026-01-01T00:00:00Z',
        deletionGracePeriodSeconds: 0,
        labels: { app: 'web' },
        finalizers: ['x/y'],
      },
      data: { key: Buffer.from('secret').toString('base64') },
      type: 'Opaque',
    })
  })

  test('zero behind a pointer is a value, numbers may be negative, int-or-string is either', () => {
    const rolling = all(
      message(1, all(number(1, 1), number(2, 0), text(3, '25%'))),
      message(2, all(number(1, 0), number(2, 3), text(3, ''))),
    )
    const spec = all(number(1, 0), message(4, all(text(1, 'RollingUpdate'), message(2, rolling))), number(5, 0))
    expect(decode('apps/v1', 'Deployment', 'V1Deployment', message(2, spec))).toMatchObject({
      spec: {
        replicas: 0,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: 3 } },
      },
    })
    expect(decode('scheduling.k8s.io/v1', 'PriorityClass', 'V1PriorityClass', number(2, -7))).toMatchObject({
      value: -7,
    })
  })

  test('quantities, inlined structs and packed lists', () => {
    const limits = entry(1, 'cpu', message(2, text(1, '500m')))
    const volume = all(text(1, 'v'), message(2, message(2, text(1, 'Memory'))))
    const security = all(writer => writer.uint32(34).bytes(Uint8Array.from([1, 172, 2])))
    const container = all(text(1, 'c'), message(8, limits))
    const spec = all(message(1, volume), message(2, container), message(14, security))
    expect(decode('v1', 'Pod', 'V1Pod', message(2, spec))).toMatchObject({
      spec: {
        volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }],
        containers: [{ name: 'c', resources: { limits: { cpu: '500m' } } }],
        securityContext: { supplementalGroups: [1, 300] },
      },
    })
  })

  test("lists in maps, and another kind's name", () => {
    const spec = entry(5, 'scopes', message(2, all(text(1, 'a'), text(1, 'b'))))
    const review = message(2, all(text(3, 'jane'), spec))
    expect(decode('authorization.k8s.io/v1', 'SubjectAccessReview', 'V1SubjectAccessReview', review)).toMatchObject({
      spec: { user: 'jane', extra: { scopes: ['a', 'b'] } },
    })
    const expected = { apiVersion: 'v1', kind: 'Pod', schema: builtinSchema('V1Pod') }
    expect(decodeProtobuf(body('v1', 'Service', text(1, 'x')), expected)).toEqual({ apiVersion: 'v1', kind: 'Service' })
  })

  test.each([
    [Buffer.from('{}'), 'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]'],
    [body('v1', 'Pod', message(2, number(1, 1))).subarray(0, -6), 'unexpected EOF'],
    [body('v1', 'Pod', writer => writer.uint32(11)), 'proto: illegal wireType 3'],
    [body('v1', 'Pod', number(1, 7)), 'proto: wrong wireType for field 1'],
    [body('v1', 'Pod', message(2, message(4, text(1, '')))), 'proto: wrong wireType for field 4'],
    [
      body(
        'v1',
        'Pod',
        message(2, writer => writer.uint32(33).double(1)),
      ),
      'proto: wrong wireType for field 4',
    ],
    [body('v1', 'Pod', writer => writer.uint32(10).bytes(Buffer.alloc(11, 0xff))), 'proto: integer overflow'],
  ])('refuses %#', (bad, expected) => {
    const schema = builtinSchema('V1Pod')
    expect(() => decodeProtobuf(bad, { apiVersion: 'v1', kind: 'Pod', schema })).toThrow(expected)
  })
})

test('every field of the tables is a field of its model', () => {
  const wrong: string[] = []
  for (const [model, definition] of definitionNames) {
    const [name = '', version = '', group = ''] = definition.split('.').reverse()
    const schema = builtinSchema(model)
    for (const field of messageOf(`${group}/${version}`, name)?.values() ?? []) {
      if (!field.inline && schema.properties && !schema.properties[field.name])
        wrong.push(`${definition}.${field.name}`)
    }
  }
  expect(wrong).toEqual([])
})

test('every field of a model served has a number', () => {
  const wrong: string[] = []
  for (const model of [
    'V1Pod',
    'V1PodSpec',
    'V1Container',
    'V1Deployment',
    'V1DeploymentSpec',
    'V1Service',
    'V1Node',
  ]) {
    const [name = '', version = '', group = ''] = (definitionNames.get(model) ?? '').split('.').reverse()
    const known = new Set([...(messageOf(`${group}/${version}`, name)?.values() ?? [])].map(field => field.name))
    const fields = Object.keys(builtinSchema(model).properties ?? {})
    wrong.push(...fields.filter(field => !known.has(field) && field !== 'apiVersion' && field !== 'kind'))
  }
  expect(wrong).toEqual([])
})

describe('what cannot be kept is refused', () => {
  test('an integer beyond 2^53', () => {
    const seconds: Write = writer => writer.uint32(5 << 3).int64('9007199254740993' as unknown as number)
    expect(() => decode('v1', 'Pod', 'V1Pod', message(2, seconds))).toThrow(
      'number 9007199254740993 cannot be kept exactly',
    )
  })

  test('one in raw JSON', () => {
    const raw = message(2, text(1, '{"a":9007199254740993}'))
    expect(() => decode('apps/v1', 'ControllerRevision', 'V1ControllerRevision', raw)).toThrow(
      'number 9007199254740993 in field "a" cannot be kept exactly',
    )
  })

  test('messages in messages in messages', () => {
    let schema: Write = text(5, 'object')
    for (let depth = 0; depth < 2000; depth++) schema = message(28, schema)
    const crd = message(2, message(7, message(4, message(1, schema))))
    const of = ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'V1CustomResourceDefinition'] as const
    expect(() => decode(...of, crd)).toThrow('proto: exceeded max depth')
  })
})
