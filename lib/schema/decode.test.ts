import { describe, expect, test } from '@jest/globals'
import { builtinSchema } from './builtin.ts'
import { decode } from './decode.ts'
import { parseJson } from './json-text.ts'
import type { Schema } from './schema.ts'

const deployment = (spec: unknown) => decode(builtinSchema('V1Deployment'), { kind: 'Deployment', spec })
const pod = (value: object) => decode(builtinSchema('V1Pod'), value)
const lease = (renewTime: unknown) => decode(builtinSchema('V1Lease'), { spec: { renewTime } })
const secret = (a: unknown) => decode(builtinSchema('V1Secret'), { data: { a } })

describe('values of the wrong type are named as Go names them', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a string for a number',
      () => deployment({ replicas: '3' }),
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'a fraction',
      () => deployment({ replicas: 3.5 }),
      'json: cannot unmarshal number 3.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'too large for 32 bits',
      () => deployment({ replicas: 99999999999 }),
      'json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'a list for an object',
      () => deployment([]),
      'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec',
    ],
    [
      'deep in a list',
      () => pod({ spec: { containers: [{ env: [{ name: 'a', value: 1 }] }] } }),
      'json: cannot unmarshal number into Go struct field EnvVar.spec.containers.env.value of type string',
    ],
    [
      'an object for a list',
      () => pod({ spec: { containers: { a: 1 } } }),
      'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
    [
      'in a map',
      () => pod({ metadata: { labels: { a: 1 } } }),
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      'a type with a name',
      () => pod({ spec: { containers: [{ imagePullPolicy: 1 }] } }),
      'json: cannot unmarshal number into Go struct field Container.spec.containers.imagePullPolicy of type v1.PullPolicy',
    ],
    [
      'an inline struct',
      () => pod({ spec: { containers: [{ livenessProbe: { exec: 3 } }] } }),
      'json: cannot unmarshal number into Go struct field Probe.spec.containers.livenessProbe.ProbeHandler.exec of type v1.ExecAction',
    ],
    [
      'an int-or-string',
      () => deployment({ strategy: { rollingUpdate: { maxSurge: true } } }),
      'json: cannot unmarshal bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32',
    ],
    [
      'the whole object',
      () => decode(builtinSchema('V1Pod'), 'x'),
      'json: cannot unmarshal string into Go value of type v1.Pod',
    ],
    [
      'the first of two',
      () => pod({ spec: { hostNetwork: 1, nodeName: {} } }),
      'json: cannot unmarshal number into Go struct field PodSpec.spec.hostNetwork of type bool',
    ],
    [
      'an integer that floating point cannot hold',
      () => pod({ spec: { terminationGracePeriodSeconds: 2 ** 53 } }),
      'json: cannot unmarshal number 9007199254740992 into Go struct field PodSpec.spec.terminationGracePeriodSeconds of type int64',
    ],
    [
      'a quantity, which Go reports before others',
      () => pod({ spec: { nodeName: 1, containers: [{ resources: { limits: { cpu: 'x' } } }] } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'a time',
      () => pod({ metadata: { creationTimestamp: 'x' } }),
      'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"',
    ],
    [
      'a month',
      () => pod({ metadata: { creationTimestamp: '2020-13-01T00:00:00Z' } }),
      'parsing time "2020-13-01T00:00:00Z": month out of range',
    ],
    [
      'a time without microseconds',
      () => lease('2020-01-01T00:00:00Z'),
      'parsing time "2020-01-01T00:00:00Z" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"',
    ],
    ['bytes', () => secret('e!'), 'illegal base64 data at input byte 1'],
    ['bytes without padding', () => secret('eA'), 'illegal base64 data at input byte 0'],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(expect.objectContaining({ name: 'DecodeError', message }))
  })
})

