// The ctr runtime on a containerd of its own: the contract, then what only a real one can show.

import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Cgroups } from '../../lib/kubelet/cgroups.ts'
import { containerRuntimeContract } from '../../lib/kubelet/runtime/contract.ts'
import { containerConfig, sandboxConfig, untilStopped } from '../../lib/kubelet/runtime/contract-values.ts'
import { type CtrRuntime, type CtrRuntimeOptions, openCtrRuntime } from '../../lib/kubelet/runtime/ctr.ts'
import { mountPoints, unmountTree } from '../../lib/kubelet/runtime/mount-points.ts'
import { purge } from '../../lib/kubelet/runtime/purge.ts'
import type { ContainerConfig, SandboxConfig } from '../../lib/kubelet/runtime/runtime.ts'
import { findShims } from '../../lib/kubelet/runtime/shims.ts'
import { silentLogger } from '../../lib/util/log.ts'
import { importWebImage, startContainerd, type TestContainerd } from '../harness/containerd.ts'
import { eventually } from '../harness/eventually.ts'

const run = promisify(execFile)
const signal = new AbortController().signal
const name = `bt${process.pid.toString(36)}`
/** Of a private range that no cluster here has by default. */
const podCidr = `10.201.${process.pid % 256}.0/24`

let containerd: TestContainerd
let directory: string
let options: CtrRuntimeOptions
let runtime: CtrRuntime
let imageId: string

beforeAll(async () => {
  containerd = await startContainerd()
  await importWebImage(containerd)
  directory = await mkdtemp(join(tmpdir(), 'binnacle-runtime-'))
  options = {
    ...{ socket: containerd.socket, stateDir: join(directory, 'state'), clusterName: name },
    ...{ cgroupRoot: name, bridge: name, podCidr: () => podCidr },
  }
  runtime = await openCtrRuntime(options, silentLogger)
  imageId = (await runtime.image('binnacle.local/web:1'))?.id ?? ''
}, 60_000)

afterAll(async () => {
  try {
    await purge(options)
  } finally {
    await containerd?.stop()
    await rm(directory, { recursive: true, force: true })
  }
}, 60_000)

containerRuntimeContract('ctr', async () => ({
  runtime,
  image: 'binnacle.local/web:1',
  restart: () => openCtrRuntime(options, silentLogger),
  kill: async ({ pid }) => {
    process.kill(pid ?? Number.NaN, 'SIGKILL')
  },
  cleanUp: async () => {},
  logDir: join(directory, 'logs'),
}))

/** A pod of one container that has been started. */
async function pod(podName: string, config: Partial<ContainerConfig> = {}, sandbox: Partial<SandboxConfig> = {}) {
  const made = await runtime.runSandbox(sandboxConfig(podName, sandbox), signal)
  const whole = containerConfig(imageId, join(directory, 'logs', podName), config)
  const id = await runtime.createContainer(made.id, whole, signal)
  await runtime.startContainer(id, signal)
  return { sandbox: made, id, logPath: whole.logPath }
}

const find = async (id: string, of = runtime) => (await of.list(signal)).containers.find(found => found.id === id)
const ended = (id: string) => eventually(async () => ((await find(id))?.state === 'exited' ? find(id) : undefined))
const output = async (id: string, ...command: string[]) =>
  (await runtime.execSync(id, command, 10_000, signal)).stdout.toString().trim()

test('the image serves on the pod’s address, under its host name, and logs requests', async () => {
  const { sandbox, logPath } = await pod('web', { command: [] })
  const url = `http://${sandbox.ips[0]}:8080`
  const text = await eventually(async () => (await fetch(url)).text())
  expect(text.trim()).toBe('web')
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  await eventually(async () => /^\S+ std(out|err) F .*(GET|url).*\/healthz/m.test(await readFile(logPath, 'utf8')))
})

test('a log line has its time, stream and whether it is whole; a last line without an end is kept', async () => {
  const script = 'echo out; echo err >&2; printf "%020000d\\n" 7; printf end'
  const { id, logPath } = await pod('log', { command: ['sh', '-c', script] })
  await ended(id)
  const lines = (await readFile(logPath, 'utf8')).trimEnd().split('\n')
  const parsed = lines.map(line => /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) (stdout|stderr) ([FP]) (.*)$/.exec(line))
  const told = parsed.map(match => `${match?.[2]} ${match?.[3]} ${match?.[4]?.length}`)
  expect(told.filter(text => text.startsWith('stderr'))).toEqual(['stderr F 3'])
  expect(told.filter(text => text.startsWith('stdout'))).toEqual([
    'stdout F 3',
    'stdout P 16384',
    'stdout F 3616',
    'stdout P 3',
  ])
  expect(Math.abs(Date.parse(parsed[0]?.[1] ?? '') - Date.now())).toBeLessThan(60_000)
})

