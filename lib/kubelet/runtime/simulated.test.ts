import { expect, test } from '@jest/globals'
import { FakeClock, systemClock } from '../../util/clock.ts'
import { silentLogger } from '../../util/log.ts'
import { containerRuntimeContract } from './contract.ts'
import { containerConfig, sandboxConfig } from './contract-values.ts'
import type { Image } from './runtime.ts'
import { type Plan, SimulatedRuntime } from './simulated.ts'

const image: Image = {
  id: `sha256:${'a'.repeat(64)}`,
  tags: ['docker.io/library/web:1'],
  digests: [],
  sizeBytes: 1,
  user: '',
}
const signal = new AbortController().signal

containerRuntimeContract('simulated', async () => {
  const options = { clock: systemClock, log: silentLogger, images: [image], plans: [{ exitCode: 3 }] }
  const runtime = new SimulatedRuntime(options)
  return {
    runtime,
    image: 'web:1',
    restart: async () => new SimulatedRuntime(options, runtime.state),
    kill: async ({ id }) => runtime.exit(id, 137),
    cleanUp: async () => {},
    logDir: '/nowhere',
  }
})

async function startedWith(plan: Plan, clock: FakeClock) {
  const runtime = new SimulatedRuntime({ clock, log: silentLogger, images: [image], plans: [plan] })
  const sandbox = await runtime.runSandbox(sandboxConfig('web'), signal)
  const id = await runtime.createContainer(sandbox.id, containerConfig(image.id, '/nowhere'), signal)
  const start = runtime.startContainer(id, signal)
  const state = async () => (await runtime.list()).containers[0]
  return { runtime, id, start, state }
}

test('a container that takes a while to start ends by itself when its time is over', async () => {
  const clock = new FakeClock(0)
  const { start, state } = await startedWith({ startDelayMs: 100, runMs: 1000, exitCode: 7 }, clock)
  expect(await state()).toMatchObject({ state: 'created' })
  await clock.advance(100)
  await start
  expect(await state()).toMatchObject({ state: 'running', startedAtMs: 100 })
  await clock.advance(1000)
  expect(await state()).toMatchObject({ state: 'exited', exitCode: 7, finishedAtMs: 1100 })
})

test('one that takes no notice of the stop signal is killed when the grace is over', async () => {
  const clock = new FakeClock(0)
  const { runtime, id, start, state } = await startedWith({ ignoresStopSignal: true }, clock)
  await start
  const stop = runtime.stopContainer(id, 30_000, signal)
  await clock.advance(29_999)
  expect(await state()).toMatchObject({ state: 'running' })
  await clock.advance(1)
  await stop
  expect(await state()).toMatchObject({ state: 'exited', exitCode: 137 })
})

test('one that cannot start says why', async () => {
  const { start, state } = await startedWith({ startError: 'no such file' }, new FakeClock(0))
  await expect(start).rejects.toMatchObject({ reason: 'RunContainerError', message: 'no such file' })
  expect(await state()).toMatchObject({ state: 'exited', exitCode: 128, reason: 'StartError', message: 'no such file' })
})
