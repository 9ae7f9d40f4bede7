import { describe, expect, test } from '@jest/globals'
import type { ApiRequest } from './chain.ts'
import { contentTypeOf, negotiateInput, negotiateOutput } from './negotiate.ts'

const request = (headers: Record<string, string>, query = '') =>
  ({ headers, query: new URLSearchParams(query) }) as unknown as ApiRequest

const output = (accept: string) => {
  const { media, as } = negotiateOutput(request({ accept }))
  return as ? `${media} ${as.kind}/${as.version}` : media
}

describe('negotiateOutput', () => {
  test.each([
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/yaml', 'application/yaml'],
    ['application/vnd.kubernetes.protobuf, application/json', 'application/json'],
    ['application/json;q=0.5,application/yaml', 'application/yaml'],
    ['*/*, application/yaml', 'application/yaml'],
    [
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json',
      'application/json Table/v1',
    ],
    ['application/json;as=Table;v=v1beta1;g=meta.k8s.io', 'application/json Table/v1beta1'],
    ['application/json;as=Chair;v=v1;g=meta.k8s.io,application/json', 'application/json'],
    ['application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'application/json PartialObjectMetadata/v1'],
  ])('%s', (accept, expected) => {
    expect(output(accept)).toBe(expected)
  })

  const protobuf = 'application/vnd.kubernetes.protobuf'
  test.each([
    [protobuf, false, 'application/json, application/yaml'],
    ['text/html', false, `application/json, application/yaml, ${protobuf}`],
    ['application/json;q=0', false, `application/json, application/yaml, ${protobuf}`],
    ['application/yaml', true, `application/json;stream=watch, ${protobuf};stream=watch`],
  ])('refuses %s', (accept, isStream, known) => {
    expect(() => negotiateOutput(request({ accept }), { isStream })).toThrow(
      new Error(`only the following media types are accepted: ${known}`),
    )
  })

  test('people get indentation', () => {
    expect(negotiateOutput(request({ 'user-agent': 'curl/8' })).isPretty).toBe(true)
    expect(negotiateOutput(request({ 'user-agent': 'curl/8' }, 'pretty=false')).isPretty).toBe(false)
    expect(negotiateOutput(request({ 'user-agent': 'kubectl' })).isPretty).toBe(false)
  })
})

test('the body is JSON unless said otherwise', () => {
  expect(contentTypeOf(request({}))).toBe('application/json')
  expect(negotiateInput(request({ 'content-type': 'application/json; charset=utf-8' }))).toBe('application/json')
  expect(() => negotiateInput(request({ 'content-type': 'text/plain' }))).toThrow(
    'the body of the request was in an unknown format - accepted media types include: ' +
      'application/json, application/yaml, application/vnd.kubernetes.protobuf',
  )
})
