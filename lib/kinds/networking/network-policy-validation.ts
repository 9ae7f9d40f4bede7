// What must hold for a NetworkPolicy.

import type { V1IPBlock, V1NetworkPolicyPeer, V1NetworkPolicyPort } from '@kubernetes/client-node'
import { type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Json } from '../../api/meta.ts'
import { asInvalid } from '../../api/validation.ts'
import { portNameErrors } from '../../api/validation-names.ts'
import { cidr, eachItem, portNumber } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { networkOf, toNumber } from '../../util/ip-number.ts'
import type { NetworkPolicy } from './network-policy.ts'

const directions = ['Ingress', 'Egress']

export function validateNetworkPolicy({ spec }: NetworkPolicy): FieldError[] {
  const { podSelector, ingress, egress, policyTypes = [] } = spec ?? {}
  const field = 'spec.policyTypes'
  return [
    ...validateLabelSelector(podSelector, 'spec.podSelector'),
    ...eachItem(ingress, 'spec.ingress', ({ ports, from }, at) => ruleErrors(ports, from, at, 'from')),
    ...eachItem(egress, 'spec.egress', ({ ports, to }, at) => ruleErrors(ports, to, at, 'to')),
    ...(policyTypes.length > directions.length
      ? [invalid(field, policyTypes, 'may not specify more than two policyTypes')]
      : eachItem(policyTypes, field, (type, at) =>
          directions.includes(type) ? [] : [notSupported(at, type, directions)],
        )),
  ]
}

function ruleErrors(
  ports: Json<V1NetworkPolicyPort>[] | undefined,
  peers: Json<V1NetworkPolicyPeer>[] | undefined,
  field: string,
  direction: 'from' | 'to',
): FieldError[] {
  return [...eachItem(ports, `${field}.ports`, portErrors), ...eachItem(peers, `${field}.${direction}`, peerErrors)]
}

const protocols = ['TCP', 'UDP', 'SCTP']

function portErrors({ protocol, port, endPort }: Json<V1NetworkPolicyPort>, field: string): FieldError[] {
  const isKnown = protocol === undefined || protocols.includes(protocol)
  return [
    ...(isKnown ? [] : [notSupported(`${field}.protocol`, protocol, protocols)]),
    ...rangeErrors(port, endPort, field),
  ]
}

function rangeErrors(port: number | string | undefined, endPort: number | undefined, field: string): FieldError[] {
  const at = `${field}.endPort`
  if (typeof port === 'number') {
    return [
      ...portNumber(`${field}.port`, port),
      ...(endPort !== undefined && endPort < port
        ? [invalid(at, port, 'must be greater than or equal to `port`')]
        : []),
      ...(endPort === undefined ? [] : portNumber(at, endPort)),
    ]
  }
  const why = port === undefined ? 'not specified' : 'non-numeric'
  return [
    ...(endPort === undefined ? [] : [invalid(at, endPort, `may not be specified when \`port\` is ${why}`)]),
    ...(port === undefined ? [] : asInvalid(`${field}.port`, port, portNameErrors(port))),
  ]
}

function peerErrors({ podSelector, namespaceSelector, ipBlock }: Json<V1NetworkPolicyPeer>, field: string) {
  const isNobody = !podSelector && !namespaceSelector && !ipBlock
  const isBoth = ipBlock && (podSelector || namespaceSelector)
  return [
    ...validateLabelSelector(podSelector, `${field}.podSelector`),
    ...validateLabelSelector(namespaceSelector, `${field}.namespaceSelector`),
    ...(ipBlock ? blockErrors(ipBlock, `${field}.ipBlock`) : []),
    ...(isNobody ? [required(field, 'must specify a peer')] : []),
    ...(isBoth ? [fieldForbidden(field, 'may not specify both ipBlock and another peer')] : []),
  ]
}

function blockErrors({ cidr: block, except }: Json<V1IPBlock>, field: string): FieldError[] {
  if (!block) return [required(`${field}.cidr`)]
  const errors = cidr(`${field}.cidr`, block)
  if (errors.length > 0) return errors
  return eachItem(except, `${field}.except`, (hole, at) => {
    const wrong = cidr(at, hole)
    if (wrong.length > 0) return wrong
    return isStrictlyInside(hole, block) ? [] : [invalid(at, hole, 'must be a strict subset of `cidr`')]
  })
}

function isStrictlyInside(inner: string, outer: string): boolean {
  const [innerAddress = '', innerBits] = inner.split('/')
  const [outerAddress = '', outerBits] = outer.split('/')
  const isSameFamily = innerAddress.includes(':') === outerAddress.includes(':')
  if (!isSameFamily || Number(outerBits) >= Number(innerBits)) return false
  return networkOf(innerAddress, Number(outerBits)) === toNumber(outerAddress)
}
