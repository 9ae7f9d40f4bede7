// What must hold for an EndpointSlice.

import { isIP } from 'node:net'
import { duplicate, type FieldError, invalid, required, tooMany } from '../../api/field-errors.ts'
import { dnsLabel, dnsSubdomain, eachItem, ipAddress, qualifiedName, requiredWord } from '../../api/validation-rules.ts'
import type { EndpointSlice } from './endpoint-slice.ts'

type Endpoint = NonNullable<EndpointSlice['endpoints']>[number]

const maxEndpoints = 1000
const maxAddresses = 100
const maxPorts = 20000

export function validateEndpointSlice({ addressType, endpoints = [], ports }: EndpointSlice): FieldError[] {
  return [
    ...requiredWord('addressType', addressType, ['FQDN', 'IPv4', 'IPv6']),
    ...(endpoints.length > maxEndpoints
      ? [tooMany('endpoints', endpoints.length, maxEndpoints)]
      : eachItem(endpoints, 'endpoints', (endpoint, at) => endpointErrors(endpoint, addressType, at))),
    ...portErrors(ports ?? []),
  ]
}

function endpointErrors(endpoint: Endpoint, addressType: string, field: string): FieldError[] {
  const addresses = endpoint.addresses ?? []
  const at = `${field}.addresses`
  return [
    ...(addresses.length === 0 ? [required(at, 'must contain at least 1 address')] : []),
    ...(addresses.length > maxAddresses ? [tooMany(at, addresses.length, maxAddresses)] : []),
    ...eachItem(addresses, at, (address, path) => addressErrors(address, addressType, path)),
    ...(endpoint.nodeName ? dnsSubdomain(`${field}.nodeName`, endpoint.nodeName) : []),
    ...(endpoint.hostname ? dnsLabel(`${field}.hostname`, endpoint.hostname) : []),
  ]
}

function addressErrors(address: string, addressType: string, field: string): FieldError[] {
  if (addressType === 'FQDN') return dnsSubdomain(field, address)
  const errors = ipAddress(field, address)
  if (errors.length > 0) return errors
  const family = addressType === 'IPv6' ? 6 : 4
  return isIP(address) === family ? [] : [invalid(field, address, `must be a valid ${addressType} address`)]
}

function portErrors(ports: NonNullable<EndpointSlice['ports']>): FieldError[] {
  if (ports.length > maxPorts) return [tooMany('ports', ports.length, maxPorts)]
  return eachItem(ports, 'ports', ({ name = '', protocol, appProtocol }, at, i) => [
    ...(name ? dnsLabel(`${at}.name`, name) : []),
    ...(ports.slice(0, i).some(other => (other.name ?? '') === name) ? [duplicate(`${at}.name`, name)] : []),
    ...requiredWord(`${at}.protocol`, protocol, ['SCTP', 'TCP', 'UDP']),
    ...(appProtocol ? qualifiedName(`${at}.appProtocol`, appProtocol) : []),
  ])
}
