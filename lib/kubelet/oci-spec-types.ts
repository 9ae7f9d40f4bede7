// The part of the OCI runtime specification that we write.
// https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md

export interface OciMount {
  destination: string
  type: string
  source: string
  options: string[]
}

export interface OciNamespace {
  type: 'pid' | 'network' | 'ipc' | 'uts' | 'mount' | 'cgroup'
  /** Joined when given, made anew when not. */
  path?: string
}

export interface OciDevice {
  path: string
  type: 'c' | 'b'
  major: number
  minor: number
  fileMode?: number
  uid?: number
  gid?: number
}

export interface OciDeviceRule {
  allow: boolean
  access: string
  type?: string
  major?: number
  minor?: number
}

export interface OciUser {
  uid: number
  gid: number
  additionalGids: number[]
}

export interface OciSeccomp {
  defaultAction: string
  defaultErrnoRet?: number
  architectures?: string[]
  syscalls: {
    names: string[]
    action: string
    errnoRet?: number
    args?: { index: number; value: number; valueTwo?: number; op: string }[]
  }[]
}

export interface OciProcess {
  terminal: boolean
  user: OciUser
  args: string[]
  env: string[]
  cwd: string
  capabilities: { bounding: string[]; effective: string[]; permitted: string[] }
  rlimits: { type: string; soft: number; hard: number }[]
  noNewPrivileges: boolean
  oomScoreAdj: number
}

export interface OciResources {
  devices: OciDeviceRule[]
  cpu: { shares?: number; quota?: number; period?: number }
  memory: { limit?: number; swap?: number }
  pids?: { limit: number }
}

export interface OciSpec {
  ociVersion: string
  process: OciProcess
  root: { path: string; readonly: boolean }
  mounts: OciMount[]
  annotations: Record<string, string>
  linux: {
    cgroupsPath: string
    resources: OciResources
    namespaces: OciNamespace[]
    devices?: OciDevice[]
    seccomp?: OciSeccomp
    maskedPaths: string[]
    readonlyPaths: string[]
    rootfsPropagation?: string
  }
}
