// What must hold for an Ingress: hosts, paths, and what stands behind them.

import { isIP } from 'node:net'
import type { V1HTTPIngressPath, V1IngressBackend, V1TypedLocalObjectReference } from '@kubernetes/client-node'
import { type FieldError, invalid, notSupported, required } from '../../api/field-errors.ts'
import type { Json } from '../../api/meta.ts'
import { asInvalid } from '../../api/validation.ts'
import {
  dns1035LabelErrors,
  dnsSubdomainErrors,
  pathSegmentErrors,
  portNameErrors,
  wildcardSubdomainErrors,
} from '../../api/validation-names.ts'
import { dnsSubdomain, eachItem, ipAddress, portNumber } from '../../api/validation-rules.ts'
import type { Ingress } from './ingress.ts'

type Backend = Json<V1IngressBackend>

export const classAnnotation = 'kubernetes.io/ingress.class'

export function validateIngress({ spec = {} }: Ingress): FieldError[] {
  const { rules, defaultBackend, tls, ingressClassName: name } = spec
  const isEmpty = !rules?.length && !defaultBackend
  return [
    ...(isEmpty ? [invalid('spec', rules ?? null, 'either `defaultBackend` or `rules` must be specified')] : []),
    ...(defaultBackend ? backendErrors(defaultBackend, 'spec.defaultBackend') : []),
    ...eachItem(rules, 'spec.rules', ({ host, http }, field) => [
      ...(host ? hostErrors(host, `${field}.host`) : []),
      ...(http ? pathsErrors(http.paths, `${field}.http.paths`) : []),
    ]),
    ...eachItem(tls, 'spec.tls', ({ hosts, secretName }, field) => [
      ...eachItem(hosts, `${field}.hosts`, (host, at) => asInvalid(at, host, nameErrors(host))),
      ...(secretName ? dnsSubdomain(`${field}.secretName`, secretName) : []),
    ]),
    ...(name === undefined ? [] : dnsSubdomain('spec.ingressClassName', name)),
  ]
}

/** One class, however it is said. */
export function validateNewIngress({ metadata, spec }: Ingress): FieldError[] {
  const annotated = metadata.annotations?.[classAnnotation]
  const name = spec?.ingressClassName
  if (annotated === undefined || name === undefined || annotated === name) return []
  const text = 'must match `ingressClassName` when both are specified'
  return [invalid(`annotations.${classAnnotation}`, annotated, text)]
}

function nameErrors(host: string): string[] {
  return host.includes('*') ? wildcardSubdomainErrors(host) : dnsSubdomainErrors(host)
}

const noName = 'must be a DNS name, not an IP address'

function hostErrors(host: string, field: string): FieldError[] {
  return [...(isIP(host) ? [invalid(field, host, noName)] : []), ...asInvalid(field, host, nameErrors(host))]
}

function pathsErrors(paths: Json<V1HTTPIngressPath>[] | undefined, field: string): FieldError[] {
  if (!paths?.length) return [required(field)]
  return eachItem(paths, field, (path, at) => {
    if (path.pathType === undefined) return [required(`${at}.pathType`, 'pathType must be specified')]
    return [...pathErrors(path, at), ...backendErrors(path.backend ?? {}, `${at}.backend`)]
  })
}

const badParts = ['//', '/./', '/../', '%2f', '%2F']
const badEnds = ['/..', '/.']

function pathErrors({ path = '', pathType }: Json<V1HTTPIngressPath>, field: string): FieldError[] {
  const at = `${field}.path`
  const absolute = path.startsWith('/') ? [] : [invalid(at, path, 'must be an absolute path')]
  switch (pathType) {
    case 'Exact':
    case 'Prefix':
      return [
        ...absolute,
        ...badParts.filter(part => path.includes(part)).map(part => invalid(at, path, `must not contain '${part}'`)),
        ...badEnds.filter(end => path.endsWith(end)).map(end => invalid(at, path, `cannot end with '${end}'`)),
      ]
    case 'ImplementationSpecific':
      return path === '' ? [] : absolute
    default:
      return [notSupported(`${field}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix'])]
  }
}

function backendErrors({ resource, service }: Backend, field: string): FieldError[] {
  if (resource && service) return [invalid(field, '', 'cannot set both resource and service backends')]
  if (resource) return objectReferenceErrors(resource, `${field}.resource`)
  if (!service) return [invalid(field, '', 'resource or service backend is required')]
  const at = `${field}.service`
  return [
    ...(service.name
      ? asInvalid(`${at}.name`, service.name, dns1035LabelErrors(service.name))
      : [required(`${at}.name`)]),
    ...servicePort(service, field),
  ]
}

function servicePort({ port }: NonNullable<Backend['service']>, field: string): FieldError[] {
  const { name, number } = port ?? {}
  const at = `${field}.service.port`
  if (name && number) return [invalid(field, '', 'cannot set both port name & port number')]
  if (name) return asInvalid(`${at}.name`, name, portNameErrors(name))
  return number ? portNumber(`${at}.number`, number) : [required(field, 'port name or number is required')]
}

/** Shared with IngressClass, whose parameters are named the same way. */
export function objectReferenceErrors(
  { apiGroup, kind, name }: Json<V1TypedLocalObjectReference>,
  field: string,
): FieldError[] {
  return [
    ...(apiGroup === undefined ? [] : dnsSubdomain(`${field}.apiGroup`, apiGroup)),
    ...(kind
      ? asInvalid(`${field}.kind`, kind, pathSegmentErrors(kind))
      : [required(`${field}.kind`, 'kind is required')]),
    ...(name
      ? asInvalid(`${field}.name`, name, pathSegmentErrors(name))
      : [required(`${field}.name`, 'name is required')]),
  ]
}

export function validateIngressStatus({ status }: Ingress): FieldError[] {
  return eachItem(status?.loadBalancer?.ingress, 'status.loadBalancer.ingress', ({ ip, hostname }, field) => [
    ...(ip ? ipAddress(`${field}.ip`, ip) : []),
    ...(hostname ? dnsSubdomain(`${field}.hostname`, hostname) : []),
    ...(hostname && isIP(hostname) ? [invalid(`${field}.hostname`, hostname, noName)] : []),
  ])
}