test('containers of a pod share network, host name and /dev/shm, not processes', async () => {
  const { sandbox, id } = await pod('shared')
  const config = containerConfig(imageId, join(directory, 'logs', 'shared'), { name: 'second' })
  const second = await runtime.createContainer(sandbox.id, config, signal)
  await runtime.startContainer(second, signal)
  await output(id, 'sh', '-c', 'echo hello > /dev/shm/word')
  expect(await output(second, 'cat', '/dev/shm/word')).toBe('hello')
  expect(await output(second, 'hostname')).toBe('shared')
  const namespaces = (of: string) =>
    output(of, 'sh', '-c', 'for n in net ipc uts pid mnt; do readlink /proc/self/ns/$n; done')
  const [one, two] = [(await namespaces(id)).split('\n'), (await namespaces(second)).split('\n')]
  expect(one.slice(0, 3)).toEqual(two.slice(0, 3))
  expect(one[3]).not.toBe(two[3])
  expect(await output(id, 'cat', '/etc/resolv.conf')).toContain('nameserver 10.96.0.10')
})

test('with a shared process namespace each sees the other, and the first process is no container’s', async () => {
  const { id, sandbox } = await pod('pids', {}, { shareProcessNamespace: true })
  expect(await output(id, 'cat', '/proc/1/cmdline')).toContain('pause')
  await runtime.removeSandbox(sandbox.id, signal)
  expect((await run('ps', ['-eo', 'args'])).stdout).not.toContain(`--pid=${options.stateDir}/sandboxes/${sandbox.id}`)
})

test('a host port leads to the pod, from the node and by its loopback address, until the pod is gone', async () => {
  const hostPort = 20_000 + (process.pid % 10_000)
  const portMappings = [{ protocol: 'TCP' as const, containerPort: 8080, hostPort }]
  const { sandbox } = await pod('port', { command: [] }, { portMappings })
  const text = await eventually(async () => (await fetch(`http://127.0.0.1:${hostPort}`)).text())
  expect(text.trim()).toBe('port')
  await runtime.stopSandbox(sandbox.id, signal)
  await expect(fetch(`http://127.0.0.1:${hostPort}`)).rejects.toThrow()
})

test('memory beyond the limit ends a container as OOMKilled', async () => {
  const { id } = await pod('oom', {
    command: ['sh', '-c', 'a=xxxxxxxxxxxxxxxx; while :; do a=$a$a; done'],
    resources: { oomScoreAdj: 1000, memoryLimitBytes: 16 * 1024 * 1024 },
  })
  expect(await ended(id)).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
})

test('a command that is not there: StartError, with what the runtime says', async () => {
  const start = pod('nocmd', { command: ['no-such-command'] })
  await expect(start).rejects.toMatchObject({ reason: 'RunContainerError' })
  const { containers } = await runtime.list(signal)
  const found = containers.find(container => container.pod.name === 'nocmd')
  expect(found).toMatchObject({ state: 'exited', exitCode: 128, reason: 'StartError' })
  expect(found?.message).toContain('exec: "no-such-command": executable file not found in $PATH')
})

test('user, capabilities, seccomp and a read-only root are the kernel’s, not only words', async () => {
  const security = {
    ...containerConfig(imageId, '').security,
    ...{ runAsUser: 1000, runAsGroup: 2000, fsGroup: 3000, supplementalGroups: [4000] },
    ...{ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, dropCapabilities: ['ALL'] },
  }
  const { id } = await pod('secure', { security })
  const status = await output(id, 'cat', '/proc/self/status')
  const value = (key: string) => new RegExp(`^${key}:\\s*(.*?)\\s*$`, 'm').exec(status)?.[1]
  expect(value('Uid')).toBe('1000\t1000\t1000\t1000')
  expect(value('Gid')).toBe('2000\t2000\t2000\t2000')
  expect(value('Groups')?.split(' ').map(Number).toSorted()).toEqual([2000, 3000, 4000])
  expect([value('CapBnd'), value('CapEff')]).toEqual(['0000000000000000', '0000000000000000'])
  expect([value('NoNewPrivs'), value('Seccomp')]).toEqual(['1', '2'])
  const { exitCode, stderr } = await runtime.execSync(id, ['touch', '/file'], 10_000, signal)
  expect([exitCode, stderr.toString()]).toEqual([1, expect.stringContaining('Read-only file system')])
})

