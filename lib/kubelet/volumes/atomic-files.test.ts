import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { writeFilesAtomically } from './atomic-files.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'binnacle-files-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const files = (texts: Record<string, string>) =>
  new Map(Object.entries(texts).map(([name, text]) => [name, { data: Buffer.from(text), mode: 0o644 }]))
const read = (name: string) => readFile(join(dir, name), 'utf8')

test('a kubelet killed before the names were made: the next makes them', async () => {
  await writeFilesAtomically(dir, files({ a: '1', 'b/c': '2' }))
  await rm(join(dir, 'a'))
  await rm(join(dir, 'b'))
  expect(await writeFilesAtomically(dir, files({ a: '1', 'b/c': '2' }))).toBe(false)
  expect([await read('a'), await read('b/c')]).toEqual(['1', '2'])
})

test('a kubelet killed while it wrote: what it wrote goes with the next change', async () => {
  await writeFilesAtomically(dir, files({ a: '1' }))
  await mkdir(join(dir, '..2026_01_01_00_00_00.killed'))
  await writeFile(join(dir, '..2026_01_01_00_00_00.killed/a'), 'half')
  expect(await writeFilesAtomically(dir, files({ a: '2' }))).toBe(true)
  expect(await read('a')).toBe('2')
  const data = await readlink(join(dir, '..data'))
  expect((await readdir(dir)).toSorted()).toEqual([data, '..data', 'a'].toSorted())
})
