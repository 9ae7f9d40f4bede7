import { describe, expect, test } from '@jest/globals'
import { exited, testSandbox, testStatus } from '../../test/harness/kubelet.ts'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import type { ContainerStatus, RuntimeEvent, SandboxStatus } from './runtime/runtime.ts'
import { RuntimeView } from './runtime-view.ts'
import { Wakeup } from './wakeup.ts'

function setUp(events: RuntimeEvent[][] = []) {
  const clock = new FakeClock()
  const stop = new AbortController()
  const state: { sandboxes: SandboxStatus[]; containers: ContainerStatus[]; lists: number } = {
    sandboxes: [testSandbox()],
    containers: [testStatus()],
    lists: 0,
  }
  const runtime = {
    async list() {
      state.lists++
      await new Promise(resolve => setImmediate(resolve))
      return { sandboxes: state.sandboxes, containers: state.containers }
    },
    async *events() {
      yield* events.shift() ?? []
    },
  }
  const view = new RuntimeView({ runtime, log: silentLogger, clock, signal: stop.signal })
  return { view, state, clock, stop }
}

describe('RuntimeView', () => {
  test('those who ask together share one list', async () => {
    const { view, state } = setUp()
    await Promise.all([view.refresh(), view.refresh(), view.refresh()])
    expect(state.lists).toBe(1)
  })

  test('who asks while a list is under way gets the next one', async () => {
    const { view, state } = setUp()
    const first = view.refresh()
    while (state.lists === 0) await new Promise(resolve => setImmediate(resolve))
    state.containers = [testStatus({ id: 'new' })]
    await Promise.all([first, view.refresh()])
    expect(state.lists).toBe(2)
    expect(view.of('u1').containers[0]?.id).toBe('new')
  })

  test('sorts by pod, the newest first', async () => {
    const { view, state } = setUp()
    const other = { namespace: 'default', name: 'other', uid: 'u2' }
    state.sandboxes = [testSandbox(), testSandbox({ id: 's1', attempt: 1 }), testSandbox({ id: 'x', pod: other })]
    state.containers = [exited(1), testStatus({ attempt: 1 })]
    await view.refresh()
    expect(view.podUids).toEqual(['u1', 'u2'])
    expect(view.of('u1').sandboxes.map(({ id }) => id)).toEqual(['s1', 's0'])
    expect(view.of('u1').containers.map(({ attempt }) => attempt)).toEqual([1, 0])
    expect(view.of('u3')).toEqual({ sandboxes: [], containers: [] })
  })

  test('names the pods that changed, and all of them when events were missed', async () => {
    const { view, clock, stop } = setUp([[{ type: 'pod-changed', podUid: 'u7' }], []])
    await view.refresh()
    const named: string[] = []
    const running = view.run(uid => named.push(uid))
    await clock.advance(0)
    expect(named).toEqual(['u7'])
    await clock.advance(1000)
    for (let turn = 0; turn < 5; turn++) await clock.advance(0)
    expect(named).toEqual(['u7', 'u1'])
    stop.abort()
    await running
  })
})

describe('Wakeup', () => {
  const { signal } = new AbortController()

  test('ends at its time, or when woken', async () => {
    const clock = new FakeClock()
    const wakeup = new Wakeup(clock)
    const timed = wakeup.sleep(clock.now() + 100, signal)
    await clock.advance(100)
    await timed
    const open = wakeup.sleep(undefined, signal)
    wakeup.wake()
    await open
    expect(clock.sleeping).toBe(0)
  })

  test('a wake before the sleep is not lost, and counts once', async () => {
    const clock = new FakeClock()
    const wakeup = new Wakeup(clock)
    wakeup.wake()
    wakeup.wake()
    await wakeup.sleep(undefined, signal)
    let over = false
    const next = wakeup.sleep(clock.now() + 100, signal).then(() => {
      over = true
    })
    await clock.advance(50)
    expect(over).toBe(false)
    await clock.advance(50)
    await next
  })

  test('rejects when it is all over', async () => {
    const stop = new AbortController()
    const sleep = new Wakeup(new FakeClock()).sleep(undefined, stop.signal)
    stop.abort()
    await expect(sleep).rejects.toMatchObject({ name: 'AbortError' })
  })
})
