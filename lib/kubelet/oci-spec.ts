// What a container is, in the words of the OCI runtime: pure, from what Kubernetes asks for, what the image says, the
// pod's sandbox and facts of this machine.

import { capabilities } from './oci-spec-capabilities.ts'
import type { SpecInput } from './oci-spec-input.ts'
import { mounts, rootfsPropagation } from './oci-spec-mounts.ts'
import { commandLine, environment } from './oci-spec-process.ts'
import { defaultSeccompProfile } from './oci-spec-seccomp.ts'
import type { OciDeviceRule, OciNamespace, OciProcess, OciResources, OciSeccomp, OciSpec } from './oci-spec-types.ts'
import type { LinuxResources } from './runtime/runtime.ts'

const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
]

const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger']

export function ociSpec(input: SpecInput): OciSpec {
  const { config, host } = input
  const { security } = config
  const unmasked = security.privileged || security.procMount === 'unmasked'
  const propagation = rootfsPropagation(config)
  const seccomp = seccompProfile(input)
  return {
    ociVersion: '1.0.2',
    process: ociProcess(input),
    root: { path: host.rootfs, readonly: security.readOnlyRootFilesystem },
    mounts: mounts(input),
    annotations: {},
    linux: {
      cgroupsPath: host.cgroupsPath,
      resources: resources(config.resources, security.privileged),
      namespaces: namespaces(input),
      ...(security.privileged ? { devices: host.devices } : {}),
      ...(seccomp ? { seccomp } : {}),
      maskedPaths: unmasked ? [] : maskedPaths,
      readonlyPaths: unmasked ? [] : readonlyPaths,
      ...(propagation ? { rootfsPropagation: propagation } : {}),
    },
  }
}

function ociProcess({ config, image, sandbox, host }: SpecInput): OciProcess {
  const granted = capabilities(config.security, host.knownCapabilities)
  return {
    // The terminal is made by whoever attaches one; see the room's README.
    terminal: false,
    user: host.user,
    args: commandLine(config, image),
    env: environment(config, image, sandbox.hostname),
    cwd: config.workingDir || image.workingDir || '/',
    capabilities: { bounding: granted, effective: granted, permitted: granted },
    // None: containerd's own are inherited, as with its CRI plugin.
    rlimits: [],
    noNewPrivileges: !config.security.allowPrivilegeEscalation,
    oomScoreAdj: config.resources.oomScoreAdj,
  }
}

function namespaces({ config, sandbox, host }: SpecInput): OciNamespace[] {
  const shared = (['network', 'ipc', 'uts', 'pid'] as const).flatMap((type): OciNamespace[] => {
    const where = sandbox[type]
    if (where === 'host') return []
    return where === 'own' ? [{ type }] : [{ type, path: where }]
  })
  const ownCgroups = host.cgroupVersion === 2 && !config.security.privileged
  return [{ type: 'mount' }, ...shared, ...(ownCgroups ? [{ type: 'cgroup' as const }] : [])]
}

/** Swap is limited with memory: a container gets none beyond its limit. */
export function resources(wanted: LinuxResources, privileged: boolean): OciResources {
  const { cpuShares, cpuQuotaUs, cpuPeriodUs, memoryLimitBytes, pidsLimit } = wanted
  return {
    devices: [deviceRule(privileged)],
    cpu: {
      ...(cpuShares === undefined ? {} : { shares: cpuShares }),
      ...(cpuQuotaUs === undefined ? {} : { quota: cpuQuotaUs }),
      ...(cpuPeriodUs === undefined ? {} : { period: cpuPeriodUs }),
    },
    memory: memoryLimitBytes === undefined ? {} : { limit: memoryLimitBytes, swap: memoryLimitBytes },
    ...(pidsLimit === undefined ? {} : { pids: { limit: pidsLimit } }),
  }
}

/** runc itself allows the devices every container has (null, zero, tty, …). */
function deviceRule(privileged: boolean): OciDeviceRule {
  return { allow: privileged, access: 'rwm' }
}

function seccompProfile({ config: { security }, host }: SpecInput): OciSeccomp | undefined {
  if (security.privileged || security.seccomp.type === 'unconfined') return undefined
  if (security.seccomp.type === 'localhost') return host.localSeccomp
  return defaultSeccompProfile(capabilities(security, host.knownCapabilities), host.architecture)
}
