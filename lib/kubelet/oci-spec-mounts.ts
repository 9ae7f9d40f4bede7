// A container's mounts: what every container has, the pod's files, then what its specification asks for, which wins.

import type { SpecInput } from './oci-spec-input.ts'
import type { OciMount } from './oci-spec-types.ts'
import type { ContainerConfig, Mount } from './runtime/runtime.ts'

export function mounts({ config, sandbox, host }: SpecInput): OciMount[] {
  const { files } = sandbox
  const readOnlyRoot = config.security.readOnlyRootFilesystem
  const podFiles = [
    bind('/etc/resolv.conf', files.resolvConf, readOnlyRoot),
    bind('/etc/hostname', files.hostname, readOnlyRoot),
    { destination: '/dev/shm', type: 'bind', source: files.shm, options: ['rbind', 'nosuid', 'nodev', 'noexec', 'rw'] },
  ]
  const own = config.mounts.map(mount)
  const taken = new Set(own.map(({ destination }) => destination))
  const common = [...systemMounts(config.security.privileged, host.cgroupVersion), ...podFiles]
  return byDepth([...common.filter(({ destination }) => !taken.has(destination)), ...own])
}

/** Parents before children, else in the order given. */
function byDepth(all: OciMount[]): OciMount[] {
  const depth = ({ destination }: OciMount) => destination.split('/').filter(Boolean).length
  return all.toSorted((a, b) => depth(a) - depth(b))
}

function systemMounts(privileged: boolean, cgroupVersion: 1 | 2): OciMount[] {
  const access = privileged ? 'rw' : 'ro'
  const fs = (destination: string, type: string, ...options: string[]) => ({ destination, type, source: type, options })
  return [
    fs('/proc', 'proc', 'nosuid', 'noexec', 'nodev'),
    fs('/dev', 'tmpfs', 'nosuid', 'strictatime', 'mode=755', 'size=65536k'),
    fs('/dev/pts', 'devpts', 'nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'),
    fs('/dev/mqueue', 'mqueue', 'nosuid', 'noexec', 'nodev'),
    fs('/sys', 'sysfs', 'nosuid', 'noexec', 'nodev', access),
    fs('/sys/fs/cgroup', 'cgroup', 'nosuid', 'noexec', 'nodev', ...(cgroupVersion === 2 ? [] : ['relatime']), access),
  ]
}

const propagationOption = { private: 'rprivate', 'host-to-container': 'rslave', bidirectional: 'rshared' } as const

function mount({ containerPath, hostPath, readOnly, propagation, tmpfsBytes }: Mount): OciMount {
  const access = readOnly ? 'ro' : 'rw'
  if (tmpfsBytes !== undefined) {
    const options = ['nosuid', 'nodev', `size=${tmpfsBytes}`, 'mode=1777', access]
    return { destination: containerPath, type: 'tmpfs', source: 'tmpfs', options }
  }
  const options = ['rbind', propagationOption[propagation], access]
  return { destination: containerPath, type: 'bind', source: hostPath, options }
}

function bind(destination: string, source: string, readOnly: boolean): OciMount {
  return { destination, type: 'bind', source, options: ['rbind', 'rprivate', readOnly ? 'ro' : 'rw'] }
}

/** The root must let mounts through when a volume is to. */
export function rootfsPropagation({ mounts }: ContainerConfig): string | undefined {
  if (mounts.some(({ propagation }) => propagation === 'bidirectional')) return 'rshared'
  return mounts.some(({ propagation }) => propagation === 'host-to-container') ? 'rslave' : undefined
}
