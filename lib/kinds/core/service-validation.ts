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
import { isExternallyAccessible } from './service-defaults.ts'

type ServicePort = NonNullable<ServiceSpec['ports']>[number]

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']

export function validateService({ spec }: Service): FieldError[] {
  if (!spec) return []
  return [
    ...portsRequired(spec),
    ...typeErrors(spec),
    ...eachItem(spec.ports, 'spec.ports', (port, at, i) => portErrors(port, spec.ports?.slice(0, i) ?? [], spec, at)),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...requiredWord('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...affinityErrors(spec),
    ...clusterIpErrors(spec),
    ...eachItem(spec.externalIPs, 'spec.externalIPs', externalIp),
    ...requiredWord('spec.type', spec.type, types),
    ...samePorts(spec),
    ...loadBalancerErrors(spec),
    ...trafficErrors(spec),
  ]
}

function isHeadless({ clusterIP, clusterIPs }: ServiceSpec): boolean {
  return clusterIP === 'None' || clusterIPs?.[0] === 'None'
}

function portsRequired(spec: ServiceSpec): FieldError[] {
  const mayBeEmpty = isHeadless(spec) || spec.type === 'ExternalName'
  return (spec.ports ?? []).length > 0 || mayBeEmpty ? [] : [required('spec.ports')]
}

function typeErrors(spec: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName') return externalNameErrors(spec)
  const needsAddress = spec.type === 'LoadBalancer' || spec.type === 'NodePort'
  if (!needsAddress || !isHeadless(spec)) return []
  return [invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`)]
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
    ...(port.nodePort && spec.type === 'ClusterIP'
      ? [fieldForbidden(`${field}.nodePort`, "may not be used when `type` is 'ClusterIP'")]
      : []),
  ]
}

/** No two ports of one protocol may be the same, inside or on the nodes. */
function samePorts({ ports = [] }: ServiceSpec): FieldError[] {
  return eachItem(ports, 'spec.ports', ({ port, nodePort, protocol = 'TCP' }, at, i) => {
    const before = ports.slice(0, i).filter(other => other.protocol === protocol)
    return [
      ...(nodePort && before.some(other => other.nodePort === nodePort) ? [duplicate(`${at}.nodePort`, nodePort)] : []),
      ...(before.some(other => other.port === port) ? [duplicate(at, { protocol, port })] : []),
    ]
  })
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

function clusterIpErrors({ type, clusterIP, clusterIPs = [], ipFamilies, ipFamilyPolicy }: ServiceSpec): FieldError[] {
  if (type === 'ExternalName') return []
  const field = 'spec.clusterIPs'
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack']
  const isMismatch = clusterIPs.length > 0 && (clusterIP ?? '') !== clusterIPs[0]
  return [
    ...eachItem(ipFamilies, 'spec.ipFamilies', (family, at, i) => [
      ...requiredWord(at, family, ['IPv4', 'IPv6']),
      ...((ipFamilies ?? []).indexOf(family) < i ? [duplicate(at, family)] : []),
    ]),
    ...optionalWord('spec.ipFamilyPolicy', ipFamilyPolicy, policies),
    ...(isMismatch ? [invalid(field, clusterIPs, 'first value must match `clusterIP`')] : []),
    ...(clusterIPs.length > 2 ? [invalid(field, clusterIPs, 'may only hold up to 2 values')] : []),
    ...eachItem(clusterIPs, field, (address, at, i) => {
      if (address !== 'None') return ipAddress(at, address)
      return i > 0 ? [invalid(at, address, "can not set to 'None'")] : []
    }),
  ]
}

const special: [RegExp, string][] = [
  [/^(0\.0\.0\.0|::)$/, 'may not be unspecified (0.0.0.0 or ::)'],
  [/^(127\.|::1$)/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^(169\.254\.|fe[89ab].:)/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff[01]2:)/i, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
]

function externalIp(address: string, field: string): FieldError[] {
  const errors = ipAddress(field, address)
  if (errors.length > 0) return errors
  return special.filter(([range]) => range.test(address)).map(([, text]) => invalid(field, address, text))
}

function loadBalancerErrors(spec: ServiceSpec): FieldError[] {
  const isLoadBalancer = spec.type === 'LoadBalancer'
  const only = "may only be used when `type` is 'LoadBalancer'"
  const ranges = spec.loadBalancerSourceRanges ?? []
  const field = 'spec.LoadBalancerSourceRanges'
  return [
    ...(ranges.length > 0 && !isLoadBalancer ? [fieldForbidden(field, only)] : []),
    ...eachItem(ranges, field, (range, at) => cidr(at, range.trim())),
    ...(spec.allocateLoadBalancerNodePorts !== undefined && !isLoadBalancer
      ? [fieldForbidden('spec.allocateLoadBalancerNodePorts', only)]
      : []),
    ...(spec.loadBalancerClass !== undefined && !isLoadBalancer
      ? [fieldForbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")]
      : []),
    ...(spec.loadBalancerClass !== undefined ? qualifiedName('spec.loadBalancerClass', spec.loadBalancerClass) : []),
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

function healthCheckPort(spec: ServiceSpec): FieldError[] {
  const port = spec.healthCheckNodePort
  const field = 'spec.healthCheckNodePort'
  const isNeeded = spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local'
  if (isNeeded) return port ? portNumber(field, port) : [required(field)]
  const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
  return port ? [invalid(field, port, text)] : []
}

/** The first address of a service stays, unless it begins or ends as an ExternalName. */
export function validateServiceUpdate({ spec = {} }: Service, { spec: old = {} }: Service): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return []
  const [before] = old.clusterIPs ?? []
  const [after] = spec.clusterIPs ?? []
  const changed = before && before !== after
  return [
    ...(changed ? [invalid('spec.clusterIPs[0]', spec.clusterIPs, 'may not change once set')] : []),
    ...(spec.type === 'LoadBalancer' && old.type === 'LoadBalancer' && spec.loadBalancerClass !== old.loadBalancerClass
      ? [invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set')]
      : []),
    ...(old.healthCheckNodePort && spec.healthCheckNodePort && old.healthCheckNodePort !== spec.healthCheckNodePort
      ? [fieldForbidden('spec.healthCheckNodePort', 'field is immutable')]
      : []),
  ]
}
