// Reaching a node's kubelet: where it listens, and who we are to it.

import { notFound } from '../api/errors.ts'
import { storageKey } from '../api/resource.ts'
import { type Node, nodes } from '../kinds/core/node.ts'
import type { StorageContext } from './context.ts'
import type { Backend } from './proxy/backend.ts'

const defaultPort = 10250
/** In the order in which they are tried. */
const addressTypes = ['InternalIP', 'ExternalIP', 'InternalDNS', 'ExternalDNS', 'Hostname']

/** Throws NotFound for a node that is not there, and an Error for one without address. */
export function kubeletBackend({ cache, config }: StorageContext, nodeName: string): Backend {
  const node = cache.get(storageKey(nodes, { name: nodeName }))?.object as Node | undefined
  if (!node) throw notFound(nodes, nodeName)
  const { clientCert, clientKey, ca } = config.kubelet
  return {
    scheme: 'https',
    host: addressOf(node),
    port: node.status?.daemonEndpoints?.kubeletEndpoint?.Port || defaultPort,
    tls: {
      ...(clientCert ? { cert: clientCert } : {}),
      ...(clientKey ? { key: clientKey } : {}),
      // Without a CA to check it by, upstream takes any certificate too.
      ...(ca ? { ca } : { rejectUnauthorized: false }),
    },
    dial: config.dial,
  }
}

function addressOf(node: Node): string {
  const addresses = node.status?.addresses ?? []
  for (const type of addressTypes) {
    const found = addresses.find(address => address.type === type)
    if (found) return found.address
  }
  throw new Error(`no preferred addresses found; known addresses: ${JSON.stringify(addresses)}`)
}
