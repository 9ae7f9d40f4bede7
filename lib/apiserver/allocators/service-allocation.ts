// Gives Services their addresses and node ports while they are written, and takes them back when the write came to
// nothing or the Service needs them no longer.

import { internalError, StatusError } from '../../api/errors.ts'
import { type FieldError, invalid, invalidObject } from '../../api/field-errors.ts'
import { type Service, services } from '../../kinds/core/service.ts'
import { keepAllocated } from '../../kinds/core/service-allocated.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../admission/plugin.ts'
import { isFor } from '../admission/refusal.ts'
import type { StorageContext } from '../context.ts'
import { generateName } from '../object-meta.ts'
import { IpAllocator, NotAllocated, type ServiceRef } from './ip-allocator.ts'
import { parseRange } from './ip-range.ts'
import { NodePortAllocator } from './node-port-allocator.ts'
import { setFamilies } from './service-families.ts'
import {
  addressesOf,
  mayHaveNodePorts,
  needsClusterIp,
  needsHealthCheckPort,
  needsNodePorts,
  nodePortsOf,
  type ServiceSpec,
} from './service-needs.ts'
import { serviceRanges } from './service-ranges.ts'
import { dropTypeDependent } from './service-type-change.ts'

interface Held {
  addresses: string[]
  nodePorts: number[]
}

/** One write: what it took, and what it lets go if it is stored. */
interface Plan {
  service: ServiceRef
  taken: Held
  /** What the old object had. */
  old: Held
}

export interface Allocators {
  /** Of the cluster's own range: the one family that services can have. */
  family: 'IPv4' | 'IPv6'
  ips: IpAllocator
  ports: NodePortAllocator
}

export function allocatorsOf(context: StorageContext): Allocators {
  const { serviceClusterIpRange, serviceNodePortRange } = context.config
  return {
    family: parseRange(serviceClusterIpRange).family,
    ips: new IpAllocator(context, () => serviceRanges(context)),
    ports: new NodePortAllocator(context, serviceNodePortRange),
  }
}

export function serviceAllocation(context: StorageContext, allocators = allocatorsOf(context)): AdmissionPlugin {
  const plans = new WeakMap<AdmissionRequest, Plan>()
  return {
    name: 'ServiceAllocation',
    handles: request => isFor(request, '', 'services') && request.operation !== 'CONNECT',
    async mutate(request) {
      const service = request.object as Service | undefined
      if (service) nameNow(service)
      const plan = planOf(request)
      plans.set(request, plan)
      if (!service?.spec) return
      const old = request.oldObject as Service | undefined
      if (old) keepAllocated(service, old)
      if (old?.spec) dropTypeDependent(service.spec, old.spec)
      try {
        await allocate(service.spec, plan, allocators, request.dryRun)
      } catch (error) {
        await release(plan, plan.taken, allocators, context)
        throw toStatus(error, plan.service.name)
      }
    },
    async settled(request, isStored) {
      const plan = plans.get(request)
      if (!plan || request.dryRun) return
      await release(plan, isStored ? await obsolete(plan, context) : plan.taken, allocators, context)
    },
  }
}

/** An address says whose it is, so a name that is to be generated is needed now. */
function nameNow({ metadata }: Service): void {
  if (!metadata.name && metadata.generateName) metadata.name = generateName(metadata.generateName)
}

function planOf({ namespace, name, object, oldObject }: AdmissionRequest): Plan {
  const old = (oldObject as Service | undefined)?.spec
  return {
    service: { namespace, name: name || object?.metadata.name || '' },
    taken: { addresses: [], nodePorts: [] },
    old: { addresses: addressesOf(old), nodePorts: nodePortsOf(old) },
  }
}

class Refused extends Error {
  readonly errors: FieldError[]

  constructor(errors: FieldError[]) {
    super(errors.map(({ body }) => body).join(', '))
    this.errors = errors
  }
}

function toStatus(error: unknown, name: string): unknown {
  if (error instanceof Refused) return invalidObject(services, name, error.errors)
  return error instanceof StatusError ? error : internalError(error)
}

