// The configuration where flags say nothing: upstream's defaults.

import type { ServerConfig } from './context.ts'

type Given = Pick<ServerConfig, 'serviceAccount' | 'advertiseAddress'> & Partial<ServerConfig>

export function serverConfig(given: Given): ServerConfig {
  return {
    anonymousAuth: true,
    authorizationModes: ['Node', 'RBAC'],
    serviceClusterIpRange: '10.96.0.0/12',
    serviceNodePortRange: { from: 30000, to: 32767 },
    securePort: 0,
    kubelet: {},
    componentHealth: componentHealthAt('127.0.0.1'),
    maxRequestsInFlight: 400,
    maxMutatingRequestsInFlight: 200,
    requestTimeoutMs: 60_000,
    minRequestTimeoutMs: 1_800_000,
    shutdownDelayMs: 0,
    shutdownTimeoutMs: 10_000,
    ...given,
  }
}

/** Where scheduler and controller manager say how they are, on the address that they listen on. */
export function componentHealthAt(address: string): ServerConfig['componentHealth'] {
  const host = address.includes(':') ? `[${address}]` : address
  return {
    'controller-manager': `https://${host}:10257/healthz`,
    scheduler: `https://${host}:10259/healthz`,
  }
}
