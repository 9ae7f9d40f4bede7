import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../util/clock.ts'
import { Cgroups, cgroupHierarchies, cgroupVersion, cpuWeight, limitSettings, oomKillCount } from './cgroups.ts'

const v1 = `31 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
32 25 0:29 / /sys/fs/cgroup/memory rw,relatime shared:5 - cgroup cgroup rw,memory
33 25 0:30 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
34 25 0:31 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
35 25 0:32 / /proc rw - proc proc rw`
const v2 = '31 25 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw,nsdelegate'

test('hierarchies of a hybrid system: version 1 decides', () => {
  const found = cgroupHierarchies(v1)
  expect(found).toEqual([
    { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', version: 1, controllers: ['cpu', 'cpuacct'] },
    { mountPoint: '/sys/fs/cgroup/memory', version: 1, controllers: ['memory'] },
    { mountPoint: '/sys/fs/cgroup/systemd', version: 1, controllers: [] },
    { mountPoint: '/sys/fs/cgroup/unified', version: 2, controllers: [] },
  ])
  expect([cgroupVersion(found), cgroupVersion(cgroupHierarchies(v2))]).toEqual([1, 2])
})

test.each([
  [2, 1],
  [1024, 39],
  [262_144, 10_000],
  [0, 1],
])('%d shares are a weight of %d', (shares, weight) => {
  expect(cpuWeight(shares)).toBe(weight)
})

test('limits, as each version takes them', () => {
  const limits = { cpuShares: 1024, cpuQuotaUs: 5000, memoryLimitBytes: 4096, pidsLimit: 10 }
  const text = (version: 1 | 2) => limitSettings(version, limits).map(({ file, value }) => `${file}=${value}`)
  expect(text(1)).toEqual([
    ...['cpu.shares=1024', 'cpu.cfs_period_us=100000', 'cpu.cfs_quota_us=5000'],
    ...['memory.limit_in_bytes=4096', 'pids.max=10'],
  ])
  expect(text(2)).toEqual(['cpu.weight=39', 'cpu.max=5000 100000', 'memory.max=4096', 'pids.max=10'])
  expect(limitSettings(1, {})).toEqual([])
})

test('kills for want of memory', () => {
  expect(oomKillCount('oom_kill_disable 0\nunder_oom 0\noom_kill 2\n')).toBe(2)
  expect(oomKillCount('low 0\noom 3\noom_kill 1\noom_group_kill 0\n')).toBe(1)
  expect(oomKillCount('')).toBe(0)
})

describe('in a directory instead of the kernel', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'binnacle-cgroups-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  test('v1: made in every hierarchy below the root, read, and removed with all below', async () => {
    const hierarchies = ['cpu', 'memory'].map(name => ({
      mountPoint: join(directory, name),
      controllers: [name],
      version: 1 as const,
    }))
    const cgroups = new Cgroups('demo', hierarchies)
    expect(cgroups.absolute('/kubepods/pod1')).toBe('/demo/kubepods/pod1')
    await cgroups.create('/kubepods/pod1/c')
    await cgroups.create('/kubepods/pod1/c')
    await writeFile(join(directory, 'memory/demo/kubepods/pod1/c/memory.oom_control'), 'oom_kill 3\n')
    expect(await cgroups.oomKills('/kubepods/pod1/c')).toBe(3)
    expect(await cgroups.oomKills('/kubepods/pod2')).toBe(0)
    await writeFile(join(directory, 'cpu/demo/kubepods/pod1/cgroup.procs'), '5\n6\n')
    expect(await cgroups.processes('/')).toEqual([5, 6])
    // The kernel's own files vanish with a cgroup; here they are ours to remove.
    await rm(join(directory, 'memory/demo/kubepods/pod1/c/memory.oom_control'))
    await rm(join(directory, 'cpu/demo/kubepods/pod1/cgroup.procs'))
    await cgroups.remove('/', systemClock)
    await cgroups.remove('/', systemClock)
    expect(await readdir(join(directory, 'cpu'))).toEqual([])
    expect(await readdir(join(directory, 'memory'))).toEqual([])
  })

  test('v2: controllers are handed down at every level but the last; limits are written', async () => {
    await writeFile(join(directory, 'cgroup.controllers'), 'cpuset cpu io memory pids rdma\n')
    const cgroups = new Cgroups('demo', [{ mountPoint: directory, controllers: [], version: 2 }])
    await mkdir(join(directory, 'demo'))
    await cgroups.create('/pod1', { memoryLimitBytes: 4096 })
    for (const level of ['.', 'demo']) {
      expect(await readFile(join(directory, level, 'cgroup.subtree_control'), 'utf8')).toBe(
        '+cpuset +cpu +io +memory +pids',
      )
    }
    expect((await readdir(join(directory, 'demo/pod1'))).sort()).toEqual(['memory.max'])
    expect(await readFile(join(directory, 'demo/pod1/memory.max'), 'utf8')).toBe('4096')
  })
})
