import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { Service } from '../../kinds/core/service.ts'
import { services } from '../../kinds/core/service.ts'
import type { IPAddress } from '../../kinds/networking/ip-address.ts'
import { MemoryKv } from '../../storage/memory-kv.ts'
import { Store } from '../../storage/store.ts'
import { FakeClock } from '../../util/clock.ts'
import { silentLogger } from '../../util/log.ts'
import type { AdmissionRequest } from '../admission/plugin.ts'
import type { StorageContext } from '../context.ts'
import { WatchCache } from '../watch-cache.ts'
import { nodePortsKey, type RangeAllocation } from './node-port-allocator.ts'
import { readBitmap } from './port-bitmap.ts'
import { repair } from './repair.ts'
import { allocatorsOf, serviceAllocation } from './service-allocation.ts'

const range = { from: 30000, to: 30063 }
let stopping: AbortController
let context: StorageContext
let clock: FakeClock

beforeEach(async () => {
  const kv = new MemoryKv()
  const prefix = '/registry/'
  stopping = new AbortController()
  clock = new FakeClock()
  const cache = new WatchCache({ kv, prefix, log: silentLogger })
  cache.run(stopping.signal)
  await cache.ready()
  const config = { serviceClusterIpRange: '10.0.0.0/24', serviceNodePortRange: range }
  context = { cache, store: new Store({ kv, prefix }), clock, log: silentLogger, config } as unknown as StorageContext
})
afterEach(() => stopping.abort())

const service = (name: string, spec: NonNullable<Service['spec']>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default', uid: name },
  spec,
})
const request = (object: Service): AdmissionRequest => ({
  operation: 'CREATE',
  resource: services as unknown as AdmissionRequest['resource'],
  subresource: '',
  namespace: 'default',
  name: object.metadata.name ?? '',
  object,
  user: { name: 'a', groups: [], extra: {} },
  dryRun: false,
  warnings: [],
})
const ports = async () => {
  const entry = await context.store.get(nodePortsKey)
  return [...readBitmap((entry?.object as RangeAllocation | undefined)?.data ?? '', range)]
}
const owner = async (address: string) =>
  ((await context.store.get(`ipaddresses/${address}`))?.object as IPAddress | undefined)?.spec

test('a refusal half way gives back what was taken before it', async () => {
  const plugin = serviceAllocation(context)
  const object = service('a', {
    type: 'NodePort',
    ports: [
      { port: 1, nodePort: 30001 },
      { port: 2, nodePort: 1 },
    ],
  })
  await expect(plugin.mutate?.(request(object))).rejects.toMatchObject({
    code: 422,
    message: expect.stringContaining(
      'spec.ports[1].nodePort: Invalid value: 1: provided port is not in the valid range',
    ),
  })
  expect(await ports()).toEqual([])
  const { entries } = await context.store.list('ipaddresses/')
  expect(entries).toEqual([])
})

test('a write that came to nothing gives everything back', async () => {
  const plugin = serviceAllocation(context)
  const asked = request(
    service('a', { type: 'NodePort', clusterIP: '10.0.0.5', ports: [{ port: 1, nodePort: 30001 }] }),
  )
  await plugin.mutate?.(asked)
  expect([await ports(), await owner('10.0.0.5')]).toEqual([[30001], expect.anything()])
  await plugin.settled?.(asked, false)
  expect([await ports(), await owner('10.0.0.5')]).toEqual([[], undefined])
})

test('addresses and ports of nobody are freed, but not at once; those of services are marked', async () => {
  const allocators = allocatorsOf(context)
  await allocators.ips.allocate('10.0.0.5', { namespace: 'default', name: 'gone' })
  await allocators.ports.allocate(30001)
  const spec = {
    type: 'NodePort',
    clusterIP: '10.0.0.6',
    clusterIPs: ['10.0.0.6'],
    ports: [{ port: 1, nodePort: 30002 }],
  }
  await context.store.create('services/specs/default/here', service('here', spec))
  await context.cache.fresh()
  const suspects = await repair(context, allocators)
  expect([...suspects]).toEqual([30001])
  expect([await ports(), await owner('10.0.0.5')]).toEqual([[30001, 30002], expect.anything()])
  expect(await owner('10.0.0.6')).toMatchObject({ parentRef: { name: 'here' } })
  await clock.advance(61_000)
  await context.cache.fresh()
  await repair(context, allocators, suspects)
  expect([await ports(), await owner('10.0.0.5')]).toEqual([[30002], undefined])
})
