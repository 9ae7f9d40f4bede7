// What must hold for what a load balancer says of a service: the addresses and names under which it can be reached.

import { isIP } from 'node:net'
import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { dnsSubdomain, eachItem, ipAddress, optionalWord } from '../../api/validation-rules.ts'
import type { Service } from './service.ts'

type Ingress = NonNullable<NonNullable<NonNullable<Service['status']>['loadBalancer']>['ingress']>[number]

export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const ingress = status?.loadBalancer?.ingress ?? []
  const field = 'status.loadBalancer.ingress'
  if (ingress.length > 0 && spec?.type !== 'LoadBalancer') {
    return [fieldForbidden(field, "may only be used when `spec.type` is 'LoadBalancer'")]
  }
  return eachItem(ingress, field, ingressErrors)
}

function ingressErrors({ ip, ipMode, hostname }: Ingress, field: string): FieldError[] {
  return [
    ...(ip ? ipAddress(`${field}.ip`, ip) : []),
    ...modeErrors(ip, ipMode, `${field}.ipMode`),
    ...(hostname ? dnsSubdomain(`${field}.hostname`, hostname) : []),
    ...(hostname && isIP(hostname)
      ? [invalid(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address')]
      : []),
  ]
}

function modeErrors(ip: string | undefined, mode: string | undefined, field: string): FieldError[] {
  if (mode === undefined) return ip ? [required(field, 'must be specified when `ip` is set')] : []
  if (!ip) return [fieldForbidden(field, 'may not be specified when `ip` is not set')]
  return optionalWord(field, mode, ['Proxy', 'VIP'])
}