test('a privileged container has the node’s devices; memory, files and directories are mounted', async () => {
  const hostPath = join(directory, 'volume')
  const base = { propagation: 'private' as const, readOnly: false }
  const { id } = await pod('privileged', {
    security: { ...containerConfig(imageId, '').security, privileged: true },
    mounts: [
      { ...base, containerPath: '/memory', hostPath: '', tmpfsBytes: 1024 * 1024 },
      { ...base, containerPath: '/volume', hostPath, readOnly: true },
      { ...base, containerPath: '/etc/hosts', hostPath: '/etc/hosts' },
    ],
  })
  expect(await output(id, 'sh', '-c', 'ls /dev/kmsg; df -k /memory | tail -1')).toMatch(/^\/dev\/kmsg\ntmpfs +1024 /)
  expect(await output(id, 'cat', '/etc/hosts')).toBe((await readFile('/etc/hosts', 'utf8')).trim())
  expect((await runtime.execSync(id, ['touch', '/volume/x'], 10_000, signal)).stderr.toString()).toContain('Read-only')
})

test('a command that takes too long is killed with all it started', async () => {
  const { id } = await pod('slow')
  const slow = runtime.execSync(id, ['sleep', '4711'], 200, signal)
  await expect(slow).rejects.toMatchObject({ reason: 'DeadlineExceeded' })
  expect(await output(id, 'ps')).not.toContain('sleep 4711')
  const none = runtime.execSync(id, ['no-such-command'], 10_000, signal)
  await expect(none).rejects.toThrow(/executable file not found in \$PATH/)
  const failed = await runtime.execSync(id, ['sh', '-c', 'echo why >&2; exit 7'], 10_000, signal)
  expect([failed.exitCode, failed.stderr.toString()]).toEqual([7, 'why\n'])
})

test('how a container ended while nobody watched is exact, and its log whole', async () => {
  const { id, logPath } = await pod('unseen', { command: ['sh', '-c', 'sleep 0.3; echo last; exit 42'] })
  const { pid } = (await find(id)) ?? {}
  await eventually(() =>
    readFile(`/proc/${pid}/stat`).then(
      () => false,
      () => true,
    ),
  )
  const later = await openCtrRuntime(options, silentLogger)
  const end = await find(id, later)
  expect(end).toMatchObject({ state: 'exited', exitCode: 42 })
  expect((end?.finishedAtMs ?? 0) - (end?.startedAtMs ?? 0)).toBeLessThan(5000)
  expect(await readFile(logPath, 'utf8')).toContain(' stdout F last\n')
})

test('containers outlive containerd; the stream of events says to look again', async () => {
  const listening = new AbortController()
  const seen: string[] = []
  const reading = (async () => {
    for await (const event of runtime.events(listening.signal)) seen.push(event.type)
  })()
  await eventually(() => seen.length === 1)
  const { id } = await pod('outlives')
  const before = await find(id)
  await containerd.kill()
  await expect(runtime.list(signal)).rejects.toThrow()
  expect(await runtime.notReadyReason()).toBe('container runtime is down')
  await containerd.start()
  await eventually(() => seen.includes('relist') && seen.length >= 2)
  expect(await find(id)).toEqual(before)
  process.kill(before?.pid ?? Number.NaN, 'SIGKILL')
  expect(await ended(id)).toMatchObject({ exitCode: 137 })
  listening.abort()
  await reading
})

test('without a podCIDR the network is not ready, and a pod that needs it is refused with nothing left', async () => {
  const unready = await openCtrRuntime(
    { ...options, stateDir: join(directory, 'other'), podCidr: () => undefined },
    silentLogger,
  )
  expect(await unready.notReadyReason()).toBe(
    'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
  )
  const refused = unready.runSandbox(sandboxConfig('unready'), signal)
  await expect(refused).rejects.toThrow(
    /^failed to setup network for sandbox "[0-9a-f]{64}": cni plugin not initialized$/,
  )
  expect(await readdir(join(directory, 'other/sandboxes'))).toEqual([])
})

