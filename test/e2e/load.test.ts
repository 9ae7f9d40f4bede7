// Many clients' worth of requests at once: each is answered, and answered whole.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { configMaps } from '../../lib/kinds/core/config-map.ts'
import { TestCluster } from '../harness/cluster.ts'

let cluster: TestCluster
beforeAll(async () => {
  cluster = await TestCluster.start('--runtime=simulated')
}, 120_000)
afterAll(() => cluster?.remove(), 60_000)

test('64 at a time, 6,000 objects are made, and listed', async () => {
  const refused: string[] = []
  let next = 0
  const worker = async () => {
    for (let i = next++; i < 6000; i = next++) {
      const metadata = { namespace: 'default', name: `load-${i}` }
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { payload: 'x'.repeat(1000) } }
      await cluster.client.create(configMaps, object).catch(error => refused.push(error.message))
    }
  }
  await Promise.all(Array.from({ length: 64 }, worker))
  expect(refused).toEqual([])
  const { items } = await cluster.client.list(configMaps, { namespace: 'default' })
  expect(items.filter(({ metadata }) => metadata.name?.startsWith('load-'))).toHaveLength(6000)
}, 240_000)
