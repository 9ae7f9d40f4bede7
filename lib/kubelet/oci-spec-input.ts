// All that decides a container's OCI specification.

import type { ImageConfig } from './oci-spec-process.ts'
import type { OciDevice, OciSeccomp, OciUser } from './oci-spec-types.ts'
import type { ContainerConfig } from './runtime/runtime.ts'

/** What the pod's containers have in common. A namespace: a path to join, `own` to make one, `host` for the node's. */
export interface SandboxFacts {
  hostname: string
  network: string
  ipc: string
  uts: string
  pid: string
  /** Shown in every container unless the pod mounts something there. */
  files: { resolvConf: string; hostname: string; shm: string }
}

export interface HostFacts {
  rootfs: string
  cgroupsPath: string
  cgroupVersion: 1 | 2
  /** Found in the image's /etc/passwd and /etc/group: see oci-spec-user.ts. */
  user: OciUser
  /** All that this machine can give, as `CAP_CHOWN`. */
  knownCapabilities: string[]
  /** For privileged containers. */
  devices: OciDevice[]
  /** Node's process.arch. */
  architecture: string
  /** The contents of a `localhost` profile. */
  localSeccomp?: OciSeccomp
}

export interface SpecInput {
  config: ContainerConfig
  image: ImageConfig
  sandbox: SandboxFacts
  host: HostFacts
}
