import { describe, expect, test } from '@jest/globals'
import { testPod } from '../../test/harness/kubelet.ts'
import { StatusError } from '../api/errors.ts'
import type { Client } from '../client/client.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import type { Pod, PodStatus } from './pod.ts'
import { StatusWriter, statusPatch } from './status-writer.ts'

const old: PodStatus = {
  phase: 'Running',
  reason: 'Because',
  podIP: '10.0.0.1',
  podIPs: [{ ip: '10.0.0.1' }],
  startTime: 't0',
  conditions: [
    { type: 'Ready', status: 'False', reason: 'ContainersNotReady', message: 'm', lastTransitionTime: 't0' },
    { type: 'example.com/gate', status: 'True' },
  ],
  resize: 'Proposed',
}

describe('statusPatch', () => {
  const patch = (status: PodStatus) => statusPatch(testPod({}, { status: old }), { ...old, ...status })?.status

  test.each<[string, PodStatus, unknown]>([
    ['nothing when nothing changed', {}, undefined],
    ['only what changed', { phase: 'Failed' }, { phase: 'Failed' }],
    [
      'an address takes the place of the old one',
      { podIPs: [{ ip: '10.0.0.2' }] },
      { podIPs: [{ ip: '10.0.0.2' }, { $patch: 'replace' }] },
    ],
    [
      'a condition that is true now loses its reason',
      { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 't1' }] },
      { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: 't1', reason: null, message: null }] },
    ],
    [
      'a new condition',
      { conditions: [{ type: 'Initialized', status: 'True' }] },
      { conditions: [{ type: 'Initialized', status: 'True' }] },
    ],
    ['the conditions of others are let alone', { conditions: [] }, undefined],
  ])('%s', (_, status, expected) => {
    expect(patch(status)).toEqual(expected)
  })

  test('what is gone is taken away, if it is ours', () => {
    const { reason: _, resize: __, ...rest } = old
    expect(statusPatch(testPod({}, { status: old }), rest)).toEqual({
      metadata: { uid: 'u1' },
      status: { reason: null },
    })
  })
})

describe('StatusWriter', () => {
  /** An API server that holds one pod and answers when it is told to. */
  class Server {
    pod = testPod({}, { status: { phase: 'Pending' } })
    patches: unknown[] = []
    failures: Error[] = []
    #open = Promise.withResolvers<void>()
    release() {
      this.#open.resolve()
      this.#open = Promise.withResolvers()
    }
    patch = async (_: unknown, __: unknown, body: { status: PodStatus }) => {
      await this.#open.promise
      const failure = this.failures.shift()
      if (failure) throw failure
      this.patches.push(body.status)
      this.pod = { ...this.pod, status: { ...this.pod.status, ...body.status } }
      return this.pod
    }
  }

  function setUp(client?: object) {
    const server = new Server()
    const clock = new FakeClock()
    const written: Pod[] = []
    const writer = new StatusWriter({
      client: (client ?? server) as unknown as Client,
      clock,
      log: silentLogger,
      onWritten: pod => written.push(pod),
      signal: new AbortController().signal,
    })
    const turn = () => new Promise(resolve => setImmediate(resolve))
    return { server, clock, writer, written, turn }
  }

  test('writes one at a time; of many wishes the newest wins', async () => {
    const { server, writer, written, turn } = setUp()
    const pod = server.pod
    for (const podIP of ['1', '2', '3']) writer.set(pod, { phase: 'Pending', podIP })
    server.release()
    await turn()
    expect(server.patches).toEqual([{ podIP: '1' }])
    server.release()
    await writer.flush()
    expect(server.patches).toEqual([{ podIP: '1' }, { podIP: '3' }])
    expect(written).toHaveLength(2)
  })

  test('loses no wish that comes just as a write ends', async () => {
    const server = { pod: testPod({}, { status: { phase: 'Pending' } }) }
    const patch = async (_: unknown, __: unknown, body: { status: PodStatus }) => {
      server.pod = { ...server.pod, status: { ...server.pod.status, ...body.status } }
      return server.pod
    }
    for (let microtasks = 0; microtasks < 20; microtasks++) {
      const { writer, turn } = setUp({ patch })
      writer.set(server.pod, { phase: 'Running', podIP: 'before' })
      for (let passed = 0; passed < microtasks; passed++) await undefined
      writer.set(server.pod, { phase: 'Running', podIP: `after ${microtasks}` })
      await turn()
      expect(server.pod.status?.podIP).toBe(`after ${microtasks}`)
    }
  })

  test('does not write what is there', async () => {
    const { server, writer } = setUp()
    writer.set(server.pod, { phase: 'Pending' })
    await writer.flush()
    expect(server.patches).toEqual([])
  })

  test('tries again after a failure, later', async () => {
    const { server, clock, writer, turn } = setUp()
    server.failures.push(new StatusError(503, 'ServiceUnavailable', 'not now'))
    writer.set(server.pod, { phase: 'Running' })
    server.release()
    await turn()
    expect(server.patches).toEqual([])
    await clock.advance(500)
    server.release()
    await writer.flush()
    expect(server.patches).toEqual([{ phase: 'Running' }])
  })

  test('gives up when the pod is no more', async () => {
    const { server, writer } = setUp()
    server.failures.push(new StatusError(404, 'NotFound', 'gone'))
    writer.set(server.pod, { phase: 'Running' })
    server.release()
    await writer.flush()
    expect(server.patches).toEqual([])
  })
})
