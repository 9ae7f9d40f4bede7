// Where Services get their addresses from: every ServiceCIDR that is ready, the cluster's own first. Until that one is
// there, what the configuration says.

import { isConditionTrue } from '../../api/conditions.ts'
import type { ServiceCIDR } from '../../kinds/networking/service-cidr.ts'
import type { StorageContext } from '../context.ts'
import { type IpRange, parseRange } from './ip-range.ts'

const prefix = 'servicecidrs/'
const ownName = 'kubernetes'

/** Of the family of the configured range. */
export function serviceRanges({ cache, config }: Pick<StorageContext, 'cache' | 'config'>): IpRange[] {
  const configured = parseRange(config.serviceClusterIpRange)
  const all = [...cache.snapshot(prefix).entries()].map(({ object }) => object as ServiceCIDR)
  if (!all.some(({ metadata }) => metadata.name === ownName)) return [configured]
  const ready = all.filter(({ metadata, status }) => {
    return !metadata.deletionTimestamp && isConditionTrue(status?.conditions, 'Ready')
  })
  const isOwn = ({ metadata }: ServiceCIDR) => metadata.name === ownName
  const cidrs = [...ready.filter(isOwn), ...ready.filter(one => !isOwn(one))].flatMap(({ spec }) => spec?.cidrs ?? [])
  return cidrs.map(parseRange).filter(({ family }) => family === configured.family)
}
