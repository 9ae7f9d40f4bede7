// What is said of ports that are there twice, or nearly so, in one container or in several.

import { type Container, eachContainer, type PodSpec } from './pod-types.ts'

type Port = NonNullable<Container['ports']>[number]

interface Seen {
  field: string
  port: Port
}

export function portWarnings(spec: PodSpec, field: string): string[] {
  const seen: Seen[] = []
  return eachContainer(spec, field).flatMap(([{ ports = [] }, at]) =>
    ports.flatMap((port, i) => {
      const here = { field: `${at}.ports[${i}]`, port }
      const found = [...hostIpAlone(here), ...clashes(here, seen)]
      seen.push(here)
      return found
    }),
  )
}

function hostIpAlone({ field, port }: Seen): string[] {
  if (!port.hostIP || port.hostPort) return []
  const { name = '', hostPort = 0, containerPort, protocol = '', hostIP } = port
  const text = `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`
  return [`${field}: hostIP set without hostPort: ${text}`]
}

function clashes({ field, port }: Seen, seen: Seen[]): string[] {
  return seen
    .filter(other => other.port.containerPort === port.containerPort && other.port.protocol === port.protocol)
    .flatMap(other => {
      const how = clash(port, other.port)
      return how ? [`${field}: ${how} port definition with ${other.field}`] : []
    })
}

function clash(port: Port, other: Port): string | undefined {
  const [hostIp, otherIp] = [port.hostIP ?? '', other.hostIP ?? '']
  const [hostPort, otherPort] = [port.hostPort ?? 0, other.hostPort ?? 0]
  if (hostIp === otherIp && hostPort === otherPort) return 'duplicate'
  if (hostPort === 0 || otherPort === 0) return 'overlapping'
  const isOneOpen = (hostIp === '') !== (otherIp === '')
  return hostPort === otherPort && isOneOpen ? 'dangerously ambiguous' : undefined
}