test('what a killed kubelet left half made is removed by the next', async () => {
  const { sandbox, id } = await pod('half')
  const records = join(options.stateDir, 'containers', id, 'record.json')
  await writeFile(records, JSON.stringify({ ...JSON.parse(await readFile(records, 'utf8')), state: 'creating' }))
  const later = await openCtrRuntime(options, silentLogger)
  expect(await find(id, later)).toBeUndefined()
  expect(await containerd.ctr.run(['containers', 'ls', '--quiet'])).not.toContain(id)
  expect(await containerd.ctr.run(['snapshots', 'ls'])).not.toContain(id)
  await later.removeSandbox(sandbox.id, signal)
  runtime = await openCtrRuntime(options, silentLogger)
})

test('a container that a killed kubelet had made and not started is removed; one that it had started goes on', async () => {
  const { sandbox, id, logPath } = await pod('killed')
  const made = containerConfig(imageId, join(directory, 'logs', 'killed'), { name: 'second' })
  const second = await runtime.createContainer(sandbox.id, made, signal)
  const before = await find(id)
  const record = join(options.stateDir, 'containers', id, 'record.json')
  await writeFile(record, JSON.stringify({ ...JSON.parse(await readFile(record, 'utf8')), state: 'created' }))
  runtime = await openCtrRuntime(options, silentLogger)
  expect(await find(second)).toBeUndefined()
  expect(await containerd.ctr.run(['containers', 'ls', '--quiet'])).not.toContain(second)
  expect(await find(id)).toMatchObject({ state: 'running', pid: before?.pid, logPath })
  await runtime.removeSandbox(sandbox.id, signal)
})

test('a start that is given up is no failure of the container', async () => {
  const { id: sandbox } = await runtime.runSandbox(sandboxConfig('given-up'), signal)
  const id = await runtime.createContainer(
    sandbox,
    containerConfig(imageId, join(directory, 'logs', 'given-up')),
    signal,
  )
  const stop = new AbortController()
  const starting = runtime.startContainer(id, stop.signal)
  stop.abort()
  await expect(starting).rejects.toBe(stop.signal.reason)
  expect(await find(id)).toMatchObject({ state: 'created' })
  await runtime.removeSandbox(sandbox, signal)
})

test('a process that containerd forgot does not keep its container from being removed', async () => {
  const { id: sandbox } = await runtime.runSandbox(sandboxConfig('forgotten'), signal)
  const config = containerConfig(imageId, join(directory, 'logs', 'forgotten'))
  const id = await runtime.createContainer(sandbox, config, signal)
  const { cgroup } = JSON.parse(await readFile(join(options.stateDir, 'containers', id, 'record.json'), 'utf8'))
  const cgroups = await Cgroups.detect(name)
  await cgroups.create(cgroup)
  const forgotten = spawn('sleep', ['60'])
  const ended = new Promise(resolve => forgotten.once('exit', (_, killedBy) => resolve(killedBy)))
  const { stdout } = await run('find', ['/sys/fs/cgroup', '-path', `*${cgroups.absolute(cgroup)}/cgroup.procs`])
  // A cpuset of the first kind takes nobody before it was given processors.
  const takes = stdout
    .trim()
    .split('\n')
    .filter(file => !file.includes('/cpuset/'))
  for (const file of takes) await writeFile(file, String(forgotten.pid))
  await runtime.removeSandbox(sandbox, signal)
  expect(await ended).toBe('SIGKILL')
  expect(await find(id)).toBeUndefined()
})

test('a container that cannot be removed does not keep the others from being seen', async () => {
  const { id, sandbox } = await pod('seen')
  const stuck = join(options.stateDir, 'containers', 'no id of containerd')
  const whole = JSON.parse(await readFile(join(options.stateDir, 'containers', id, 'record.json'), 'utf8'))
  await mkdir(stuck)
  await writeFile(
    join(stuck, 'record.json'),
    JSON.stringify({ ...whole, id: 'no id of containerd', state: 'creating', cgroup: `${whole.cgroup}/cgroup.procs` }),
  )
  const later = await openCtrRuntime(options, silentLogger)
  expect(await find(id, later)).toMatchObject({ state: 'running' })
  await rm(stuck, { recursive: true })
  await runtime.removeSandbox(sandbox.id, signal)
})

/**
 * containerd is killed in the middle of a start, and started again. The shim is then known to nobody: where containerd
 * got so far that it knows the task again, the moment came too late, and another is tried.
 */
