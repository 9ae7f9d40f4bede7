// What `kubectl get services` shows.

import type { Column } from '../../api/resource.ts'
import { ageColumn, formatLabels, nameColumn, textColumn } from '../columns.ts'
import type { Service } from './service.ts'

export const serviceColumns: Column<Service>[] = [
  nameColumn,
  textColumn('Type', ({ spec }) => spec?.type ?? ''),
  textColumn('Cluster-IP', ({ spec }) => spec?.clusterIPs?.[0] || spec?.clusterIP || '<none>'),
  textColumn('External-IP', externalIp),
  textColumn('Port(s)', formatPorts),
  ageColumn,
  textColumn('Selector', ({ spec }) => formatLabels(spec?.selector), 1),
]

function externalIp({ spec = {}, status }: Service): string {
  const external = spec.externalIPs ?? []
  const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '')
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.join(',') || '<none>'
    case 'LoadBalancer':
      return [...new Set(ingress.filter(address => address))].sort().concat(external).join(',') || '<pending>'
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return '<unknown>'
  }
}

function formatPorts({ spec }: Service): string {
  const ports = (spec?.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  )
  return ports.join(',') || '<none>'
}
