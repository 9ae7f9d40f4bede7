import { expect, test } from '@jest/globals'
import { FakeClock } from '../util/clock.ts'
import { silentLogger } from '../util/log.ts'
import { enforceAllocatable } from './node-allocatable.ts'

test('holds all pods together to what the node has, and tries again every minute', async () => {
  const clock = new FakeClock()
  const told: string[] = []
  const asked: object[] = []
  const enforced = enforceAllocatable({
    clock,
    log: silentLogger,
    nodeName: 'node-1',
    events: { event: (_, type, reason, message) => told.push(`${type} ${reason} ${message}`) },
    machine: { cpus: 4, memoryBytes: 1000 },
    limitPods: async limits => {
      asked.push(limits)
      if (asked.length === 1) throw new Error('read-only')
    },
    signal: new AbortController().signal,
  })
  await clock.advance(0)
  const failed =
    'Warning FailedNodeAllocatableEnforcement Failed to update Node Allocatable Limits ["kubepods"]: read-only'
  expect(told).toEqual([failed])
  await clock.advance(60_000)
  await enforced
  expect(asked).toEqual([limits, limits])
  expect(told).toEqual([failed, 'Normal NodeAllocatableEnforced Updated Node Allocatable limit across pods'])
})

const limits = { cpuShares: 4096, memoryLimitBytes: 1000 }
