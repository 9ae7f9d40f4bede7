// The Kv contract on a real etcd, with and without TLS.

import { afterAll, beforeAll } from '@jest/globals'
import { connectEtcd } from '../../lib/storage/etcd-kv.ts'
import { describeKv } from '../../lib/storage/kv-contract.ts'
import { describeWithEtcd, type Etcd, startEtcd } from '../harness/etcd.ts'

const describe = await describeWithEtcd()

for (const tls of [false, true]) {
  describe(`etcd ${tls ? 'with mutual TLS' : 'in the clear'}`, () => {
    let etcd: Etcd
    let tests = 0

    beforeAll(async () => {
      etcd = await startEtcd({ tls })
    })

    afterAll(() => etcd.stop())

    describeKv('etcd', async () => {
      const kv = connectEtcd(etcd.clientOptions)
      return { kv, prefix: `/registry-${++tests}/`, close: async () => kv.close() }
    })
  })
}
