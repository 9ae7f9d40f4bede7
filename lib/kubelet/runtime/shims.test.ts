// Which processes are shims of ours, and that no other is ended.

import { spawn } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { eventually } from '../../../test/harness/eventually.ts'
import { systemClock } from '../../util/clock.ts'
import { endShim, findShims, parseShim } from './shims.ts'

const socket = `/run/of-a-test-${process.pid}/containerd.sock`
const owner = { socket, namespace: 'k8s.io' }

test.each([
  ['/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -id a -address /a.sock', 'a'],
  ['/usr/bin/containerd-shim-runc-v2 -namespace k8s.io -address /a.sock -publish-binary /x -id a start', 'a'],
  ['containerd-shim-runc-v2 -namespace k8s.io -address /a.sock', undefined],
  ['containerd-shim-runc-v2 -namespace k8s.io -id a', undefined],
  ['containerd-shim-runc-v2 -namespace k8s.io -id ../a -address /a.sock', undefined],
  ['grep -namespace k8s.io -id a -address /a.sock', undefined],
  ['', undefined],
])('%s', (commandLine, id) => {
  const expected = id && { id, socket: '/a.sock', namespace: 'k8s.io' }
  expect(parseShim(commandLine.replaceAll(' ', '\0'))).toEqual(expected)
})

/** A process that looks like a shim, will not end when asked to, and has a child. */
function shimLike(id: string, of = owner) {
  const child = spawn(
    'sh',
    ['-c', 'trap "" TERM; sleep 600 & echo $!; wait', '-namespace', of.namespace, '-id', id, '-address', of.socket],
    { argv0: 'containerd-shim-runc-v2', stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const runs = new Promise<number>(resolve => child.stdout.once('data', text => resolve(Number(text))))
  const ended = new Promise(resolve => child.once('exit', (_, killedBy) => resolve(killedBy)))
  return { child, runs, ended }
}

test('a shim is ended with what it runs; those of another socket or namespace are not even found', async () => {
  const ours = shimLike('ours')
  const others = [
    shimLike('ours', { ...owner, socket: `${socket}2` }),
    shimLike('ours', { ...owner, namespace: 'moby' }),
  ]
  const runs = await ours.runs
  const foreign = await Promise.all(others.map(other => other.runs))
  try {
    const found = await findShims(owner)
    expect(found).toEqual([{ ...owner, pid: ours.child.pid, id: 'ours' }])
    for (const shim of found) await endShim(shim, systemClock)
    expect(await ours.ended).toBe('SIGKILL')
    await eventually(() => !isRunning(runs))
    expect(foreign.filter(isRunning)).toEqual(foreign)
    expect(others.filter(({ child }) => child.signalCode !== null)).toEqual([])
  } finally {
    for (const pid of foreign) process.kill(pid, 'SIGKILL')
    for (const { child } of others) child.kill('SIGKILL')
  }
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
