// Which capabilities a container has: Docker's and containerd's default set, plus and minus what the pod says.

import type { LinuxSecurity } from './runtime/runtime.ts'

export const defaultCapabilities = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
]

/** In the kernel's order: the name's place is its number. */
const all = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
)
  .split(' ')
  .map(name => `CAP_${name}`)

/** Those of a bit mask, as /proc/<pid>/status writes one: what a process does not have it cannot give. */
export function capabilitiesOfMask(hex: string): string[] {
  const mask = BigInt(`0x${hex}`)
  return all.filter((_, number) => (mask >> BigInt(number)) & 1n)
}

/** `ALL` first, then names one by one, so that "drop ALL, add NET_BIND_SERVICE" and "add ALL, drop SYS_TIME" both work. */
export function capabilities(security: LinuxSecurity, known: string[]): string[] {
  if (security.privileged) return known
  const add = security.addCapabilities.map(fullName)
  const drop = security.dropCapabilities.map(fullName)
  let set = new Set(add.includes('CAP_ALL') ? known : defaultCapabilities)
  if (drop.includes('CAP_ALL')) set = new Set()
  for (const name of add) if (name !== 'CAP_ALL') set.add(name)
  for (const name of drop) set.delete(name)
  return [...set]
}

function fullName(name: string): string {
  const upper = name.toUpperCase()
  return upper.startsWith('CAP_') ? upper : `CAP_${upper}`
}
