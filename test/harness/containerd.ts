// A containerd of the test's own: its own root, state and socket, stopped and unmounted at the end. Needs root.

import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildWebImage } from '../../deploy/images/build.ts'
import { Ctr } from '../../lib/kubelet/runtime/ctr-command.ts'
import { unmountTree } from '../../lib/kubelet/runtime/mount-points.ts'
import { eventually } from './eventually.ts'

export interface TestContainerd {
  socket: string
  /** Beside containerd's own directories; goes with them. */
  directory: string
  ctr: Ctr
  /** Kills it; what runs in it goes on. */
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

const disabled = [
  'grpc.v1.cri',
  'snapshotter.v1.aufs',
  'snapshotter.v1.btrfs',
  'snapshotter.v1.devmapper',
  'snapshotter.v1.zfs',
]

export async function startContainerd(): Promise<TestContainerd> {
  const directory = await mkdtemp(join(tmpdir(), 'binnacle-containerd-'))
  const socket = join(directory, 'containerd.sock')
  const config = join(directory, 'config.toml')
  await writeFile(config, toml(directory, socket))
  const ctr = new Ctr(socket, 'k8s.io')
  let child: ReturnType<typeof spawn> | undefined
  const start = async () => {
    const log = openSync(join(directory, 'containerd.log'), 'a')
    child = spawn('containerd', ['--config', config, '--log-level', 'warn'], { stdio: ['ignore', log, log] })
    closeSync(log)
    const answers = async () => {
      if (child?.exitCode !== null) throw new Error(await readFile(join(directory, 'containerd.log'), 'utf8'))
      return ctr.run(['version'])
    }
    await eventually(answers, { timeoutMs: 20_000 })
  }
  const end = async (signal: 'SIGKILL' | 'SIGTERM') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise(resolve => child?.once('exit', resolve))
    child.kill(signal)
    await ended
  }
  const stop = async () => {
    await end('SIGTERM')
    await unmountTree(directory)
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return { socket, directory, ctr, start, stop, kill: () => end('SIGKILL') }
}

/** Built once a test run at most, then kept with the other build results. */
export async function importWebImage({ ctr, directory }: TestContainerd): Promise<string> {
  await mkdir(directory, { recursive: true })
  const archive = join(directory, 'web.tar')
  await buildWebImage(archive)
  await ctr.run(['images', 'import', archive])
  await rm(archive)
  return 'binnacle.local/web:1'
}

function toml(directory: string, socket: string): string {
  return [
    'version = 2',
    `root = ${JSON.stringify(join(directory, 'root'))}`,
    `state = ${JSON.stringify(join(directory, 'state'))}`,
    `disabled_plugins = ${JSON.stringify(disabled.map(name => `io.containerd.${name}`))}`,
    '[grpc]',
    `  address = ${JSON.stringify(socket)}`,
    '[ttrpc]',
    `  address = ${JSON.stringify(`${socket}.ttrpc`)}`,
    '',
  ].join('\n')
}
