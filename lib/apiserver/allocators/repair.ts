// Finds addresses and ports that are marked as taken by nobody, and Services whose address or port is not marked:
// traces of a server that died between two writes.

import type { Service } from '../../kinds/core/service.ts'
import type { IPAddress } from '../../kinds/networking/ip-address.ts'
import type { StorageContext } from '../context.ts'
import { managedBy } from './ip-address-object.ts'
import type { Allocators } from './service-allocation.ts'
import { addressesOf, nodePortsOf } from './service-needs.ts'

const everyMs = 180_000
/** A Service may still be on its way to storage. */
const graceMs = 60_000

export async function keepRepairing(context: StorageContext, allocators: Allocators, signal: AbortSignal) {
  let suspects = new Set<number>()
  while (!signal.aborted) {
    try {
      suspects = await repair(context, allocators, suspects)
    } catch (error) {
      context.log.error({ err: error }, 'the repair of service addresses and ports failed; it is tried again')
    }
    await context.clock.sleep(everyMs, signal)
  }
}

/** Answers the ports that nobody has: they are freed when the next pass finds them still unclaimed. */
export async function repair(
  context: StorageContext,
  { ips, ports }: Allocators,
  suspects: ReadonlySet<number> = new Set(),
): Promise<Set<number>> {
  const all = [...context.cache.snapshot('services/specs/').entries()].map(entry => entry.object as Service)
  const used = new Map(all.flatMap(service => addressesOf(service.spec).map(address => [address, service])))
  await releaseOrphans(context, used)
  for (const [address, { metadata }] of used) {
    if (context.cache.get(`ipaddresses/${address}`)) continue
    const service = { namespace: metadata.namespace ?? '', name: metadata.name ?? '' }
    await ips.allocate(address, service).catch(error => {
      context.log.warn({ err: error, address, service }, 'the address of a service could not be marked as taken')
    })
  }
  return repairPorts(new Set(all.flatMap(service => nodePortsOf(service.spec))), ports, suspects)
}

async function releaseOrphans({ cache, store, clock }: StorageContext, used: Map<string, Service>): Promise<void> {
  for (const entry of cache.snapshot('ipaddresses/').entries()) {
    const { metadata, spec } = entry.object as IPAddress
    const owner = used.get(metadata.name ?? '')?.metadata
    const isOwned = owner?.name === spec?.parentRef?.name && owner?.namespace === spec?.parentRef?.namespace
    const ageMs = clock.now() - Date.parse(metadata.creationTimestamp ?? '')
    const isOurs = metadata.labels?.['ipaddress.kubernetes.io/managed-by'] === managedBy
    if (isOurs && !isOwned && ageMs > graceMs) await store.delete(entry.key, entry.revision)
  }
}

async function repairPorts(
  used: ReadonlySet<number>,
  ports: Allocators['ports'],
  suspects: ReadonlySet<number>,
): Promise<Set<number>> {
  let unclaimed = new Set<number>()
  await ports.change(taken => {
    for (const port of used) taken.add(port)
    const orphans = [...taken].filter(port => !used.has(port))
    for (const port of orphans) if (suspects.has(port)) taken.delete(port)
    unclaimed = new Set(orphans.filter(port => !suspects.has(port)))
  })
  return unclaimed
}
