import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { testPod } from '../../../test/harness/kubelet.ts'
import { FakeClock } from '../../util/clock.ts'
import type { References } from '../container-env.ts'
import type { Pod, Volume } from '../pod.ts'
import { resolveSubPath } from '../sub-path.ts'
import { writeFilesAtomically } from './atomic-files.ts'
import { volumeTypes } from './index.ts'
import type { VolumeContext } from './volume.ts'

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'binnacle-volumes-'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

const references: References = {
  configMap: name =>
    name === 'cm'
      ? { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data: { a: 'A', b: 'B' }, binaryData: { c: 'AAE=' } }
      : undefined,
  secret: name =>
    name === 'sec' ? { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { p: 'aHVudGVyMg==' } } : undefined,
}

function context(volume: Omit<Volume, 'name'>, pod: Pod = testPod()): VolumeContext {
  return {
    pod,
    volume: { name: 'v', ...volume },
    path: join(dir, 'v'),
    references,
    facts: { podIPs: [], hostIPs: [], allocatable: {} },
    tokens: { token: async (_pod, { audience }) => ({ token: `token for ${audience}`, renewAtMs: 5000 }) },
    mounts: {
      tmpfs: async path => {
        await mkdir(path, { recursive: true })
      },
      removeTree: async () => {},
    },
    clock: new FakeClock(),
  }
}

function setUp(volume: Omit<Volume, 'name'>, pod?: Pod) {
  const type = volumeTypes.find(({ source }) => source in volume)
  if (!type) throw new Error('no such type')
  return type.setUp(context(volume, pod), new AbortController().signal)
}

async function shown(): Promise<Record<string, string>> {
  const names = (await readdir(join(dir, 'v'))).filter(name => !name.startsWith('..'))
  return Object.fromEntries(
    await Promise.all(names.map(async name => [name, await readFile(join(dir, 'v', name), 'utf8')])),
  )
}

const modeOf = async (name: string) => ((await stat(join(dir, 'v', name))).mode & 0o7777).toString(8)

