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
    componentHealth: {
      'controller-manager': 'https://127.0.0.1:10257/healthz',
      scheduler: 'https://127.0.0.1:10259/healthz',
    },
    maxRequestsInFlight: 400,
    maxMutatingRequestsInFlight: 200,
    requestTimeoutMs: 60_000,
    minRequestTimeoutMs: 1_800_000,
    shutdownDelayMs: 0,
    shutdownTimeoutMs: 10_000,
    ...given,
  }
}
