// A pod's surroundings: namespaces, network, shared memory, /etc/resolv.conf, cgroup. No process: nothing of it dies
// with the kubelet. Each step can be taken back without knowing whether it was taken.

import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../util/clock.ts'
import { exec } from '../../util/exec.ts'
import type { Logger } from '../../util/log.ts'
import type { Cgroups } from '../cgroups.ts'
import type { SandboxFacts } from '../oci-spec-input.ts'
import type { CtrNetwork } from './ctr-network.ts'
import { netnsName } from './ctr-options.ts'
import { hostPorts, type SandboxRecord, sandboxStatus } from './ctr-records.ts'
import { unmountTree } from './mount-points.ts'
import { makeNamespaces, namespacePaths, removeNamespaces } from './namespaces.ts'
import type { Records } from './records.ts'
import { resolvConf } from './resolv-conf.ts'
import { RuntimeError, type SandboxConfig, type SandboxStatus } from './runtime.ts'

export interface SandboxParts {
  clusterName: string
  records: Records<SandboxRecord>
  network: CtrNetwork
  cgroups: Cgroups
  clock: Clock
  log: Logger
}

const shmBytes = 64 * 1024 * 1024

export class CtrSandboxes {
  readonly #parts: SandboxParts
  /** Being made by us right now; what else is `creating` was left by a killed kubelet. */
  readonly #inMaking = new Set<string>()
  #bootId = ''

  constructor(parts: SandboxParts) {
    this.#parts = parts
  }

  async load(): Promise<void> {
    const { records } = this.#parts
    this.#bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
    for (const id of await records.load()) {
      await unmountTree(records.directory(id))
      await records.remove(id)
    }
    for (const record of records.all()) {
      const isWhole = record.state === 'ready' && record.bootId === this.#bootId
      if (!isWhole) await records.put({ ...record, state: 'stopped' })
    }
  }

  list(): SandboxStatus[] {
    return this.#parts.records
      .all()
      .filter(({ id }) => !this.#inMaking.has(id))
      .map(sandboxStatus)
  }

  /** Throws RuntimeError when it is not there or not ready. */
  ready(id: string): SandboxRecord {
    const record = this.#parts.records.get(id)
    if (record?.state !== 'ready') {
      throw new RuntimeError('CreateContainerError', `sandbox container "${id}" is not running`)
    }
    return record
  }

  async run(config: SandboxConfig, signal: AbortSignal): Promise<SandboxStatus> {
    const { records, clock } = this.#parts
    const id = randomBytes(32).toString('hex')
    const start: SandboxRecord = {
      ...{ id, config, bootId: this.#bootId, createdAtMs: clock.now() },
      ...{ state: 'creating', ips: [] },
    }
    this.#inMaking.add(id)
    try {
      await records.put(start)
      const record = await this.#make(start, signal)
      return sandboxStatus(record)
    } catch (cause) {
      await this.#discard(id)
      if (cause instanceof RuntimeError) throw cause
      throw new RuntimeError('FailedCreatePodSandBox', (cause as Error).message, cause)
    } finally {
      this.#inMaking.delete(id)
    }
  }

  async #make(record: SandboxRecord, signal: AbortSignal): Promise<SandboxRecord> {
    const { records, cgroups, clusterName, clock } = this.#parts
    const { id, config } = record
    const directory = records.directory(id)
    const namespaces = { config, netnsName: netnsName(clusterName, id), directory: join(directory, 'ns'), clock }
    await Promise.all([
      makeNamespaces(namespaces, signal),
      this.#files(config, directory),
      cgroups.create(config.cgroupParent, config.resources),
    ])
    const ready: SandboxRecord = { ...record, state: 'ready' }
    const joined = config.hostNetwork ? ready : await this.#join(ready, signal)
    await records.put(joined)
    if (!config.hostNetwork) await this.#applyRules()
    return joined
  }

  async #join(record: SandboxRecord, signal: AbortSignal): Promise<SandboxRecord> {
    const { records, network, clusterName } = this.#parts
    const { id, config } = record
    const netns = join('/run/netns', netnsName(clusterName, id))
    try {
      const plan = await network.plan({ containerId: id, netns, pod: config.pod, portMappings: config.portMappings })
      await records.put({ ...record, state: 'creating', network: plan })
      const { result, ips } = await network.join(plan, signal)
      return { ...record, ips, network: { ...plan, result } }
    } catch (cause) {
      throw new Error(`failed to setup network for sandbox "${id}": ${(cause as Error).message}`, { cause })
    }
  }

  async #files(config: SandboxConfig, directory: string): Promise<void> {
    const text = resolvConf(config.dns)
    const resolv = join(directory, 'resolv.conf')
    await (text === undefined ? copyFile('/etc/resolv.conf', resolv) : writeFile(resolv, text))
    await writeFile(join(directory, 'hostname'), `${config.hostname}\n`)
    if (config.hostIPC) return
    const shm = join(directory, 'shm')
    await mkdir(shm, { recursive: true })
    await exec('mount', ['-t', 'tmpfs', '-o', `nosuid,noexec,nodev,mode=1777,size=${shmBytes}`, 'shm', shm])
  }

  /** For the specification of a container in it. */
  facts({ id, config }: SandboxRecord): SandboxFacts {
    const { records, clusterName } = this.#parts
    const directory = records.directory(id)
    const shm = config.hostIPC ? '/dev/shm' : join(directory, 'shm')
    return {
      ...namespacePaths(config, netnsName(clusterName, id), join(directory, 'ns')),
      hostname: config.hostname,
      files: { resolvConf: join(directory, 'resolv.conf'), hostname: join(directory, 'hostname'), shm },
    }
  }

  /** No container runs in it any more. */
  async stop(id: string): Promise<void> {
    const { records, network, clusterName } = this.#parts
    const record = records.get(id)
    if (!record) return
    if (record.network) await network.leave(record.network)
    await removeNamespaces(netnsName(clusterName, id), join(records.directory(id), 'ns'))
    const { network: _, ...rest } = record
    await records.put({ ...rest, state: 'stopped' })
    if (record.config.portMappings.length > 0) await this.#applyRules()
  }

  #applyRules(): Promise<void> {
    const { records, network } = this.#parts
    return network.apply(() => records.all().flatMap(hostPorts))
  }

  /** No container is in it any more. */
  async remove(id: string): Promise<void> {
    const { records, cgroups, clock } = this.#parts
    const record = records.get(id)
    if (!record) return
    await this.stop(id)
    await unmountTree(records.directory(id))
    const { cgroupParent } = record.config
    const isShared = records.all().some(other => other.id !== id && other.config.cgroupParent === cgroupParent)
    if (!isShared) await cgroups.remove(cgroupParent, clock)
    await records.remove(id)
  }

  /** What could not be taken back now stays, not ready, for the kubelet to remove. */
  async #discard(id: string): Promise<void> {
    try {
      await this.remove(id)
    } catch (error) {
      this.#parts.log.warn({ err: error, sandbox: id }, 'a sandbox that failed could not be removed yet')
      const record = this.#parts.records.get(id)
      if (record) await this.#parts.records.put({ ...record, state: 'stopped' })
    }
  }
}
