// The cgroups of pods and of the classes of service, on v1, v2 and what systems between the two have. All of them stand
// below one root named after the cluster, so that they can all be removed.

import { mkdir, readdir, readFile, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../util/clock.ts'

export interface Hierarchy {
  mountPoint: string
  /** `cpu`, `memory`, …; empty for one that only tracks processes. */
  controllers: string[]
  version: 1 | 2
}

export interface CgroupLimits {
  cpuShares?: number
  cpuQuotaUs?: number
  cpuPeriodUs?: number
  memoryLimitBytes?: number
  pidsLimit?: number
}

interface Setting {
  controller: string
  file: string
  value: string
}

/** Reads /proc/self/mountinfo. On a hybrid system the v2 hierarchy has no controllers. */
export function cgroupHierarchies(mountinfo: string): Hierarchy[] {
  const found = mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [before = '', after = ''] = line.split(' - ')
    const [type, , superOptions = ''] = after.split(' ')
    const mountPoint = before.split(' ')[4] ?? ''
    if (type === 'cgroup2') return [{ mountPoint, controllers: [], version: 2 }]
    if (type !== 'cgroup') return []
    return [
      { mountPoint, version: 1, controllers: superOptions.split(',').filter(option => v1Controllers.has(option)) },
    ]
  })
  return [...new Map(found.map(hierarchy => [hierarchy.mountPoint, hierarchy])).values()]
}

const v1Controllers = new Set(
  'cpu cpuacct cpuset memory devices freezer blkio pids net_cls net_prio perf_event hugetlb rdma misc'.split(' '),
)

/** The version that decides: 2 where nothing of v1 is mounted. */
export function cgroupVersion(hierarchies: Hierarchy[]): 1 | 2 {
  return hierarchies.some(({ version }) => version === 1) ? 1 : 2
}

export function limitSettings(version: 1 | 2, limits: CgroupLimits): Setting[] {
  const { cpuShares, cpuQuotaUs, cpuPeriodUs = 100_000, memoryLimitBytes, pidsLimit } = limits
  const set = (controller: string, file: string, value: number | string | undefined) =>
    value === undefined ? [] : [{ controller, file, value: String(value) }]
  const pids = set('pids', 'pids.max', pidsLimit)
  if (version === 2) {
    return [
      ...set('cpu', 'cpu.weight', cpuShares === undefined ? undefined : cpuWeight(cpuShares)),
      ...set('cpu', 'cpu.max', cpuQuotaUs === undefined ? undefined : `${cpuQuotaUs} ${cpuPeriodUs}`),
      ...set('memory', 'memory.max', memoryLimitBytes),
      ...pids,
    ]
  }
  return [
    ...set('cpu', 'cpu.shares', cpuShares),
    ...set('cpu', 'cpu.cfs_period_us', cpuQuotaUs === undefined ? undefined : cpuPeriodUs),
    ...set('cpu', 'cpu.cfs_quota_us', cpuQuotaUs),
    ...set('memory', 'memory.limit_in_bytes', memoryLimitBytes),
    ...pids,
  ]
}

/** v1's 2 … 262144 on v2's 1 … 10000, as runc maps them. */
export function cpuWeight(shares: number): number {
  return 1 + Math.floor(((Math.min(262_144, Math.max(2, shares)) - 2) * 9999) / 262_142)
}

/** How many processes the kernel killed for want of memory: from memory.events (v2) or memory.oom_control (v1). */
export function oomKillCount(text: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0)
}

export class Cgroups {
  readonly version: 1 | 2
  readonly #root: string
  readonly #hierarchies: Hierarchy[]

  /** `root`: the cluster's own, without slashes. */
  constructor(root: string, hierarchies: Hierarchy[]) {
    this.#root = root
    this.#hierarchies = hierarchies
    this.version = cgroupVersion(hierarchies)
  }

  static async detect(root: string): Promise<Cgroups> {
    return new Cgroups(root, cgroupHierarchies(await readFile('/proc/self/mountinfo', 'utf8')))
  }

