import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { FakeClock, systemClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { isAlive, type ProcessSpec, runningProcesses, type Started, startProcess, stopProcess } from './processes.ts'
import { keepRunning } from './supervise.ts'

describe('keeping a process running', () => {
  const spec: ProcessSpec = { name: 'etcd', command: 'etcd', args: [] }

  test('it starts again after pauses that grow, and short ones once it was stable', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    const starts: { atMs: number; end: (how: string) => void }[] = []
    const start = async (): Promise<Started> => {
      const exited = Promise.withResolvers<string>()
      starts.push({ atMs: clock.now(), end: exited.resolve })
      return { record: { name: 'etcd', pid: 1, startTicks: '1' }, exited: exited.promise, release: () => {} }
    }
    const began = clock.now()
    const done = keepRunning(spec, start, { clock, log: silentLogger }, stop.signal)
    await clock.advance(0)
    const end = async (ms: number) => {
      await clock.advance(ms)
      starts.at(-1)?.end('exit code 1')
      await clock.advance(0)
      await clock.advance(5000)
      return (starts.at(-1)?.atMs ?? 0) - began
    }
    expect(await end(0)).toBe(100)
    const second = starts.at(-1)?.atMs ?? 0
    await end(0)
    expect((starts.at(-1)?.atMs ?? 0) - second).toBeGreaterThan(5000)
    const stable = clock.now()
    await end(20_000)
    expect(starts.at(-1)?.atMs).toBe(stable + 20_000)
    stop.abort()
    await done
  })
})

test('one that cannot even be started is tried again', async () => {
  const clock = new FakeClock()
  const stop = new AbortController()
  let tries = 0
  const start = async (): Promise<Started> => {
    tries++
    throw new Error('no space left on device')
  }
  const done = keepRunning(
    { name: 'etcd', command: 'etcd', args: [] },
    start,
    { clock, log: silentLogger },
    stop.signal,
  )
  for (const ms of [0, 100, 200]) await clock.advance(ms)
  expect(tries).toBe(3)
  stop.abort()
  await done
})

describe('processes on record', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'binnacle-run-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  test('one is found, logged to its file, and stopped', async () => {
    const { record } = await startProcess(dir, { name: 'p', command: 'sh', args: ['-c', 'echo hello; exec sleep 60'] })
    expect(await runningProcesses(dir)).toEqual([record])
    await stopProcess(dir, record, { clock: systemClock, graceMs: 5000 })
    expect(await runningProcesses(dir)).toEqual([])
    expect(await readFile(join(dir, 'logs/p.log'), 'utf8')).toBe('hello\n')
  })

  test('one that ignores SIGTERM is killed', async () => {
    const ignore = { name: 'p', command: 'sh', args: ['-c', "trap '' TERM; echo on; while :; do sleep 0.05; done"] }
    const { record, exited } = await startProcess(dir, ignore)
    while ((await readFile(join(dir, 'logs/p.log'), 'utf8')) === '') await systemClock.sleep(10)
    await stopProcess(dir, record, { clock: systemClock, graceMs: 100 })
    expect(await exited).toBe('killed by SIGKILL')
  })

  test('a pid that belongs to another process by now is not ours', () => {
    expect(isAlive({ name: 'p', pid: process.pid, startTicks: '1' })).toBe(false)
  })

  test('a program that is not there is told', async () => {
    const { record, exited } = await startProcess(dir, { name: 'p', command: '/no/such/program', args: [] })
    expect(await exited).toContain('ENOENT')
    expect(isAlive(record)).toBe(false)
  })
})
