// What `kubectl get nodes` shows.

import { findCondition } from '../../api/conditions.ts'
import type { Column } from '../../api/resource.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import type { Node } from './node.ts'

const rolePrefix = 'node-role.kubernetes.io/'
const roleLabel = 'kubernetes.io/role'

export const nodeColumns: Column<Node>[] = [
  nameColumn,
  textColumn('Status', nodeStatus),
  textColumn('Roles', nodeRoles),
  ageColumn,
  textColumn('Version', ({ status }) => status?.nodeInfo?.kubeletVersion ?? ''),
  textColumn('Internal-IP', node => addressOf(node, 'InternalIP'), 1),
  textColumn('External-IP', node => addressOf(node, 'ExternalIP'), 1),
  textColumn('OS-Image', ({ status }) => status?.nodeInfo?.osImage || '<unknown>', 1),
  textColumn('Kernel-Version', ({ status }) => status?.nodeInfo?.kernelVersion || '<unknown>', 1),
  textColumn('Container-Runtime', ({ status }) => status?.nodeInfo?.containerRuntimeVersion || '<unknown>', 1),
]

function nodeStatus({ spec, status }: Node): string {
  const ready = findCondition(status?.conditions, 'Ready')
  const word = ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown'
  return spec?.unschedulable ? `${word},SchedulingDisabled` : word
}

function nodeRoles({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)]
    return key === roleLabel ? [value] : []
  })
  return [...new Set(roles.filter(role => role))].sort().join(',') || '<none>'
}

function addressOf({ status }: Node, type: string): string {
  return status?.addresses?.find(address => address.type === type)?.address ?? '<none>'
}
