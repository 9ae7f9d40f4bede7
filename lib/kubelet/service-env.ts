// Environment variables by which a container finds the services of its namespace.
// https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables

import type { Service } from '../kinds/core/service.ts'

const masterNamespace = 'default'
const masterName = 'kubernetes'

/** `serviceLinks` false: only the API server's own service is told. */
export function serviceEnv(services: Service[], namespace: string, serviceLinks: boolean): Record<string, string> {
  const told = new Map<string, Service>()
  for (const service of services) {
    const { name = '', namespace: at } = service.metadata
    const { clusterIP } = service.spec ?? {}
    if (!clusterIP || clusterIP === 'None') continue
    if (at === namespace && serviceLinks) told.set(name, service)
    else if (at === masterNamespace && name === masterName && !told.has(name)) told.set(name, service)
  }
  const sorted = [...told.values()].sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))
  return Object.assign({}, ...sorted.map(variablesOf))
}

function variablesOf({ metadata, spec }: Service): Record<string, string> {
  const prefix = variableName(metadata.name ?? '')
  const ip = spec?.clusterIP ?? ''
  const host = ip.includes(':') ? `[${ip}]` : ip
  const ports = spec?.ports ?? []
  const variables: Record<string, string> = { [`${prefix}_SERVICE_HOST`]: ip }
  ports.forEach(({ name, port, protocol = 'TCP' }, index) => {
    const url = `${protocol.toLowerCase()}://${host}:${port}`
    const link = `${prefix}_PORT_${port}_${protocol}`
    if (index === 0) Object.assign(variables, { [`${prefix}_SERVICE_PORT`]: String(port), [`${prefix}_PORT`]: url })
    if (name) variables[`${prefix}_SERVICE_PORT_${variableName(name)}`] = String(port)
    Object.assign(variables, {
      [link]: url,
      [`${link}_PROTO`]: protocol.toLowerCase(),
      [`${link}_PORT`]: String(port),
      [`${link}_ADDR`]: ip,
    })
  })
  return variables
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll('-', '_')
}