async function interruptedStart(podName: string) {
  for (let attempt = 0; attempt < 20; attempt++) {
    const { id, sandbox, why } = await startWithoutContainerd(`${podName}-${attempt}`)
    const isKnown = (await containerd.ctr.run(['tasks', 'ls', '--quiet'])).includes(id)
    if (why && !isKnown && (await shimsOf(id)).length === 1) {
      expect(why).toMatchObject({ reason: 'RunContainerError' })
      return { id, sandbox }
    }
    await runtime.removeSandbox(sandbox, signal)
  }
  throw new Error('containerd was never killed at the right moment')
}

async function startWithoutContainerd(podName: string) {
  const { id: sandbox } = await runtime.runSandbox(sandboxConfig(podName), signal)
  const id = await runtime.createContainer(sandbox, containerConfig(imageId, join(directory, 'logs', podName)), signal)
  const starting = runtime.startContainer(id, signal)
  const failure = starting.then(
    () => undefined,
    error => error,
  )
  // Not the one that only starts it.
  const stands = async () => {
    const pid = (await shimsOf(id))[0]
    return pid && !(await readFile(`/proc/${pid}/cmdline`, 'utf8')).includes('\0start\0')
  }
  await eventually(stands, { intervalMs: 1 })
  await containerd.kill()
  const why = await failure
  await containerd.start()
  return { id, sandbox, why }
}

const shimsOf = async (id: string) =>
  (await findShims({ socket: containerd.socket, namespace: 'k8s.io' }))
    .filter(shim => shim.id === id)
    .map(({ pid }) => pid)

/** What containerd and its shims keep of a task. */
const taskDirectories = async (id: string) =>
  (await run('find', [containerd.directory, '/run/containerd/runc', '-maxdepth', '4', '-name', id])).stdout

test('a start that containerd’s end cut off is no failure of the container; its shim goes', async () => {
  const { id, sandbox } = await interruptedStart('cut-off')
  expect(await find(id)).toBeUndefined()
  expect(await shimsOf(id)).toEqual([])
  expect(await taskDirectories(id)).toBe('')
  const again = await runtime.createContainer(sandbox, containerConfig(imageId, join(directory, 'logs/again')), signal)
  await runtime.startContainer(again, signal)
  expect(await find(again)).toMatchObject({ state: 'running' })
  await runtime.removeSandbox(sandbox, signal)
})

test('purge ends the shims that containerd does not know, and no others', async () => {
  const { id } = await interruptedStart('orphan')
  const { ctr } = containerd
  const others = `of-others-${name}`
  const recorded = join(options.stateDir, 'containers', id)
  await unmountTree(recorded)
  await rm(recorded, { recursive: true })
  await ctr.run(['containers', 'create', 'binnacle.local/web:1', others, 'sleep', '600'])
  await ctr.run(['tasks', 'start', '--detach', others])
  await purge(options)
  expect(await shimsOf(id)).toEqual([])
  expect(await taskDirectories(id)).toBe('')
  expect(await shimsOf(others)).toHaveLength(1)
  await ctr.run(['tasks', 'rm', '--force', others])
  await ctr.run(['containers', 'rm', others])
  runtime = await openCtrRuntime(options, silentLogger)
})

test('purge leaves no task, container, snapshot, mount, namespace, cgroup, interface or rule', async () => {
  await pod('purged', { command: untilStopped }, { shareProcessNamespace: true })
  await purge(options)
  await purge(options)
  expect(await containerd.ctr.run(['tasks', 'ls', '--quiet'])).toBe('')
  expect(await containerd.ctr.run(['containers', 'ls', '--quiet'])).toBe('')
  expect((await containerd.ctr.run(['snapshots', 'ls'])).match(/Active/g)).toBeNull()
  expect((await mountPoints()).filter(path => path.includes(name) || path.startsWith(directory))).toEqual([])
  expect((await readdir('/run/netns')).filter(entry => entry.startsWith(`${name}-`))).toEqual([])
  expect(await (await Cgroups.detect(name)).processes('/')).toEqual([])
  expect((await run('find', ['/sys/fs/cgroup', '-maxdepth', '3', '-name', name])).stdout).toBe('')
  expect((await run('ip', ['-oneline', 'link'])).stdout).not.toContain(` ${name}:`)
  expect((await run('nft', ['list', 'tables'])).stdout).not.toContain(name)
  expect((await run('ps', ['-eo', 'args'])).stdout).not.toContain(options.stateDir)
})
