// Says of every ServiceCIDR that addresses may be taken from it, and lets one go only when no address in it is left that
// another would not cover.

import { findCondition, setCondition } from '../api/conditions.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { watch } from '../controller/watch.ts'
import { ipAddresses } from '../kinds/networking/ip-address.ts'
import { type ServiceCIDR, serviceCidrs } from '../kinds/networking/service-cidr.ts'
import { rfc3339 } from '../util/clock.ts'
import { addressesOnlyIn } from './service-cidr-addresses.ts'

export const serviceCidrsController: ControllerEntry = {
  name: 'service-cidr-controller',
  serviceAccount: 'service-cidrs-controller',
  make: serviceCidrsLoop,
}

const finalizer = 'networking.k8s.io/service-cidr-finalizer'
/** For allocators that have not seen the deletion yet. */
const deletionGraceMs = 10_000

const isReady = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' }
const isTerminating = {
  type: 'Ready',
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
}

function serviceCidrsLoop({ client, informers, clock }: ControllerContext): Controller {
  const cidrInformer = informers.of(serviceCidrs)
  const addressInformer = informers.of(ipAddresses)

  return {
    name: 'service-cidr',
    watches: [watch(cidrInformer), watch(addressInformer, deletedCidrs), watch(cidrInformer, deletedCidrs)],
    reconcile,
  }

  /** An address that goes, or a range that comes, may be what they wait for. */
  function* deletedCidrs(): Iterable<string> {
    for (const { metadata } of cidrInformer.list()) if (metadata.deletionTimestamp) yield metadata.name ?? ''
  }

  async function reconcile(name: string, signal: AbortSignal) {
    const cidr = cidrInformer.get(name)
    if (!cidr) return
    if (cidr.metadata.deletionTimestamp) return letGo(cidr, signal)
    const { finalizers = [] } = cidr.metadata
    if (!finalizers.includes(finalizer)) {
      const metadata = { ...cidr.metadata, finalizers: [...finalizers, finalizer] }
      await client.update(serviceCidrs, { ...cidr, metadata }, {}, signal)
      return
    }
    if (!findCondition(cidr.status?.conditions, 'Ready')) await say(cidr, isReady, signal)
    return
  }

  async function letGo(cidr: ServiceCIDR, signal: AbortSignal) {
    const { finalizers = [], deletionTimestamp = '' } = cidr.metadata
    if (!finalizers.includes(finalizer)) return
    const others = cidrInformer.list().filter(({ metadata }) => !metadata.deletionTimestamp)
    if (addressesOnlyIn(cidr, others, addressInformer.list()).length > 0) {
      if (findCondition(cidr.status?.conditions, 'Ready')?.status !== 'False') await say(cidr, isTerminating, signal)
      return
    }
    const waitMs = Date.parse(deletionTimestamp) + deletionGraceMs - clock.now()
    if (waitMs > 0) return { requeueAfterMs: waitMs }
    const metadata = { ...cidr.metadata, finalizers: finalizers.filter(one => one !== finalizer) }
    await client.update(serviceCidrs, { ...cidr, metadata }, {}, signal)
    return
  }

  async function say(cidr: ServiceCIDR, condition: typeof isReady, signal: AbortSignal): Promise<void> {
    const now = rfc3339(clock.now())
    const conditions = setCondition(cidr.status?.conditions, { ...condition, lastTransitionTime: now }, now)
    await client.update(serviceCidrs, { ...cidr, status: { conditions } }, { subresource: 'status' }, signal)
  }
}
