import { expect, test } from '@jest/globals'
import { testImage } from '../../test/harness/kubelet.ts'
import { FakeClock } from '../util/clock.ts'
import { type FixedFacts, NodeInspector } from './node-inspector.ts'

function setUp() {
  const asked = { version: 0, images: 0, health: 0 }
  const state = { up: true }
  const clock = new FakeClock()
  const answer =
    <T>(what: keyof typeof asked, value: T) =>
    async () => {
      asked[what]++
      if (!state.up && what !== 'health') throw new Error('down')
      return value
    }
  const runtime = {
    version: answer('version', { name: 'containerd', version: 'v1.6.20' }),
    images: answer('images', [testImage()]),
    notReadyReason: async () => {
      asked.health++
      return state.up ? undefined : 'container runtime is down'
    },
  }
  return { asked, state, clock, inspector: new NodeInspector(runtime, clock, { name: 'n' } as FixedFacts) }
}

test('asks for what changes each time, for the rest seldom', async () => {
  const { asked, clock, inspector } = setUp()
  expect(await inspector.inspect()).toMatchObject({
    name: 'n',
    runtimeVersion: 'containerd://1.6.20',
    images: [{ id: 'sha256:abc' }],
  })
  await inspector.inspect()
  expect(asked).toEqual({ version: 1, images: 1, health: 2 })
  inspector.imagesChanged()
  await inspector.inspect()
  await clock.advance(300_000)
  await inspector.inspect()
  expect(asked).toEqual({ version: 1, images: 3, health: 4 })
})

test('a runtime that is down is told as that', async () => {
  const { state, inspector } = setUp()
  state.up = false
  expect(await inspector.inspect()).toMatchObject({
    runtimeVersion: 'containerd://Unknown',
    images: [],
    notReadyReason: 'container runtime is down',
  })
  state.up = true
  expect((await inspector.inspect()).runtimeVersion).toBe('containerd://1.6.20')
})
