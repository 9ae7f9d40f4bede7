// A pod's /etc/resolv.conf: pure.

import type { SandboxConfig } from './runtime.ts'

/** undefined when the pod says nothing: the node's own file serves. */
export function resolvConf({ servers, searches, options }: SandboxConfig['dns']): string | undefined {
  if (servers.length + searches.length + options.length === 0) return undefined
  const lines = [
    ...(searches.length > 0 ? [`search ${searches.join(' ')}`] : []),
    ...servers.map(server => `nameserver ${server}`),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
  ]
  return `${lines.join('\n')}\n`
}
