// What must hold for an EndpointSlice.

import { isIP } from 'node:net'
import { duplicate, type FieldError, invalid, required, tooMany } from '../../api/field-errors.ts'
import { labelValueErrors } from '../../api/label-syntax.ts'
import { asInvalid, validateLabels } from '../../api/validation.ts'
import { dnsLabelErrors, dnsSubdomainErrors } from '../../api/validation-names.ts'
import { dnsLabel, dnsSubdomain, eachItem, ipAddress, qualifiedName, requiredWord } from '../../api/validation-rules.ts'
import { nonSpecialAddress } from '../core/special-address.ts'
import type { EndpointSlice } from './endpoint-slice.ts'

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

const maxEndpoints = 1000
const maxAddresses = 100
const maxPorts = 20000
const maxTopologyLabels = 16
const maxHints = 8

export function validateEndpointSlice({ addressType, endpoints, ports }: EndpointSlice): FieldError[] {
  const all = endpoints ?? []
  return [
    ...requiredWord('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']),
    ...(all.length > maxEndpoints
      ? [tooMany('endpoints', all.length, maxEndpoints)]
      : eachItem(all, 'endpoints', (endpoint, at) => endpointErrors(endpoint, addressType, at))),
    ...portErrors(ports ?? []),
  ]
}

function endpointErrors(endpoint: Endpoint, addressType: string, field: string): FieldError[] {
  const { addresses = [], nodeName, hostname, deprecatedTopology: topology } = endpoint
  const at = `${field}.addresses`
  const labels = Object.keys(topology ?? {}).length
  return [
    ...(addresses.length === 0 ? [required(at, 'must contain at least 1 address')] : []),
    ...(addresses.length > maxAddresses ? [tooMany(at, addresses.length, maxAddresses)] : []),
    ...eachItem(addresses, at, (address, path) => addressErrors(address, addressType, path)),
    ...(nodeName === undefined ? [] : dnsSubdomain(`${field}.nodeName`, nodeName)),
    ...(labels > maxTopologyLabels ? [tooMany(`${field}.deprecatedTopology`, labels, maxTopologyLabels)] : []),
    ...validateLabels(topology, `${field}.deprecatedTopology`),
    ...(hostname === undefined ? [] : dnsLabel(`${field}.hostname`, hostname)),
    ...hintErrors(endpoint.hints?.forZones, `${field}.hints.forZones`, labelValueErrors),
    ...hintErrors(endpoint.hints?.forNodes, `${field}.hints.forNodes`, dnsSubdomainErrors),
  ]
}

/** A type we do not know is a type whose addresses we do not know. */
function addressErrors(address: string, addressType: string, field: string): FieldError[] {
  if (addressType === 'FQDN') return domainErrors(address, field)
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return []
  const family = addressType === 'IPv6' ? 6 : 4
  const errors = ipAddress(field, address)
  if (errors.length > 0) return errors
  const wrong = isIP(address) === family ? [] : [invalid(field, address, `must be a valid ${addressType} address`)]
  return [...wrong, ...nonSpecialAddress(field, address)]
}

function domainErrors(address: string, field: string): FieldError[] {
  if (address === '') return [required(field)]
  const name = address.replace(/\.$/, '')
  const wrong = dnsSubdomainErrors(name)
  if (wrong.length > 0) return [invalid(field, name, wrong.join(','))]
  const labels = name.split('.')
  if (labels.length < 2) {
    return [invalid(field, name, 'should be a domain with at least two segments separated by dots')]
  }
  return labels.flatMap(label => {
    const errors = dnsLabelErrors(label)
    return errors.length > 0 ? [invalid(field, label, errors.join(','))] : []
  })
}

function hintErrors(
  hints: { name: string }[] | undefined,
  field: string,
  errorsOf: (name: string) => string[],
): FieldError[] {
  const names = (hints ?? []).map(({ name }) => name)
  if (names.length > maxHints) return [tooMany(field, names.length, maxHints)]
  return eachItem(names, field, (name, at, i) => [
    ...(names.indexOf(name) < i ? [duplicate(`${at}.name`, name)] : []),
    ...asInvalid(`${at}.name`, name, errorsOf(name)),
  ])
}

function portErrors(ports: NonNullable<EndpointSlice['ports']>): FieldError[] {
  if (ports.length > maxPorts) return [tooMany('ports', ports.length, maxPorts)]
  const names = ports.map(({ name = '' }) => name)
  return eachItem(ports, 'ports', ({ name = '', protocol, appProtocol }, at, i) => [
    ...(name ? dnsLabel(`${at}.name`, name) : []),
    ...(names.indexOf(name) < i ? [duplicate(`${at}.name`, name)] : []),
    ...requiredWord(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ...(appProtocol === undefined ? [] : qualifiedName(`${at}.appProtocol`, appProtocol)),
  ])
}
