import { expect, test } from '@jest/globals'
import { smallestAround } from './ip-range.ts'
import { serviceRanges } from './service-ranges.ts'

type Needs = Parameters<typeof serviceRanges>[0]

const cidr = (name: string, cidrs: string[], { ready = true, deleted = false } = {}) => ({
  metadata: { name, ...(deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
  spec: { cidrs },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})

const own = cidr('kubernetes', ['10.96.0.0/16'])

test.each<[string, object[], string[]]>([
  ['none yet', [], ['10.96.0.0/12']],
  ['another is there before the own one', [cidr('a', ['10.1.0.0/24'])], ['10.96.0.0/12']],
  ['the own one first', [cidr('a', ['10.1.0.0/24']), own], ['10.96.0.0/16', '10.1.0.0/24']],
  ['one that is not ready', [own, cidr('a', ['10.1.0.0/24'], { ready: false })], ['10.96.0.0/16']],
  ['one that is going', [own, cidr('a', ['10.1.0.0/24'], { deleted: true })], ['10.96.0.0/16']],
  ['one of both families', [own, cidr('a', ['10.1.0.0/24', 'fd00::/112'])], ['10.96.0.0/16', '10.1.0.0/24']],
])('%s', (_, objects, expected) => {
  const entries = new Map(objects.map((object, i) => [`${i}`, { object }]))
  // The snapshot answers its values as `entries`.
  const cache = { snapshot: () => ({ entries: () => entries.values() }) }
  const needs = { cache, config: { serviceClusterIpRange: '10.96.0.0/12' } } as unknown as Needs
  expect(serviceRanges(needs).map(range => range.cidr)).toEqual(expected)
})

test('of ranges within each other the innermost counts', () => {
  const entries = [{ object: own }, { object: cidr('a', ['10.96.1.0/24']) }]
  const cache = { snapshot: () => ({ entries: () => entries }) }
  const ranges = serviceRanges({ cache, config: { serviceClusterIpRange: '10.96.0.0/16' } } as unknown as Needs)
  expect(smallestAround(ranges, '10.96.1.255')?.cidr).toBe('10.96.1.0/24')
  expect(smallestAround(ranges, '10.96.2.0')?.cidr).toBe('10.96.0.0/16')
  expect(smallestAround(ranges, '10.97.0.0')).toBeUndefined()
})