  /** `/kubepods/pod1` → `/<root>/kubepods/pod1`, as the OCI runtime takes it. */
  absolute(path: string): string {
    return join('/', this.#root, path)
  }

  /** Makes it and its parents; sets what is given. May be called again. */
  async create(path: string, limits: CgroupLimits = {}): Promise<void> {
    await Promise.all(this.#hierarchies.map(hierarchy => this.#createIn(hierarchy, path)))
    for (const { controller, file, value } of limitSettings(this.version, limits)) {
      await writeFile(join(this.#directory(controller, path), file), value)
    }
  }

  async #createIn(hierarchy: Hierarchy, path: string): Promise<void> {
    const full = this.absolute(path)
    await mkdir(join(hierarchy.mountPoint, full), { recursive: true })
    if (hierarchy.version === 1 || this.version === 1) return
    // v2 hands controllers down one level at a time.
    const names = (await readFile(join(hierarchy.mountPoint, 'cgroup.controllers'), 'utf8')).trim().split(' ')
    const wanted = names.filter(name => ['cpu', 'cpuset', 'io', 'memory', 'pids', 'hugetlb'].includes(name))
    let directory = hierarchy.mountPoint
    for (const part of full.split('/').filter(Boolean)) {
      await writeFile(join(directory, 'cgroup.subtree_control'), wanted.map(name => `+${name}`).join(' '))
      directory = join(directory, part)
    }
  }

  /** Of the processes in this very cgroup, not in those below. 0 when it is gone. */
  async oomKills(path: string): Promise<number> {
    const file = this.version === 2 ? 'memory.events' : 'memory.oom_control'
    return oomKillCount(await readIfThere(join(this.#directory('memory', path), file)))
  }

  /** All processes in it and below. */
  async processes(path: string): Promise<number[]> {
    const pids = new Set<number>()
    for (const { mountPoint } of this.#hierarchies) {
      for (const directory of await tree(join(mountPoint, this.absolute(path)))) {
        const text = await readIfThere(join(directory, 'cgroup.procs'))
        for (const line of text.split('\n')) if (line) pids.add(Number(line))
      }
    }
    return [...pids]
  }

  /** Ends every process in it and below, whoever started it. */
  async kill(path: string): Promise<void> {
    for (const pid of await this.processes(path)) killIfAlive(pid)
  }

  /** Removes it with all below. A process that is just ending may hold it for a moment. Throws when one stays. */
  async remove(path: string, clock: Clock): Promise<void> {
    for (const { mountPoint } of this.#hierarchies) {
      for (const directory of (await tree(join(mountPoint, this.absolute(path)))).reverse()) {
        await removeDirectory(directory, clock)
      }
    }
  }

  #directory(controller: string, path: string): string {
    const hierarchy = this.#hierarchies.find(({ version, controllers }) =>
      this.version === 2 ? version === 2 : controllers.includes(controller),
    )
    if (!hierarchy) throw new Error(`the ${controller} controller is not mounted`)
    return join(hierarchy.mountPoint, this.absolute(path))
  }
}

/** The directory and all below, parents first; nothing when it is not there. */
async function tree(directory: string): Promise<string[]> {
  let names: string[]
  try {
    names = (await readdir(directory, { withFileTypes: true })).filter(e => e.isDirectory()).map(e => e.name)
  } catch (error) {
    if (isGone(error)) return []
    throw error
  }
  const below = await Promise.all(names.map(name => tree(join(directory, name))))
  return [directory, ...below.flat()]
}

const attempts = 50

async function removeDirectory(directory: string, clock: Clock): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rmdir(directory)
    } catch (error) {
      if (isGone(error)) return
      if (attempt === attempts || (error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
    }
    await clock.sleep(20)
  }
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isGone(error)) return ''
    throw error
  }
}

/** ENODEV: the cgroup was removed while its file was open. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ENODEV'].includes((error as NodeJS.ErrnoException).code ?? '')
}
