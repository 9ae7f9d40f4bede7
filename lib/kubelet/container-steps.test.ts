import { tmpdir } from 'node:os'
import { expect, test } from '@jest/globals'
import { testContainer, testImage, testPod, testSandbox } from '../../test/harness/kubelet.ts'
import { FakeClock } from '../util/clock.ts'
import { startContainer } from './container-steps.ts'
import type { NodeContext } from './node-context.ts'
import { RuntimeError } from './runtime/runtime.ts'
import { StartError } from './start-failure.ts'

const forever = new AbortController().signal

/** A node on which what a container refers to comes in as handed in. */
function setUp(synced: () => Promise<void>, ensure: () => Promise<unknown> = async () => testImage()) {
  const told: string[] = []
  const context = {
    clock: new FakeClock(),
    events: {
      event: (_: unknown, type: string, reason: string, text: string) => told.push(`${type} ${reason} ${text}`),
    },
    images: { ensure },
    references: { synced, of: () => ({}) },
    runtime: {},
    services: async () => [],
    node: { name: 'node-1', ips: ['192.0.2.1'], memoryBytes: 1, allocatable: {} },
    paths: { terminationLog: () => `${tmpdir()}/never` },
  } as unknown as NodeContext
  const start = (signal: AbortSignal) => {
    const container = { kind: 'app' as const, spec: testContainer() }
    const input = { pod: testPod(), sandbox: testSandbox(), container, attempt: 0, backOffMs: undefined }
    return startContainer(context, { ...input, volumePaths: new Map() }, signal, forever)
  }
  return { told, start }
}

test('a start that is given up is no failure', async () => {
  const pass = new AbortController()
  const { told, start } = setUp(async () => {
    pass.abort(new DOMException('the pod is deleted', 'AbortError'))
    pass.signal.throwIfAborted()
  })
  await expect(start(pass.signal)).rejects.toMatchObject({ name: 'AbortError', message: 'the pod is deleted' })
  expect(told).toEqual([])
})

test('a start that fails is told of', async () => {
  const { told, start } = setUp(() => Promise.reject(new RuntimeError('X', 'no such thing')))
  await expect(start(forever)).rejects.toMatchObject({ name: 'StartError', reason: 'CreateContainerConfigError' })
  expect(told).toEqual(['Warning Failed Error: no such thing'])
})

test.each([
  ['ErrImagePull', 'why', 'ErrImagePull'],
  ['ImagePullBackOff', 'why', 'ImagePullBackOff'],
  ['InvalidImageName', 'why', 'InvalidImageName'],
  ['RunContainerError', 'why', 'why'],
])('the event of %s (%s) says %s', async (reason, message, said) => {
  const { told, start } = setUp(
    async () => {},
    () => Promise.reject(new StartError(reason, message)),
  )
  await expect(start(forever)).rejects.toMatchObject({ reason })
  expect(told).toEqual([`Warning Failed Error: ${said}`])
})
