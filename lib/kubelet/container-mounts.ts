// What a container sees in its file system beyond its image.

import { ConfigError } from './config-error.ts'
import { type EnvVar, expand } from './container-env.ts'
import type { Container } from './pod.ts'
import type { Mount } from './runtime/runtime.ts'

export interface MountInput {
  container: Container
  /** Where each volume of the pod lies on the node, by its name. */
  volumePaths: ReadonlyMap<string, string>
  env: EnvVar[]
  /** The path of a volume's sub path on the node, made and checked beforehand. */
  subPath(volumePath: string, subPath: string): string
  etcHostsPath?: string
  terminationLogPath: string
}

const propagation = {
  None: 'private',
  HostToContainer: 'host-to-container',
  Bidirectional: 'bidirectional',
} as const

const defaultTerminationMessagePath = '/dev/termination-log'

/** Throws ConfigError for a volume that is not there. */
export function containerMounts(input: MountInput): Mount[] {
  const { container, etcHostsPath, terminationLogPath } = input
  const own = (container.volumeMounts ?? []).map(mount => volumeMount(input, mount))
  const taken = new Set(own.map(mount => mount.containerPath))
  const managed = [
    ...(etcHostsPath && !taken.has('/etc/hosts') ? [file('/etc/hosts', etcHostsPath)] : []),
    file(container.terminationMessagePath || defaultTerminationMessagePath, terminationLogPath),
  ]
  return [...own, ...managed]
}

function file(containerPath: string, hostPath: string): Mount {
  return { containerPath, hostPath, readOnly: false, propagation: 'private' }
}

function volumeMount(
  { volumePaths, env, subPath }: MountInput,
  mount: NonNullable<Container['volumeMounts']>[number],
): Mount {
  const root = volumePaths.get(mount.name)
  if (!root) throw new ConfigError(`cannot find volume "${mount.name}" to mount into container`)
  const lookUp = (name: string) => env.find(entry => entry.name === name)?.value
  const below = mount.subPathExpr ? expandedSubPath(mount.subPathExpr, lookUp) : mount.subPath
  return {
    containerPath: absolute(mount.mountPath),
    hostPath: below ? subPath(root, below) : root,
    readOnly: mount.readOnly ?? false,
    propagation: propagation[(mount.mountPropagation ?? 'None') as keyof typeof propagation],
  }
}

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}

function expandedSubPath(text: string, lookUp: (name: string) => string | undefined): string {
  const missing: string[] = []
  const path = expand(text, name => {
    const value = lookUp(name)
    if (value === undefined) missing.push(name)
    return value
  })
  if (missing.length > 0) throw new ConfigError(`missing value for "${missing[0]}"`)
  if (path.startsWith('/') || path.split('/').includes('..')) {
    throw new ConfigError(`error SubPath \`${path}\` must not be an absolute path or contain '..'`)
  }
  return path
}
