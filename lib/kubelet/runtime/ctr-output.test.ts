// What ctr and the kernel print, as it was seen.

import { describe, expect, test } from '@jest/globals'
import { ExecError } from '../../util/exec.ts'
import { ctrMessage, isConnectionLost, isNotFound, parseTasks } from './ctr-command.ts'
import { parseEvent } from './ctr-events.ts'
import { deviceNumbers } from './host-facts.ts'
import { mountCommand, parseMountPoints } from './mount-points.ts'

test('tasks', () => {
  const table = 'TASK    PID      STATUS    \nc1      18715    RUNNING\nc2      7    STOPPED\nc3    0    CREATED\n'
  expect(parseTasks(table)).toEqual([
    { id: 'c1', pid: 18715, state: 'running' },
    { id: 'c2', pid: 7, state: 'stopped' },
    { id: 'c3', pid: 0, state: 'other' },
  ])
})

describe('events', () => {
  const exit = (id: string) =>
    `2026-11-22 19:31:44.523534736 +0000 UTC k8s.io /tasks/exit {"container_id":"c1","id":"${id}","pid":18715,"exit_status":3,"exited_at":"2026-11-22T19:31:44.523500392Z"}`
  test('an end, with its code and time; 0 is left out by containerd', () => {
    const finishedAtMs = Date.parse('2026-11-22T19:31:44.523Z')
    expect(parseEvent(exit('c1'), 'k8s.io')).toEqual({ type: 'exit', containerId: 'c1', exitCode: 3, finishedAtMs })
    expect(parseEvent(exit('c1').replace('"exit_status":3,', ''), 'k8s.io')).toMatchObject({ exitCode: 0 })
  })
  test('the end of a command beside it, of another namespace, and anything else say nothing', () => {
    expect(parseEvent(exit('exec-1'), 'k8s.io')).toBeUndefined()
    expect(parseEvent(exit('c1'), 'other')).toBeUndefined()
    expect(
      parseEvent('2026-11-22 19:31:44.9 +0000 UTC k8s.io /tasks/delete {"container_id":"c1"}', 'k8s.io'),
    ).toBeUndefined()
    expect(parseEvent('', 'k8s.io')).toBeUndefined()
  })
  test('a changed namespace shows that we listen', () => {
    const line = '2026-11-22 19:31:44.9 +0000 UTC k8s.io /namespaces/update {"name":"k8s.io"}'
    expect(parseEvent(line, 'k8s.io')).toEqual({ type: 'listening' })
  })
})

describe('errors', () => {
  const failed = (stderr: string) => new ExecError('ctr x', 1, '', stderr)
  test('the message is the line that is ctr’s own', () => {
    expect(ctrMessage(failed('time="…" level=error msg="failed"\nctr: no such thing: not found\n'))).toBe(
      'no such thing: not found',
    )
    expect(ctrMessage(new Error('other'))).toBe('other')
  })
  test.each([
    ['ctr: container "c2" in namespace "k8s.io": not found', true],
    ['ctr: failed to remove "nope": snapshot nope does not exist: not found', true],
    ['ctr: process already finished: not found', true],
    ['ctr: failed to dial "/run/containerd.sock": connection refused', false],
  ])('%s', (stderr, expected) => {
    expect(isNotFound(failed(stderr))).toBe(expected)
  })
  test.each([
    ['ctr: transport is closing: unavailable\n', true],
    ['ctr: error reading from server: EOF: unavailable', true],
    ['ctr: failed to dial "/c.sock": connection error: desc = "transport: error while dialing"', true],
    ['ctr: failed to create shim task: OCI runtime create failed: exec: "failed to dial ": not found: unknown', false],
    ['ctr: failed to create shim task: ttrpc: closed: unknown', false],
    ['time="…" level=error msg="transport is closing: unavailable"\nctr: task c1: already exists', false],
  ])('the connection is lost: %j', (stderr, expected) => {
    expect(isConnectionLost(failed(stderr))).toBe(expected)
  })
})

describe('mounts', () => {
  test('mount points, with spaces as the kernel writes them', () => {
    expect(parseMountPoints('27 1 254:0 / / rw - ext4 /dev/vda rw\n28 27 0:5 / /a\\040b rw - tmpfs t rw\n')).toEqual([
      '/',
      '/a b',
    ])
  })
  const overlay = (lower: string) => ({
    ...{ Type: 'overlay', Source: 'overlay' },
    Options: ['index=off', 'workdir=/r/s/9/work', 'upperdir=/r/s/9/fs', `lowerdir=${lower}`],
  })
  test('one layer', () => {
    const { args, cwd } = mountCommand(overlay('/r/s/1/fs'), '/target')
    expect(cwd).toBe('/')
    expect(args.at(3)).toBe('index=off,workdir=/r/s/9/work,upperdir=/r/s/9/fs,lowerdir=/r/s/1/fs')
    expect(args.slice(-2)).toEqual(['overlay', '/target'])
  })
  test('many layers are named from the directory they share', () => {
    const { args, cwd } = mountCommand(overlay('/r/s/12/fs:/r/s/1/fs'), '/target')
    expect(cwd).toBe('/r/s')
    expect(args.at(3)).toBe('index=off,workdir=/r/s/9/work,upperdir=/r/s/9/fs,lowerdir=12/fs:1/fs')
  })
  test('an image without layers is a bind mount', () => {
    const mount = { Type: 'bind', Source: '/r/s/9/fs', Options: ['rw', 'rbind'] }
    expect(mountCommand(mount, '/target').args).toEqual(['-t', 'none', '-o', 'rw,rbind', '/r/s/9/fs', '/target'])
  })
})

test('device numbers', () => {
  expect(deviceNumbers(0x103)).toEqual({ major: 1, minor: 3 })
  expect(deviceNumbers(0xfe00)).toEqual({ major: 254, minor: 0 })
  expect(deviceNumbers(0x100801)).toEqual({ major: 8, minor: 257 })
})