describe('what comes out', () => {
  test('unknown fields are dropped and told, case counts', () => {
    const unknown: string[] = []
    const value = {
      foo: 1,
      spec: { Replicas: 1, template: { spec: { containers: [{ name: 'a', x: 1, env: [{ name: 'e', y: 1 }] }] } } },
    }
    const decoded = decode(builtinSchema('V1Deployment'), value, { onUnknown: path => unknown.push(path) })
    expect(decoded).toEqual({ spec: { template: { spec: { containers: [{ name: 'a', env: [{ name: 'e' }] }] } } } })
    expect(unknown).toEqual([
      'foo',
      'spec.Replicas',
      'spec.template.spec.containers[0].x',
      'spec.template.spec.containers[0].env[0].y',
    ])
  })

  test('null is absent in an object and nothing in a list or map', () => {
    const spec = { hostNetwork: null, nodeSelector: { a: null }, tolerations: [null], containers: [{ args: [null] }] }
    expect(pod({ spec })).toEqual({
      spec: { nodeSelector: { a: '' }, tolerations: [{}], containers: [{ args: [''] }] },
    })
  })

  test('empty lists and maps that may be absent are', () => {
    const spec = { containers: [], tolerations: [], nodeSelector: {}, volumes: [{ name: 'v', emptyDir: {} }] }
    expect(pod({ spec })).toEqual({ spec: { containers: [], volumes: [{ name: 'v', emptyDir: {} }] } })
  })

  test('times, quantities and bytes are canonical', () => {
    const resources = { limits: { cpu: 0.5, memory: '1024Mi' } }
    expect(pod({ spec: { containers: [{ resources }] } })).toEqual({
      spec: { containers: [{ resources: { limits: { cpu: '500m', memory: '1Gi' } } }] },
    })
    expect(pod({ metadata: { creationTimestamp: '2020-01-01T00:00:00.5+02:00' } })).toEqual({
      metadata: { creationTimestamp: '2019-12-31T22:00:00Z' },
    })
    expect(lease('2020-01-01T00:00:00.123456+01:00')).toEqual({ spec: { renewTime: '2019-12-31T23:00:00.123456Z' } })
    expect(secret('eA==\n')).toEqual({ data: { a: 'eA==' } })
  })

  test('names that JavaScript treats specially are plain data', () => {
    const value = JSON.parse(
      '{"metadata":{"__proto__":{"a":1},"constructor":1,"labels":{"__proto__":"x","toString":"y"}}}',
    )
    const unknown: string[] = []
    const decoded = decode(builtinSchema('V1Pod'), value, { onUnknown: path => unknown.push(path) })
    expect(JSON.stringify(decoded)).toBe('{"metadata":{"labels":{"__proto__":"x","toString":"y"}}}')
    expect(unknown).toEqual(['metadata.__proto__', 'metadata.constructor'])
  })

  test('nothing is shared with what came in', () => {
    const value = { data: { nested: [{ a: 1 }] } }
    const decoded = decode(builtinSchema('V1ControllerRevision'), value) as typeof value
    expect(decoded).toEqual(value)
    expect(decoded.data.nested[0]).not.toBe(value.data.nested[0])
  })

  test('fields that are kept although unknown', () => {
    const schema: Schema = { type: 'object', properties: { a: { type: 'string' } }, preserveUnknownFields: true }
    expect(decode(schema, { a: 'x', b: { c: [1] } })).toEqual({ a: 'x', b: { c: [1] } })
  })
})

describe('numbers whose text says more than their value', () => {
  const schema: Schema = {
    type: 'object',
    name: 'V1Test',
    properties: {
      int32: { type: 'integer', format: 'int32' },
      int64: { type: 'integer', format: 'int64' },
      float: { type: 'number', format: 'double' },
      either: { intOrString: true },
      amount: { type: 'string', quantity: true },
      any: {},
      map: { type: 'object', additionalProperties: { type: 'integer', format: 'int64' } },
    },
  }
  const decoded = (text: string) => {
    const { value, ...facts } = parseJson(text, { keepsNumbers: true })
    return decode(schema, value, facts)
  }

  test.each([
    ['{"amount":9007199254740993}', { amount: '9007199254740993' }],
    ['{"amount":1e3}', { amount: '1e3' }],
    ['{"amount":1.50}', { amount: '1500m' }],
    ['{"float":1.0}', { float: 1 }],
    ['{"float":1e3}', { float: 1000 }],
    ['{"any":{"a":[1e3,1.0]}}', { any: { a: [1000, 1] } }],
    ['{"any":100000000000000000000}', { any: 1e20 }],
    ['{"int32":-0}', { int32: 0 }],
  ])('%s is taken', (text, expected) => {
    expect(decoded(text)).toEqual(expected)
  })

  test.each([
    ['{"int32":1e3}', 'cannot unmarshal number 1e3 into Go struct field V1Test.int32 of type int32'],
    ['{"int64":1.0}', 'cannot unmarshal number 1.0 into Go struct field V1Test.int64 of type int64'],
    ['{"int32":9007199254740993}', 'cannot unmarshal number 9007199254740993 into Go struct field V1Test.int32'],
    ['{"int64":9007199254740993}', 'number 9007199254740993 in field "int64" cannot be kept exactly'],
    ['{"int64":99999999999999999999}', 'cannot unmarshal number 99999999999999999999 into Go struct field'],
    ['{"map":{"a":1e3}}', 'cannot unmarshal number 1e3 into'],
    ['{"either":1e3}', 'cannot unmarshal number 1e3 into'],
    ['{"float":1e400}', 'cannot unmarshal number 1e400 into Go struct field V1Test.float of type float64'],
    ['{"any":{"a":[9007199254740993]}}', 'number 9007199254740993 in field "any.a[0]" cannot be kept exactly'],
    ['{"any":1e400}', 'number 1e400 in field "any" cannot be kept exactly'],
  ])('%s is refused', (text, message) => {
    expect(() => decoded(text)).toThrow(message)
  })
})
