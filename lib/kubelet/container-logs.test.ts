import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { eventually } from '../../test/harness/eventually.ts'
import { FakeClock } from '../util/clock.ts'
import { type LogOptions, readLog } from './container-logs.ts'
import { parseLogLine } from './log-line.ts'

const line = (second: number, text: string, stream = 'stdout', tag = 'F') =>
  `2026-01-01T00:00:0${second}.123456789Z ${stream} ${tag} ${text}\n`

let dir: string
let path: string
const plain = { follow: false, timestamps: false }

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'binnacle-logs-'))
  path = join(dir, '0.log')
  await writeFile(path, [line(1, 'one'), line(2, 'two', 'stderr'), line(3, 'three'), line(4, '')].join(''))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

async function read(options: Partial<LogOptions>): Promise<string> {
  const chunks: Buffer[] = []
  const source = { path, isRunning: () => false, clock: new FakeClock() }
  for await (const chunk of readLog(source, { ...plain, ...options }, new AbortController().signal)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

describe('readLog', () => {
  test.each<[string, Partial<LogOptions>, string]>([
    ['all of it', {}, 'one\ntwo\nthree\n\n'],
    ['the last lines', { tailLines: 2 }, 'three\n\n'],
    ['none', { tailLines: 0 }, ''],
    ['more than there are', { tailLines: 99 }, 'one\ntwo\nthree\n\n'],
    [
      'with times',
      { tailLines: 2, timestamps: true },
      '2026-01-01T00:00:03.123456789Z three\n2026-01-01T00:00:04.123456789Z \n',
    ],
    ['since a time', { sinceMs: Date.parse('2026-01-01T00:00:03Z') }, 'three\n\n'],
    ['so many bytes', { limitBytes: 6 }, 'one\ntw'],
    ['one stream', { stream: 'stderr' }, 'two\n'],
  ])('%s', async (_, options, expected) => {
    expect(await read(options)).toBe(expected)
  })

  test('a long line in parts is one line', async () => {
    await writeFile(path, line(1, 'abc', 'stdout', 'P') + line(1, 'def'))
    expect(await read({})).toBe('abcdef\n')
  })

  test('the last lines of a file larger than what is read at once', async () => {
    const lines = Array.from({ length: 20_000 }, (_, n) => line(1, `line ${n}`))
    await writeFile(path, lines.join(''))
    expect(await read({ tailLines: 2 })).toBe('line 19998\nline 19999\n')
    expect((await read({})).length).toBe(lines.map((_, n) => `line ${n}\n`).join('').length)
  })

  test('no file', async () => {
    await rm(path)
    await expect(read({})).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('following', () => {
  function follow() {
    const clock = new FakeClock()
    const gone = new AbortController()
    const state = { running: true, text: '', done: false }
    const source = { path, isRunning: () => state.running, clock }
    const reading = (async () => {
      for await (const chunk of readLog(source, { ...plain, follow: true, tailLines: 0 }, gone.signal))
        state.text += chunk
      state.done = true
    })()
    return { state, clock, gone, reading }
  }

  test('sees what is written, and ends with the container', async () => {
    const { state, clock, reading } = follow()
    await eventually(() => clock.sleeping > 0)
    await appendFile(path, line(5, 'five'))
    await eventually(() => state.text === 'five\n')
    state.running = false
    await appendFile(path, line(6, 'six'))
    await eventually(() => state.done)
    expect(state.text).toBe('five\nsix\n')
    await reading
  })

  test('notices the end of a container that says nothing more', async () => {
    const { state, clock, reading } = follow()
    await eventually(() => clock.sleeping > 0)
    state.running = false
    await clock.advance(1000)
    await reading
    expect(state.text).toBe('')
  })

  test('goes on in the new file after a rotation', async () => {
    const { state, clock, reading } = follow()
    await eventually(() => clock.sleeping > 0)
    await appendFile(path, line(5, 'old'))
    await rename(path, `${path}.1`)
    await writeFile(path, line(6, 'new'))
    await eventually(() => state.text === 'old\nnew\n')
    state.running = false
    await clock.advance(1000)
    await reading
  })

  test('ends when the client is gone', async () => {
    const { state, clock, gone, reading } = follow()
    await eventually(() => clock.sleeping > 0)
    gone.abort()
    await reading
    expect([state.done, clock.sleeping]).toEqual([true, 0])
  })
})

test.each([
  [
    '2026-01-01T00:00:00Z stdout F hello world',
    { time: '2026-01-01T00:00:00Z', stream: 'stdout', content: 'hello world\n' },
  ],
  ['2026-01-01T00:00:00Z stderr P part', { time: '2026-01-01T00:00:00Z', stream: 'stderr', content: 'part' }],
  ['2026-01-01T00:00:00Z stdout F ', { time: '2026-01-01T00:00:00Z', stream: 'stdout', content: '\n' }],
  ['garbage', undefined],
])('a line %j', (text, expected) => {
  expect(parseLogLine(text)).toEqual(expected)
})
