import { expect, test } from '@jest/globals'
import { listBody } from './list-body.ts'

const head = { kind: 'List', metadata: {} }
const item = (i: number, size: number) => [Buffer.from('{'), Buffer.from(`"i":${i},"x":"${'x'.repeat(size)}"}`)]

test.each([
  [0, 10],
  [1, 10],
  [3, 10],
  [3, 40_000],
  [1000, 1000],
  [2, 200_000],
])('%d items of %d bytes are a list, in chunks only when it is large', async (count, size) => {
  const body = listBody(
    head,
    'items',
    Array.from({ length: count }, (_, i) => item(i, size)),
  )
  expect(Buffer.isBuffer(body)).toBe(count * size < 128 * 1024)
  const chunks = Buffer.isBuffer(body) ? [body] : await Array.fromAsync(body)
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(128 * 1024 + size + 100)
  const list = JSON.parse(`${Buffer.concat(chunks)}`)
  expect(list).toMatchObject(head)
  expect(list.items.map(({ i }: { i: number }) => i)).toEqual(Array.from({ length: count }, (_, i) => i))
})

test('a large list is made while it is read', async () => {
  let made = 0
  const items = (function* () {
    for (; made < 10_000; made++) yield item(made, 1000)
  })()
  const body = listBody(head, 'items', items)
  expect(made).toBeLessThan(300)
  if (Buffer.isBuffer(body)) throw new Error('it is large')
  for await (const _ of body) break
  expect(made).toBeLessThan(300)
})
