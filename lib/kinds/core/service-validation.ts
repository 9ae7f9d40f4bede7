// What must hold for a service, and what an update may not change of its addresses.

import { duplicate, type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import { validateLabels } from '../../api/validation.ts'
import {
  cidr,
  dnsLabel,
  dnsSubdomain,
  eachItem,
  ipAddress,
  optionalWord,
  portNumber,
  portNumberOrName,
  qualifiedName,
  requiredWord,
} from '../../api/validation-rules.ts'
import type { Service, ServiceSpec } from './service.ts'
import { isHeadless, validateAddresses, validateAddressUpdate } from './service-address-validation.ts'
import { isExternallyAccessible } from './service-defaults.ts'
import { nonSpecialAddress } from './special-address.ts'

type ServicePort = NonNullable<ServiceSpec['ports']>[number]

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

export function validateService({ metadata, spec }: Service): FieldError[] {
  if (!spec) return []
  const annotations = metadata.annotations ?? {}
  return [
    ...topologyErrors(annotations),
    ...portsRequired(spec),
    ...typeErrors(spec),
    ...eachItem(spec.ports, 'spec.ports', (port, at, i) => portErrors(port, spec.ports?.slice(0, i) ?? [], spec, at)),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...requiredWord('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...affinityErrors(spec),
    ...validateAddresses(spec),
    ...eachItem(spec.externalIPs, 'spec.externalIPs', (address, at) => [
      ...ipAddress(at, address),
      ...nonSpecialAddress(at, address),
    ]),
    ...requiredWord('spec.type', spec.type, types),
    ...nodePortsOfClusterIp(spec),
    ...samePorts(spec),
    ...sourceRanges(spec, annotations),
    ...loadBalancerErrors(spec),
    ...trafficErrors(spec),
  ]
}

const topologyHints = 'service.kubernetes.io/topology-aware-hints'
const topologyMode = 'service.kubernetes.io/topology-mode'

function topologyErrors(annotations: Record<string, string>): FieldError[] {
  const { [topologyHints]: hints, [topologyMode]: mode } = annotations
  if (hints === undefined || mode === undefined || hints === mode) return []
  const text = `must match annotations[${topologyHints}] when both are specified`
  return [invalid(`metadata.annotations[${topologyMode}]`, mode, text)]
}

function portsRequired(spec: ServiceSpec): FieldError[] {
  const mayBeEmpty = isHeadless(spec) || spec.type === 'ExternalName'
  return (spec.ports ?? []).length > 0 || mayBeEmpty ? [] : [required('spec.ports')]
}

function typeErrors(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName') return externalNameErrors(spec)
  const needsAddress = spec.type === 'LoadBalancer' || spec.type === 'NodePort'
  const headless = invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`)
  return [
    ...(spec.type === 'LoadBalancer' ? eachItem(spec.ports, 'spec.ports', kubeletPortErrors) : []),
    ...(needsAddress && isHeadless(spec) ? [headless] : []),
  ]
}

const kubeletPort = 10_250

function kubeletPortErrors({ port }: ServicePort, field: string): FieldError[] {
  if (port !== kubeletPort) return []
  return [invalid(field, port, `may not expose port ${kubeletPort} externally since it is used by kubelet`)]
}

function externalNameErrors({ clusterIPs, ipFamilies, ipFamilyPolicy, externalName = '' }: ServiceSpec): FieldError[] {
  const text = 'may not be set for ExternalName services'
  const name = externalName.replace(/\.$/, '')
  return [
    ...(clusterIPs?.length ? [fieldForbidden('spec.clusterIPs', text)] : []),
    ...(ipFamilies?.length ? [fieldForbidden('spec.ipFamilies', text)] : []),
    ...(ipFamilyPolicy === undefined ? [] : [fieldForbidden('spec.ipFamilyPolicy', text)]),
    ...(name ? dnsSubdomain('spec.externalName', name) : [required('spec.externalName')]),
  ]
}

function portErrors(port: ServicePort, before: ServicePort[], spec: ServiceSpec, field: string): FieldError[] {
  const needsName = (spec.ports ?? []).length > 1
  return [
    ...(!port.name && needsName ? [required(`${field}.name`)] : []),
    ...(port.name ? dnsLabel(`${field}.name`, port.name) : []),
    ...(port.name && before.some(({ name }) => name === port.name) ? [duplicate(`${field}.name`, port.name)] : []),
    ...portNumber(`${field}.port`, port.port),
    ...requiredWord(`${field}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP']),
    ...portNumberOrName(`${field}.targetPort`, port.targetPort ?? 0),
    ...(port.appProtocol === undefined ? [] : qualifiedName(`${field}.appProtocol`, port.appProtocol)),
  ]
}

function nodePortsOfClusterIp({ type, ports }: ServiceSpec): FieldError[] {
  if (type !== 'ClusterIP') return []
  return eachItem(ports, 'spec.ports', ({ nodePort }, at) =>
    nodePort ? [fieldForbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'")] : [],
  )
}

/** No two ports of one protocol may be the same, inside or on the nodes. */
function samePorts({ ports = [] }: ServiceSpec): FieldError[] {
  const before = new Set<string>()
  const stoodBefore = (what: string) => before.has(what) || !before.add(what)
  return eachItem(ports, 'spec.ports', ({ port, nodePort, protocol = 'TCP' }, at) => [
    ...(nodePort && stoodBefore(`${protocol} node ${nodePort}`) ? [duplicate(`${at}.nodePort`, nodePort)] : []),
    ...(stoodBefore(`${protocol} ${port}`) ? [duplicate(at, { protocol, port })] : []),
  ])
}

const maxAffinitySeconds = 86_400

function affinityErrors({ sessionAffinity, sessionAffinityConfig: config }: ServiceSpec): FieldError[] {
  const field = 'spec.sessionAffinityConfig'
  if (sessionAffinity === 'None') {
    return config ? [fieldForbidden(field, 'must not be set when session affinity is None')] : []
  }
  if (sessionAffinity !== 'ClientIP') return []
  const seconds = config?.clientIP?.timeoutSeconds
  const at = `${field}.clientIP.timeoutSeconds`
  if (seconds === undefined) return [required(at, 'when session affinity type is ClientIP')]
  if (seconds > 0 && seconds <= maxAffinitySeconds) return []
  return [invalid(at, seconds, `must be greater than 0 and less than ${maxAffinitySeconds}`)]
}

const onlyBalanced = "may only be used when `type` is 'LoadBalancer'"
const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges'

/** A field, or for older clients an annotation. */
function sourceRanges(spec: ServiceSpec, annotations: Record<string, string>): FieldError[] {
  const { type, loadBalancerSourceRanges: ranges = [] } = spec
  const misused = (field: string) => (type === 'LoadBalancer' ? [] : [fieldForbidden(field, onlyBalanced)])
  const text = annotations[rangesAnnotation]
  if (ranges.length > 0) {
    const field = 'spec.LoadBalancerSourceRanges'
    return [...misused(field), ...eachItem(ranges, field, (range, at) => cidr(at, range.trim()))]
  }
  if (text === undefined) return []
  const field = `metadata.annotations[${rangesAnnotation}]`
  const parts = text.trim() === '' ? [] : text.split(',')
  return [...misused(field), ...parts.flatMap(range => cidr(field, range.trim()))]
}

function loadBalancerErrors(spec: ServiceSpec): FieldError[] {
  const { allocateLoadBalancerNodePorts: allocates, loadBalancerClass, type } = spec
  const isLoadBalancer = type === 'LoadBalancer'
  return [
    ...(allocates !== undefined && !isLoadBalancer
      ? [fieldForbidden('spec.allocateLoadBalancerNodePorts', onlyBalanced)]
      : []),
    ...(allocates === undefined && isLoadBalancer ? [required('allocateLoadBalancerNodePorts')] : []),
    ...(loadBalancerClass === undefined
      ? []
      : isLoadBalancer
        ? qualifiedName('spec.loadBalancerClass', loadBalancerClass)
        : [fieldForbidden('spec.loadBalancerClass', onlyBalanced)]),
  ]
}

const policies = ['Cluster', 'Local']

function trafficErrors(spec: ServiceSpec): FieldError[] {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal, trafficDistribution } = spec
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode']
  return [
    ...externalPolicy(spec, external),
    ...healthCheckPort(spec),
    ...(internal === undefined && spec.type !== 'ExternalName' ? [required('spec.internalTrafficPolicy')] : []),
    ...optionalWord('spec.internalTrafficPolicy', internal, policies),
    ...(trafficDistribution !== undefined && !distributions.includes(trafficDistribution)
      ? [notSupported('spec.trafficDistribution', trafficDistribution, distributions)]
      : []),
  ]
}

function externalPolicy(spec: ServiceSpec, policy: string | undefined): FieldError[] {
  const field = 'spec.externalTrafficPolicy'
  if (isExternallyAccessible(spec)) return requiredWord(field, policy, policies)
  return policy ? [invalid(field, policy, 'may only be set for externally-accessible services')] : []
}

function needsHealthCheck({ type, externalTrafficPolicy }: ServiceSpec): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
}

function healthCheckPort(spec: ServiceSpec): FieldError[] {
  const port = spec.healthCheckNodePort
  const field = 'spec.healthCheckNodePort'
  if (needsHealthCheck(spec)) return port ? portNumber(field, port) : [required(field)]
  const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
  return port ? [invalid(field, port, text)] : []
}

export function validateServiceUpdate({ spec = {} }: Service, { spec: old = {} }: Service): FieldError[] {
  const areBalanced = spec.type === 'LoadBalancer' && old.type === 'LoadBalancer'
  const isSameClass = spec.loadBalancerClass === old.loadBalancerClass
  return [
    ...validateAddressUpdate(spec, old),
    ...(areBalanced && !isSameClass
      ? [invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set')]
      : []),
    ...(needsHealthCheck(spec) && needsHealthCheck(old) && spec.healthCheckNodePort !== old.healthCheckNodePort
      ? [fieldForbidden('spec.healthCheckNodePort', 'field is immutable')]
      : []),
  ]
}
