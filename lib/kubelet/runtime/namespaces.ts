// A pod's namespaces, kept without a process: bind mounts of the kernel's files hold them as long as the pod lives. Only
// a PID namespace dies with its first process, so a shared one has a process that does nothing but wait.

import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../util/clock.ts'
import { exec } from '../../util/exec.ts'
import { mountPoints, unmountTree } from './mount-points.ts'
import type { SandboxConfig } from './runtime.ts'

/** Paths to join, or `host`, or `own` for a new one in each container. */
export interface Namespaces {
  network: string
  ipc: string
  uts: string
  pid: string
}

const netnsDirectory = '/run/netns'

export function namespacePaths(config: SandboxConfig, netnsName: string, directory: string): Namespaces {
  const { hostNetwork, hostIPC, hostPID, shareProcessNamespace } = config
  return {
    network: hostNetwork ? 'host' : join(netnsDirectory, netnsName),
    ipc: hostIPC ? 'host' : join(directory, 'ipc'),
    uts: hostNetwork ? 'host' : join(directory, 'uts'),
    pid: hostPID ? 'host' : shareProcessNamespace ? join(directory, 'pid') : 'own',
  }
}

/** The script, run with the new namespaces entered, that names the host and sets the pod's kernel parameters. */
function setUp(config: SandboxConfig): { script: string; args: string[] } {
  const sysctls = Object.entries(config.sysctls)
  const script = [
    ...(config.hostNetwork ? [] : ['hostname "$1"']),
    'shift',
    'while [ $# -gt 0 ]; do printf %s "$2" > "/proc/sys/$1"; shift 2; done',
  ].join('\n')
  const args = sysctls.flatMap(([name, value]) => [name.replaceAll('.', '/'), value])
  return { script: `set -e\n${script}`, args: [config.hostname, ...args] }
}

export interface NamespaceInput {
  config: SandboxConfig
  netnsName: string
  /** Where their files lie. */
  directory: string
  clock: Clock
}

export async function makeNamespaces(input: NamespaceInput, signal: AbortSignal): Promise<void> {
  const { config, netnsName, directory, clock } = input
  const { ipc, uts, network, pid } = namespacePaths(config, netnsName, directory)
  await mkdir(directory, { recursive: true, mode: 0o711 })
  for (const path of [ipc, uts]) if (isPath(path)) await writeFile(path, '')
  if (isPath(network)) await exec('ip', ['netns', 'add', netnsName], { signal })
  const made = [...(isPath(ipc) ? [`--ipc=${ipc}`] : []), ...(isPath(uts) ? [`--uts=${uts}`] : [])]
  const { script, args } = setUp(config)
  const entered = isPath(network) ? ['nsenter', `--net=${network}`] : []
  const [program = 'sh', ...rest] = [...entered, 'sh', '-c', script, 'sh', ...args]
  if (made.length + entered.length + args.length > 1) await exec('unshare', [...made, program, ...rest], { signal })
  if (isPath(pid)) await holdPidNamespace(pid, join(directory, 'holder'), clock)
}

/** Its child ends are taken by the kernel: SIGCHLD is ignored. In Perl, for memory. */
const waiting = '$SIG{CHLD} = "IGNORE"; $SIG{TERM} = sub { exit }; $0 = "pause"; sleep 1000 while 1'

async function holdPidNamespace(path: string, pidFile: string, clock: Clock): Promise<void> {
  await writeFile(path, '')
  const child = spawn('unshare', [`--pid=${path}`, '--fork', '--kill-child=KILL', 'perl', '-e', waiting], {
    detached: true,
    stdio: 'ignore',
  })
  await new Promise<void>((resolve, reject) => {
    child.on('spawn', resolve)
    child.on('error', reject)
  })
  child.unref()
  await writeFile(pidFile, String(child.pid))
  await untilMounted(path, clock)
}

async function untilMounted(path: string, clock: Clock): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if ((await mountPoints()).includes(path)) return
    await clock.sleep(5)
  }
  throw new Error(`the shared PID namespace was not made: ${path}`)
}

/** May be called again. */
export async function removeNamespaces(netnsName: string, directory: string): Promise<void> {
  await endHolder(join(directory, 'holder'))
  await unmountTree(directory)
  await removeNetns(netnsName)
}

export async function removeNetns(name: string): Promise<void> {
  const path = join(netnsDirectory, name)
  await unmountTree(path)
  await rm(path, { force: true })
}

async function endHolder(pidFile: string): Promise<void> {
  const pid = Number(await readIfThere(pidFile))
  // The number may be another process's by now: only one that is what we started is ended.
  if (!pid || !(await readIfThere(`/proc/${pid}/cmdline`)).startsWith('unshare\0--pid=')) return
  process.kill(pid, 'SIGKILL')
}

/** ESRCH: the process ended while its file was open. */
async function readIfThere(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}

function isPath(where: string): boolean {
  return where.startsWith('/')
}
