import { expect, test } from '@jest/globals'
import type { JsonObject } from '../../patch/json.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import type { ApiRequest } from '../chain.ts'
import { type PatchMediaType, readPatch } from './patch-body.ts'

const current: JsonObject = { spec: { finalizers: ['a'], containers: [{ name: 'web' }] } }
const strategic = 'application/strategic-merge-patch+json'

async function patched(type: PatchMediaType, patch: unknown): Promise<unknown> {
  const request = { body: async () => Buffer.from(JSON.stringify(patch)) } as ApiRequest
  const { apply } = await readPatch(request, type, builtinSchema('V1Pod'))
  return apply(current)
}

test.each<[PatchMediaType, unknown, number, string]>([
  ['application/json-patch+json', { op: 'add' }, 400, 'BadRequest'],
  ['application/json-patch+json', [{ op: 'remove', path: '/nothing' }], 422, 'Invalid'],
  ['application/merge-patch+json', [], 400, 'BadRequest'],
  [strategic, { $retainKeys: ['a'], b: 1 }, 400, 'BadRequest'],
  [strategic, { spec: { containers: [{ image: 'nginx' }] } }, 500, ''],
  [strategic, { $patch: 'brew' }, 500, ''],
])('a bad %s is an error of upstream’s kind: %j', async (type, patch, code, reason) => {
  await expect(patched(type, patch)).rejects.toMatchObject({ code, reason })
})