async function allocate(spec: ServiceSpec, plan: Plan, allocators: Allocators, dryRun: boolean): Promise<void> {
  const refused = setFamilies(spec, allocators.family)
  if (refused.length > 0) throw new Refused(refused)
  if (needsClusterIp(spec)) await allocateAddresses(spec, plan, allocators.ips, dryRun)
  if (mayHaveNodePorts(spec)) await allocateNodePorts(spec, plan, allocators.ports, dryRun)
}

async function allocateAddresses(spec: ServiceSpec, plan: Plan, ips: IpAllocator, dryRun: boolean): Promise<void> {
  const wanted = spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : []
  const addresses = [...wanted]
  if (addresses.length === 0) {
    const address = await ips.allocateNext(plan.service, dryRun).catch(error => {
      throw error instanceof NotAllocated ? new Error(`failed to allocate a serviceIP: ${error.message}`) : error
    })
    if (!dryRun) plan.taken.addresses.push(address)
    addresses.push(address)
  } else {
    for (const address of addresses.filter(one => !plan.old.addresses.includes(one))) {
      await ips.allocate(address, plan.service, dryRun).catch(error => {
        if (!(error instanceof NotAllocated)) throw error
        const detail = `failed to allocate IP ${address}: ${error.message}`
        throw new Refused([invalid('spec.clusterIPs', addresses, detail)])
      })
      if (!dryRun) plan.taken.addresses.push(address)
    }
  }
  spec.clusterIP = addresses[0] ?? ''
  spec.clusterIPs = addresses
}

async function allocateNodePorts(
  spec: ServiceSpec,
  plan: Plan,
  ports: NodePortAllocator,
  dryRun: boolean,
): Promise<void> {
  for (const [i, port] of (spec.ports ?? []).entries()) {
    // A port that is asked for is given even to those who want none by default.
    if (!port.nodePort && !needsNodePorts(spec)) continue
    port.nodePort = await onePort(port.nodePort, `spec.ports[${i}].nodePort`, plan, ports, dryRun)
  }
  if (!needsHealthCheckPort(spec)) return
  spec.healthCheckNodePort = await onePort(spec.healthCheckNodePort, 'spec.healthCheckNodePort', plan, ports, dryRun)
}

async function onePort(
  wanted: number | undefined,
  field: string,
  plan: Plan,
  ports: NodePortAllocator,
  dryRun: boolean,
): Promise<number> {
  if (wanted && [...plan.old.nodePorts, ...plan.taken.nodePorts].includes(wanted)) return wanted
  const port = wanted || (await nextPort(ports, dryRun))
  if (wanted) {
    await ports.allocate(wanted, dryRun).catch(error => {
      throw error instanceof NotAllocated ? new Refused([invalid(field, wanted, error.message)]) : error
    })
  }
  if (!dryRun) plan.taken.nodePorts.push(port)
  return port
}

function nextPort(ports: NodePortAllocator, dryRun: boolean): Promise<number> {
  return ports.allocateNext(dryRun).catch(error => {
    throw error instanceof NotAllocated ? new Error(`failed to allocate a nodePort: ${error.message}`) : error
  })
}

/** What the Service had and has no more. What stands there now is asked, for a deletion may only have begun. */
async function obsolete({ service, old }: Plan, { store }: StorageContext): Promise<Held> {
  if (old.addresses.length === 0 && old.nodePorts.length === 0) return old
  const entry = await store.get(`services/specs/${service.namespace}/${service.name}`)
  const spec = (entry?.object as Service | undefined)?.spec
  const [addresses, nodePorts] = [addressesOf(spec), nodePortsOf(spec)]
  return {
    addresses: old.addresses.filter(address => !addresses.includes(address)),
    nodePorts: old.nodePorts.filter(port => !nodePorts.includes(port)),
  }
}

/** A failure costs an address until the repair pass finds it, not the write. */
async function release({ service }: Plan, held: Held, { ips, ports }: Allocators, { log }: StorageContext) {
  try {
    await Promise.all(held.addresses.map(address => ips.release(address, service)))
    if (held.nodePorts.length > 0) await ports.release(held.nodePorts)
    held.addresses = []
    held.nodePorts = []
  } catch (error) {
    log.error({ err: error, service }, 'addresses or ports of a service could not be given back')
  }
}
