// What a container may do: its own security context over its pod's.

import { ConfigError } from './config-error.ts'
import { type Container, formatPod, type Pod } from './pod.ts'
import type { Image, LinuxSecurity } from './runtime/runtime.ts'

type SeccompProfile = { type: string; localhostProfile?: string }

/** Throws ConfigError when the container must not run as root and would. `seccompDir`: where local profiles stand. */
export function linuxSecurity(pod: Pod, container: Container, image: Image, seccompDir: string): LinuxSecurity {
  const ofPod = pod.spec?.securityContext ?? {}
  const own = container.securityContext ?? {}
  const runAsUser = own.runAsUser ?? ofPod.runAsUser
  const runAsGroup = own.runAsGroup ?? ofPod.runAsGroup
  if (own.runAsNonRoot ?? ofPod.runAsNonRoot) verifyNonRoot(pod, container, runAsUser, image)
  const privileged = own.privileged ?? false
  return {
    privileged,
    readOnlyRootFilesystem: own.readOnlyRootFilesystem ?? false,
    allowPrivilegeEscalation: privileged || (own.allowPrivilegeEscalation ?? true),
    addCapabilities: own.capabilities?.add ?? [],
    dropCapabilities: own.capabilities?.drop ?? [],
    ...(runAsUser === undefined ? {} : { runAsUser }),
    ...(runAsGroup === undefined ? {} : { runAsGroup }),
    supplementalGroups: ofPod.supplementalGroups ?? [],
    ...(ofPod.fsGroup === undefined ? {} : { fsGroup: ofPod.fsGroup }),
    seccomp: privileged ? { type: 'unconfined' } : seccomp(own.seccompProfile ?? ofPod.seccompProfile, seccompDir),
    procMount: own.procMount === 'Unmasked' ? 'unmasked' : 'default',
  }
}

function seccomp(profile: SeccompProfile | undefined, seccompDir: string): LinuxSecurity['seccomp'] {
  if (profile?.type === 'RuntimeDefault') return { type: 'runtime-default' }
  if (profile?.type === 'Localhost') return { type: 'localhost', path: `${seccompDir}/${profile.localhostProfile}` }
  return { type: 'unconfined' }
}

function verifyNonRoot(pod: Pod, container: Container, runAsUser: number | undefined, { user }: Image): void {
  const who = `(pod: "${formatPod(pod)}", container: ${container.name})`
  if (runAsUser === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${who}`)
  if (runAsUser !== undefined) return
  const name = user.split(':')[0] ?? ''
  if (name === '' || name === '0' || name === 'root') {
    throw new ConfigError(`container has runAsNonRoot and image will run as root ${who}`)
  }
  if (!/^\d+$/.test(name)) {
    throw new ConfigError(
      `container has runAsNonRoot and image has non-numeric user (${name}), cannot verify user is non-root ${who}`,
    )
  }
}
