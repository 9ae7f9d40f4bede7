// Who may do what in etcd. Users are the common names of client certificates: the API server reads and writes, the other
// control-plane services read everything but Secrets.

import type { Etcd3, IPermission } from 'etcd3'
import { COMPACT_KEY } from './compactor.ts'
import { type EtcdOptions, etcdClient } from './etcd-kv.ts'
import { keyRange } from './etcd-rpc.ts'

/** Of a role that has its user's name. */
export interface EtcdRole {
  name: string
  permissions: IPermission[]
}

/** `prefix` ends with a slash: `/registry/`. */
export function etcdRoles(prefix: string): EtcdRole[] {
  const all = keyRange(prefix)
  const secrets = keyRange(`${prefix}secrets/`)
  const readers: IPermission[] = [
    { permType: 'Read', key: all.key, range_end: secrets.key },
    { permType: 'Read', key: secrets.range_end, range_end: all.range_end },
  ]
  const writer: IPermission[] = [
    { permType: 'Readwrite', ...all },
    { permType: 'Readwrite', key: Buffer.from(COMPACT_KEY), range_end: Buffer.alloc(0) },
  ]
  return [
    { name: 'kube-apiserver', permissions: writer },
    { name: 'kube-controller-manager', permissions: readers },
    { name: 'kube-scheduler', permissions: readers },
  ]
}

/**
 * Makes the users and roles and turns authentication on. `rootOptions` carry root's certificate. What is already there
 * is not written again: every change would fail other clients' requests that are under way.
 */
export async function enableEtcdAuth(rootOptions: EtcdOptions, prefix: string): Promise<void> {
  const client = etcdClient(rootOptions)
  try {
    const missing = await missingRoles(client, etcdRoles(prefix))
    await Promise.all([addRoot(client), ...missing.map(role => addRole(client, role))])
    await client.auth.authEnable()
  } finally {
    client.close()
  }
}

async function missingRoles({ auth }: Etcd3, roles: EtcdRole[]): Promise<EtcdRole[]> {
  const [{ users }, known] = await Promise.all([auth.userList(), auth.roleList()])
  const complete = await Promise.all(
    roles.map(async ({ name, permissions }) => {
      if (!users.includes(name) || !known.roles.includes(name)) return false
      const [user, role] = await Promise.all([auth.userGet({ name }), auth.roleGet({ role: name })])
      return user.roles.includes(name) && permissions.every(wanted => role.perm.some(has => isSame(has, wanted)))
    }),
  )
  return roles.filter((_, i) => !complete[i])
}

function isSame(a: IPermission, b: IPermission): boolean {
  return a.permType === b.permType && a.key.equals(b.key) && a.range_end.equals(b.range_end)
}

async function addRoot({ auth }: Etcd3): Promise<void> {
  const { users } = await auth.userList()
  if (!users.includes('root')) await addUser(auth, 'root')
  const { roles } = await auth.userGet({ name: 'root' })
  if (!roles.includes('root')) await auth.userGrantRole({ user: 'root', role: 'root' })
}

async function addRole({ auth }: Etcd3, { name, permissions }: EtcdRole): Promise<void> {
  await Promise.all([addUser(auth, name), existing(auth.roleAdd({ name }))])
  await Promise.all([
    auth.userGrantRole({ user: name, role: name }),
    ...permissions.map(perm => auth.roleGrantPermission({ name, perm })),
  ])
}

/** Certificates stand for the users: there is no password to guess, and none to hash. */
async function addUser(auth: Etcd3['auth'], name: string): Promise<void> {
  await existing(auth.userAdd({ name, options: { no_password: true } }))
}

async function existing(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('already exists'))) throw error
  }
}
