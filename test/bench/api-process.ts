// An etcd and an API server of the benchmark's own, in a process beside it: its memory and its time are its own.
// Forked by large.ts; it tells where it listens, and ends with its parent.

import { collectWhenIdle } from '../../lib/util/idle-collection.ts'
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
void collectWhenIdle({}, new AbortController().signal)

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
  await api.stop()
  await etcd.stop()
})
