import { expect, test } from '@jest/globals'
import { builtinSchema } from '../schema/builtin.ts'
import type { ApiRequest } from './chain.ts'
import { parseBody } from './parse-body.ts'

const request = { headers: { 'content-type': 'application/vnd.kubernetes.protobuf' } } as unknown as ApiRequest

/** The envelope: apiVersion v1, the kind Pod, and a message of the bytes given. */
const pod = (...raw: number[]) =>
  Buffer.from(
    ['k8s\0', `\n\x09\n\x02v1\x12\x03Pod`, `\x12${String.fromCharCode(raw.length, ...raw)}`].join(''),
    'latin1',
  )

const expected = { apiVersion: 'v1', kind: 'Pod', schema: builtinSchema('V1Pod') }

test('a protobuf body is read by the schema of its kind', async () => {
  const { value } = await parseBody(request, pod(0x0a, 0x03, 0x0a, 0x01, 0x61), expected)
  expect(value).toEqual({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } })
})

test('what is wrong inside is said of the kind that the envelope names', async () => {
  await expect(parseBody(request, pod(0x0a, 0x09), expected)).rejects.toMatchObject({
    code: 400,
    message: 'Pod in version "v1" cannot be handled as a Pod: unexpected EOF',
  })
})

test('a custom kind has no protobuf form', async () => {
  await expect(parseBody(request, pod(), { ...expected, schema: { type: 'object' } })).rejects.toMatchObject({
    code: 415,
    message:
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
  })
})
