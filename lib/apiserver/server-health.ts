// What it takes for this server to be well.

import type { StorageContext } from './context.ts'
import type { HealthCheck } from './health.ts'

export interface Progress {
  /** What must stand in every cluster is there. */
  isBootstrapped: boolean
  isShuttingDown: boolean
}

const etcdTimeoutMs = 2000

export function healthChecks({ cache, store }: StorageContext, progress: Progress): HealthCheck[] {
  const always: HealthCheck['on'] = ['healthz', 'livez', 'readyz']
  const etcd = async () => {
    await store.get('health', AbortSignal.timeout(etcdTimeoutMs))
  }
  return [
    { name: 'ping', on: always, check: () => undefined },
    { name: 'log', on: always, check: () => undefined },
    { name: 'etcd', on: always, check: etcd },
    { name: 'etcd-readiness', on: ['readyz'], check: etcd },
    {
      name: 'informer-sync',
      on: ['readyz'],
      check: () => must(cache.revision > 0n, 'the watch cache is being filled'),
    },
    {
      name: 'poststarthook/rbac/bootstrap-roles',
      on: always,
      check: () => must(progress.isBootstrapped, 'not finished'),
    },
    { name: 'shutdown', on: ['readyz'], check: () => must(!progress.isShuttingDown, 'process is shutting down') },
  ]
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise)
}
