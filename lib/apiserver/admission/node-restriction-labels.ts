// Which parts of its Node object a node may write: not its taints, once it is there, and of the labels of Kubernetes'
// own domains only the well-known ones. See the Kubernetes page "Admission Control", NodeRestriction.

import type { Node } from '../../kinds/core/node.ts'
import type { AdmissionRequest } from './plugin.ts'

const wellKnown = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
])
const ownDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io']

export function refuseNode(node: string, request: AdmissionRequest): string | undefined {
  const quoted = JSON.stringify(node)
  const name = request.name || request.object?.metadata.name || ''
  if (name !== node) return `node ${quoted} is not allowed to modify node ${JSON.stringify(name)}`
  if (request.operation === 'DELETE') return undefined
  const wanted = request.object as Node
  const old = request.oldObject as Node | undefined
  const labels = forbiddenLabels(changedLabels(wanted.metadata.labels, old?.metadata.labels))
  if (!old) return labels && `node ${quoted} is not allowed to set the following labels: ${labels}`
  if (JSON.stringify(wanted.spec?.taints ?? []) !== JSON.stringify(old.spec?.taints ?? [])) {
    return `node ${quoted} is not allowed to modify taints`
  }
  return labels && `is not allowed to modify labels: ${labels}`
}

function changedLabels(wanted: Record<string, string> = {}, old: Record<string, string> = {}): string[] {
  const keys = new Set([...Object.keys(wanted), ...Object.keys(old)])
  return [...keys].filter(key => wanted[key] !== old[key])
}

/** '' when there are none. */
function forbiddenLabels(keys: string[]): string {
  return keys.filter(isForbidden).sort().join(', ')
}

function isForbidden(key: string): boolean {
  const domain = key.includes('/') ? key.slice(0, key.indexOf('/')) : ''
  const isIn = (parent: string) => domain === parent || domain.endsWith(`.${parent}`)
  if (isIn('node-restriction.kubernetes.io')) return true
  if (!isIn('kubernetes.io') && !isIn('k8s.io')) return false
  return !wellKnown.has(key) && !ownDomains.some(isIn)
}
