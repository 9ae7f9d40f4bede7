// Who a container's process is: numbers, found for names in the image's own /etc/passwd and /etc/group. Pure.

import type { OciUser } from './oci-spec-types.ts'
import type { LinuxSecurity } from './runtime/runtime.ts'

export interface UserFiles {
  /** Contents of the image's files; empty when it has none. */
  passwd: string
  group: string
}

type Wanted = Pick<LinuxSecurity, 'runAsUser' | 'runAsGroup' | 'supplementalGroups' | 'fsGroup'>

/** Throws Error when a name is in neither file. */
export function resolveUser(imageUser: string, wanted: Wanted, files: UserFiles): OciUser {
  const [userName = '', groupName] = wanted.runAsUser === undefined ? imageUser.split(':') : [String(wanted.runAsUser)]
  const entry = findUser(userName || '0', files.passwd)
  const gid = wanted.runAsGroup ?? (groupName ? findGroup(groupName, files.group) : entry.gid)
  const listed = entry.name === undefined ? [] : groupsOf(entry.name, files.group)
  const asked = [...wanted.supplementalGroups, ...(wanted.fsGroup === undefined ? [] : [wanted.fsGroup])]
  return { uid: entry.uid, gid, additionalGids: [...new Set([gid, ...listed, ...asked])] }
}

function findUser(user: string, passwd: string): { uid: number; gid: number; name?: string } {
  const isNumber = /^\d+$/.test(user)
  for (const [name, , uid, gid] of rows(passwd)) {
    if (name === user || (isNumber && uid === user)) return { uid: Number(uid), gid: Number(gid), name: name ?? '' }
  }
  if (isNumber) return { uid: Number(user), gid: 0 }
  throw new Error(`unable to find user ${user}: no matching entries in passwd file`)
}

function findGroup(group: string, text: string): number {
  const found = rows(text).find(([name, , gid]) => name === group || gid === group)
  if (found) return Number(found[2])
  if (/^\d+$/.test(group)) return Number(group)
  throw new Error(`unable to find group ${group}: no matching entries in group file`)
}

function groupsOf(user: string, text: string): number[] {
  return rows(text).flatMap(([, , gid, members = '']) => (members.split(',').includes(user) ? [Number(gid)] : []))
}

function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter(line => line && !line.startsWith('#'))
    .map(line => line.split(':'))
}
