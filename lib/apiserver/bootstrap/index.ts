// What must stand in every cluster, written at the start by each API server; a second one, or a second start, finds it
// there and writes nothing.

import type { KubeObject } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { endpoints } from '../../kinds/core/endpoints.ts'
import { namespaces } from '../../kinds/core/namespace.ts'
import { services } from '../../kinds/core/service.ts'
import { endpointSlices } from '../../kinds/discovery/endpoint-slice.ts'
import { flowSchemas } from '../../kinds/flowcontrol/flow-schema.ts'
import { priorityLevelConfigurations } from '../../kinds/flowcontrol/priority-level-configuration.ts'
import { ipAddresses } from '../../kinds/networking/ip-address.ts'
import { serviceCidrs } from '../../kinds/networking/service-cidr.ts'
import { clusterRoles } from '../../kinds/rbac/cluster-role.ts'
import { clusterRoleBindings } from '../../kinds/rbac/cluster-role-binding.ts'
import { roles } from '../../kinds/rbac/role.ts'
import { roleBindings } from '../../kinds/rbac/role-binding.ts'
import { priorityClasses } from '../../kinds/scheduling/priority-class.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { keepRepairing } from '../allocators/repair.ts'
import { allocatorsOf } from '../allocators/service-allocation.ts'
import type { StorageContext } from '../context.ts'
import {
  apiServicesPrefix,
  builtinApiServices,
  definitionsPrefix,
  ensureApiServices,
  followDefinitions,
} from './api-services.ts'
import { ensure } from './ensure.ts'
import { bootstrapFlowSchemas, bootstrapPriorityLevels, reconciledFlowControl } from './flow-control-objects.ts'
import { flowControlPrefixes, sayWhatDangles } from './flow-schema-conditions.ts'
import { keepInStep } from './keep-in-step.ts'
import {
  kubernetesEndpointSlice,
  kubernetesEndpoints,
  kubernetesIpAddress,
  kubernetesService,
} from './kubernetes-service.ts'
import { bindingOf, defaultClusterRoles, defaultRoles, reconciledBinding, reconciledRole } from './rbac-objects.ts'
import { clusterRoleBindings as clusterBindings, namespaceRoleBindings } from './role-bindings.ts'
import { defaultServiceCidr, systemNamespaces, systemPriorityClasses } from './system-objects.ts'

const repairEveryMs = 10_000

/** The cache must be ready. */
export async function bootstrap(context: StorageContext): Promise<void> {
  const { config, clock, registry } = context
  const all = <T extends KubeObject>(def: ResourceDefinition<T>, objects: T[], reconcile?: (a: T, b: T) => T) =>
    objects.map(object => ensure(context, def, object, reconcile))
  await Promise.all([
    ...all(priorityClasses, systemPriorityClasses),
    ...all(serviceCidrs, [defaultServiceCidr(config.serviceClusterIpRange, clock.now())]),
    ...all(clusterRoles, defaultClusterRoles(), reconciledRole),
    ...all(clusterRoleBindings, clusterBindings.map(bindingOf), reconciledBinding),
    ...all(roles, defaultRoles(), reconciledRole),
    ...all(roleBindings, namespaceRoleBindings.map(bindingOf), reconciledBinding),
    ensureApiServices(context, builtinApiServices(registry.all())),
    ensureFlowControl(context),
    ensureReachable(context),
  ])
}

async function ensureFlowControl(context: StorageContext): Promise<void> {
  await Promise.all([
    ...bootstrapPriorityLevels.map(level => ensure(context, priorityLevelConfigurations, level, reconciledFlowControl)),
    ...bootstrapFlowSchemas.map(schema => ensure(context, flowSchemas, schema, reconciledFlowControl)),
  ])
}

/** The system namespaces, and the Service by which pods reach this server: put back whenever somebody takes them away. */
async function ensureReachable(context: StorageContext): Promise<void> {
  const { config } = context
  await Promise.all([
    ...systemNamespaces.map(namespace => ensure(context, namespaces, namespace)),
    ensure(context, ipAddresses, kubernetesIpAddress(config)),
    ensure(context, services, kubernetesService(config)),
    ensure(context, endpoints, kubernetesEndpoints(config), withMember('subsets')),
    ensure(context, endpointSlices, kubernetesEndpointSlice(config), withMember('endpoints')),
  ])
}

/** Another server address than the one that stands there takes its place. */
function withMember<K extends string>(member: K) {
  return <T extends KubeObject & { [key in K]?: unknown }>(current: T, wanted: T): T => {
    const isSame = jsonEqual(current[member], wanted[member])
    return isSame ? current : { ...current, [member]: wanted[member] }
  }
}

/** What the server does about its own objects all the time. Runs until the signal is aborted. */
export async function keepReachable(context: StorageContext, signal: AbortSignal): Promise<void> {
  const apiServices = { name: 'registering API services', prefixes: [definitionsPrefix, apiServicesPrefix] }
  const flowSchemas = { name: 'looking after flow schemas', prefixes: flowControlPrefixes }
  await Promise.all([
    keepEnsuring(context, signal),
    keepRepairing(context, allocatorsOf(context), signal),
    keepInStep(context, apiServices, () => followDefinitions(context), signal),
    keepInStep(context, flowSchemas, () => sayWhatDangles(context), signal),
  ])
}

async function keepEnsuring(context: StorageContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await context.clock.sleep(repairEveryMs, signal)
    try {
      await ensureReachable(context)
      await ensureFlowControl(context)
    } catch (error) {
      context.log.error(
        { err: error },
        'the system namespaces, the service kubernetes or flow control cannot be put right',
      )
    }
  }
}
