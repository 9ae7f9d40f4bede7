// An etcd and an API server of the benchmark's own, in a process beside it: its memory and its time are its own.
// Forked by large.ts; it tells where it listens, and ends with its parent.

import { inBackground } from '../../lib/util/async.ts'
import { collectWhenIdle } from '../../lib/util/idle-collection.ts'
import { silentLogger } from '../../lib/util/log.ts'
import { startApiServer } from '../harness/apiserver.ts'
import { startEtcd } from '../harness/etcd.ts'

/** What the child tells its parent. */
export interface ApiProcess {
  url: string
  caCert: string
  cert: string
  key: string
  etcdEndpoints: string[]
}

// As the binary does.
const stop = new AbortController()
inBackground(silentLogger, 'collecting when idle', collectWhenIdle({}, stop.signal), stop.signal)

const etcd = await startEtcd()
const api = await startApiServer({ etcd })
const told: ApiProcess = {
  url: api.url,
  caCert: api.caCert,
  cert: api.admin.cert,
  key: api.admin.key,
  etcdEndpoints: etcd.endpoints,
}
process.send?.(told)
process.once('disconnect', async () => {
  stop.abort()
  await api.stop()
  await etcd.stop()
})