describe('files', () => {
  test.each<[string, Omit<Volume, 'name'>, Record<string, string>]>([
    ['a whole ConfigMap', { configMap: { name: 'cm' } }, { a: 'A', b: 'B', c: '\0\u0001' }],
    ['a key at a path', { configMap: { name: 'cm', items: [{ key: 'a', path: 'x' }] } }, { x: 'A' }],
    ['one that may be missing', { configMap: { name: 'nope', optional: true } }, {}],
    ['a key that may be missing', { configMap: { name: 'cm', optional: true, items: [{ key: 'z', path: 'z' }] } }, {}],
    ['a Secret', { secret: { secretName: 'sec' } }, { p: 'hunter2' }],
    [
      'fields of the pod',
      { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      { labels: 'a="1"\nb="x\\"y"' },
    ],
    [
      'several in one',
      {
        projected: {
          sources: [
            { serviceAccountToken: { path: 'token', audience: 'me' } },
            { configMap: { name: 'cm', items: [{ key: 'a', path: 'ca' }] } },
            { secret: { name: 'sec' } },
          ],
        },
      },
      { token: 'token for me', ca: 'A', p: 'hunter2' },
    ],
  ])('%s', async (_, volume, files) => {
    await setUp(volume, testPod({}, { metadata: { labels: { b: 'x"y', a: '1' } } }))
    expect(await shown()).toEqual(files)
  })

  test.each<[string, Omit<Volume, 'name'>, string]>([
    ['no ConfigMap', { configMap: { name: 'nope' } }, 'configmap "nope" not found'],
    ['no Secret', { secret: { secretName: 'nope' } }, 'secret "nope" not found'],
    [
      'no key',
      { configMap: { name: 'cm', items: [{ key: 'z', path: 'z' }] } },
      'references non-existent config key: z',
    ],
  ])('%s', async (_, volume, message) => {
    await expect(setUp(volume)).rejects.toThrow(message)
  })

  test('modes: the default, and one of its own', async () => {
    await setUp({
      configMap: {
        name: 'cm',
        defaultMode: 0o640,
        items: [
          { key: 'a', path: 'a' },
          { key: 'b', path: 'b', mode: 0o400 },
        ],
      },
    })
    expect([await modeOf('a'), await modeOf('b')]).toEqual(['640', '400'])
  })

  test('a projected token says when to renew it', async () => {
    const state = await setUp({ projected: { sources: [{ serviceAccountToken: { path: 't' } }] } })
    expect(state.refreshAtMs).toBe(5000)
  })
})

describe('writing at once', () => {
  const files = (entries: Record<string, string>) =>
    new Map(Object.entries(entries).map(([name, text]) => [name, { data: Buffer.from(text), mode: 0o644 }]))
  const path = () => join(dir, 'v')

  test('names lead through ..data, and the old directory goes', async () => {
    await writeFilesAtomically(path(), files({ a: '1', 'sub/b': '2' }))
    expect(await readlink(join(path(), 'a'))).toBe('..data/a')
    expect(await readFile(join(path(), 'sub/b'), 'utf8')).toBe('2')
    const before = await readlink(join(path(), '..data'))
    await writeFilesAtomically(path(), files({ a: '3' }))
    expect(await shown()).toEqual({ a: '3' })
    await expect(lstat(join(path(), before))).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(lstat(join(path(), 'sub'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('what is the same is not written again', async () => {
    expect(await writeFilesAtomically(path(), files({ a: '1' }))).toBe(true)
    const before = await readlink(join(path(), '..data'))
    expect(await writeFilesAtomically(path(), files({ a: '1' }))).toBe(false)
    expect(await readlink(join(path(), '..data'))).toBe(before)
    expect(await writeFilesAtomically(path(), files({}))).toBe(true)
  })
})

describe('emptyDir', () => {
  test('everybody may write', async () => {
    expect(await setUp({ emptyDir: {} })).toEqual({ hostPath: join(dir, 'v') })
    expect(await modeOf('')).toBe('777')
  })

  test('what is in it stays when it is set up again', async () => {
    await setUp({ emptyDir: {} })
    await writeFile(join(dir, 'v', 'x'), 'y')
    await setUp({ emptyDir: {} })
    expect(await shown()).toEqual({ x: 'y' })
  })
})

describe('hostPath', () => {
  test.each<[string, string, boolean]>([
    ['', 'new', true],
    ['DirectoryOrCreate', 'new', true],
    ['FileOrCreate', 'new', true],
    ['Directory', 'new', false],
    ['File', 'new', false],
    ['Directory', 'dir', true],
    ['Directory', 'file', false],
    ['File', 'file', true],
    ['Socket', 'file', false],
  ])('type %j at %s: %s', async (type, name, fine) => {
    await mkdir(join(dir, 'dir'))
    await writeFile(join(dir, 'file'), '')
    const path = join(dir, name)
    const made = setUp({ hostPath: { path, type } })
    if (fine) expect(await made).toEqual({ hostPath: path })
    else await expect(made).rejects.toThrow(`hostPath type check failed: ${path} is not a`)
  })
})

describe('sub path', () => {
  test('is made, and followed through the links of a volume', async () => {
    await writeFilesAtomically(join(dir, 'v'), new Map([['a', { data: Buffer.from('1'), mode: 0o644 }]]))
    expect(await readFile(resolveSubPath(join(dir, 'v'), 'a'), 'utf8')).toBe('1')
    expect((await stat(resolveSubPath(dir, 'deep/er'))).isDirectory()).toBe(true)
  })

  test('does not lead out of it', async () => {
    const { symlink } = await import('node:fs/promises')
    await symlink('/etc', join(dir, 'out'))
    expect(() => resolveSubPath(dir, 'out/passwd')).toThrow('leads out of its volume')
  })
})
