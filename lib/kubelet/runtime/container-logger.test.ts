import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { installLogger, logUri } from './container-logger.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'binnacle-logger-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** As containerd's shim starts it: 3 and 4 to read from, 5 to say that it is ready. */
async function start(log: string) {
  const program = await installLogger(directory)
  const child = spawn(program, ['log', log], { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe', 'pipe'] })
  const [, , , , , ready] = child.stdio as unknown as (Readable | undefined)[]
  if (!ready) throw new Error('no pipe to say that it is ready')
  ready.resume()
  await once(ready, 'end')
  return { child, stdout: child.stdio[3] as Writable, stderr: child.stdio[4] as Writable }
}

async function until(file: string, text: string): Promise<void> {
  while (!(await readFile(file, 'utf8')).includes(text)) await new Promise(resolve => setImmediate(resolve))
}

test('lines of both streams with their times; SIGTERM does not end it, the end of both streams does', async () => {
  const log = join(directory, 'c.log')
  const { child, stdout, stderr } = await start(log)
  stdout.write('one\ntw')
  stderr.write('bad\n')
  await until(log, 'bad')
  child.kill('SIGTERM')
  stdout.end('o\n\nend')
  stderr.end()
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n')
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z /
  for (const line of lines) expect(line).toMatch(time)
  const told = lines.map(line => line.replace(time, ''))
  expect(told.filter(line => line.startsWith('stdout'))).toEqual([
    'stdout F one',
    'stdout F two',
    'stdout F ',
    'stdout P end',
  ])
  expect(told.filter(line => line.startsWith('stderr'))).toEqual(['stderr F bad'])
})

test('a log that was moved away is begun anew', async () => {
  const log = join(directory, 'c.log')
  const { child, stdout, stderr } = await start(log)
  stdout.write('before\n')
  await until(log, 'before')
  await rename(log, `${log}.1`)
  stdout.end('after\n')
  stderr.end()
  await once(child, 'exit')
  expect(await readFile(`${log}.1`, 'utf8')).toMatch(/ before\n$/)
  expect(await readFile(log, 'utf8')).toMatch(/^\S+ stdout F after\n$/)
})

test('the address containerd is given names program and log, whatever their names', () => {
  expect(logUri('/state dir/bin/x', '/logs/a_b/c&d/0.log')).toBe(
    'binary:///state%20dir/bin/x?log=%2Flogs%2Fa_b%2Fc%26d%2F0.log',
  )
})
