import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { containerConfig, sandboxConfig } from './contract-values.ts'
import {
  type ContainerRecord,
  containerStatus,
  exited,
  hostPorts,
  type SandboxRecord,
  startFailed,
  vanished,
} from './ctr-records.ts'
import { EventQueue } from './event-queue.ts'
import { KeyedLock } from './keyed-lock.ts'
import { Records } from './records.ts'

describe('records', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'binnacle-records-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  test('what was put is there after a restart, for root alone; what was torn is named', async () => {
    const records = new Records<{ id: string; word: string }>(directory)
    await records.load()
    await Promise.all([records.put({ id: 'a', word: '1' }), records.put({ id: 'b', word: '2' })])
    await records.put({ id: 'a', word: '3' })
    await records.remove('b')
    await mkdir(join(directory, 'torn'))
    await writeFile(join(directory, 'torn/record.json'), '{"id":')
    const again = new Records<{ id: string; word: string }>(directory)
    expect(await again.load()).toEqual(['torn'])
    expect(again.all()).toEqual([{ id: 'a', word: '3' }])
    expect((await stat(join(directory, 'a/record.json'))).mode & 0o777).toBe(0o600)
  })
})

const record: ContainerRecord = {
  ...{
    id: 'c',
    sandboxId: 's',
    pod: { namespace: 'd', name: 'p', uid: 'u' },
    config: containerConfig('sha256:1', '/logs'),
  },
  ...{ stopSignal: 'SIGTERM', cgroup: '/x/c', createdAtMs: 1, state: 'running', startedAtMs: 2, pid: 9 },
}

test.each([
  [{ exitCode: 0, finishedAtMs: 5 }, 0, 'Completed'],
  [{ exitCode: 1, finishedAtMs: 5 }, 0, 'Error'],
  [{ exitCode: 137, finishedAtMs: 5 }, 1, 'OOMKilled'],
])('an end %j with %d kills for memory is %s', (exit, oomKills, reason) => {
  const status = containerStatus(exited(record, exit, oomKills))
  expect(status).toMatchObject({ state: 'exited', reason, ...exit, startedAtMs: 2 })
  expect(status).not.toHaveProperty('pid')
})

test('an end nobody saw, and a start that failed', () => {
  expect(containerStatus(vanished(record, 7))).toMatchObject({ exitCode: 255, reason: 'Unknown', finishedAtMs: 7 })
  const failed = containerStatus(startFailed({ ...record, state: 'created' }, 'no such file', 8))
  expect(failed).toMatchObject({
    exitCode: 128,
    reason: 'StartError',
    message: 'no such file',
    startedAtMs: 0,
    finishedAtMs: 8,
  })
})

test('host ports lead to ready sandboxes only', () => {
  const portMappings = [{ protocol: 'TCP' as const, containerPort: 80, hostPort: 8080 }]
  const sandbox: SandboxRecord = {
    ...{ id: 's', config: sandboxConfig('web', { portMappings }), createdAtMs: 0, bootId: '' },
    ...{ state: 'ready', ips: ['10.1.0.2'] },
  }
  expect(hostPorts(sandbox)).toEqual([{ ...portMappings[0], podIP: '10.1.0.2' }])
  expect(hostPorts({ ...sandbox, state: 'stopped' })).toEqual([])
  expect(hostPorts({ ...sandbox, ips: [] })).toEqual([])
})

test('work on one key waits, on another it does not; a failure lets the next go on', async () => {
  const lock = new KeyedLock()
  const gate = Promise.withResolvers<void>()
  const order: string[] = []
  const first = lock.run('a', () => gate.promise.then(() => Promise.reject(new Error('no'))))
  const second = lock.run('a', async () => order.push('a2'))
  await lock.run('b', async () => order.push('b'))
  expect(order).toEqual(['b'])
  gate.resolve()
  await expect(first).rejects.toThrow('no')
  await second
  expect(order).toEqual(['b', 'a2'])
})

test('a queue gives what was pushed before and while it is read, and ends when closed', async () => {
  const queue = new EventQueue<number>()
  queue.push(1)
  const read = Array.fromAsync(queue)
  queue.push(2)
  await Promise.resolve()
  queue.push(3)
  queue.close()
  expect(await read).toEqual([1, 2, 3])
})
