// The shims of containerd: one process a container, which outlives containerd. When containerd is killed while it starts
// one, the next containerd may neither show nor end it. So they are looked for among the processes of the node, by the
// socket in their command line: those of another containerd are never touched.

import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Clock } from '../../util/clock.ts'
import { unmountTree } from './mount-points.ts'

/** Whose shims. */
export interface ShimOwner {
  socket: string
  namespace: string
}

export interface Shim extends ShimOwner {
  pid: number
  id: string
}

/** A number may be given to another process; with its time of start it is this one. */
interface Process {
  pid: number
  parent: number
  startTime: string
}

/** Some end when asked to; those of containerd 1.6 do not. */
const graceMs = 200

/** Where runc keeps what it knows of a container, whichever containerd asked it. */
const runcState = '/run/containerd/runc'

/** As containerd takes them; they become names of directories. */
const identifier = /^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$/

export async function findShims({ socket, namespace }: ShimOwner): Promise<Shim[]> {
  const found = await Promise.all((await pids()).map(shimOf))
  return found.filter(shim => shim !== undefined).filter(shim => shim.socket === socket && shim.namespace === namespace)
}

/** With all that it still runs, and what it leaves in containerd's directories. */
export async function endShim(shim: Shim, clock: Clock): Promise<void> {
  const before = await processes()
  const self = before.get(shim.pid)
  if (!self || (await shimOf(shim.pid))?.id !== shim.id) return
  const files = [...(await filesOf(shim)), join(runcState, shim.namespace, shim.id)]
  const below = descendants(self, before)
  await send(self, 'SIGTERM')
  await untilGone(self, clock, graceMs)
  below.push(...descendants(self, await processes()))
  for (const each of [self, ...below]) await send(each, 'SIGKILL')
  for (const each of [self, ...below]) await untilGone(each, clock, graceMs)
  for (const file of files) {
    await unmountTree(file)
    await rm(file, { recursive: true, force: true })
  }
}

/** Reads /proc/<pid>/cmdline. */
export function parseShim(commandLine: string): Omit<Shim, 'pid'> | undefined {
  const [program = '', ...args] = commandLine.split('\0')
  const value = (flag: string) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined)
  const [id = '', socket, namespace = ''] = [value('-id'), value('-address'), value('-namespace')]
  if (!basename(program).startsWith('containerd-shim') || !socket) return undefined
  if (!identifier.test(id) || !identifier.test(namespace)) return undefined
  return { id, socket, namespace }
}

async function shimOf(pid: number): Promise<Shim | undefined> {
  const shim = parseShim(await unlessGone(readFile(`/proc/${pid}/cmdline`, 'utf8'), ''))
  return shim && { pid, ...shim }
}

/** Its working directory is what containerd keeps of the task; from there lead a link and an address to the rest. */
async function filesOf({ pid, id }: Shim): Promise<string[]> {
  const bundle = await unlessGone(readlink(`/proc/${pid}/cwd`), '')
  if (basename(bundle) !== id) return []
  const work = await unlessGone(readlink(join(bundle, 'work')), '')
  const address = await unlessGone(readFile(join(bundle, 'address'), 'utf8'), '')
  const socket = /^unix:\/\/(\/run\/containerd\/s\/[0-9a-f]{64})$/.exec(address.trim())?.[1]
  return [bundle, ...(basename(work) === id ? [work] : []), ...(socket ? [socket] : [])]
}

async function pids(): Promise<number[]> {
  return (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
}

async function processes(): Promise<Map<number, Process>> {
  const found = await Promise.all((await pids()).map(processOf))
  return new Map(found.filter(each => each !== undefined).map(each => [each.pid, each]))
}

/** Undefined when it has ended, even if nobody has taken note of its end yet. */
async function processOf(pid: number): Promise<Process | undefined> {
  const text = await unlessGone(readFile(`/proc/${pid}/stat`, 'utf8'), '')
  // The name before, in brackets, may have any characters.
  const [state, parent, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (!parent || state === 'Z' || state === 'X') return undefined
  return { pid, parent: Number(parent), startTime: rest[17] ?? '' }
}

/** Parents first. */
function descendants(of: Process, all: ReadonlyMap<number, Process>): Process[] {
  const children = [...all.values()].filter(({ parent }) => parent === of.pid)
  return children.flatMap(child => [child, ...descendants(child, all)])
}

async function isThere({ pid, startTime }: Process): Promise<boolean> {
  return (await processOf(pid))?.startTime === startTime
}

async function send(to: Process, signal: NodeJS.Signals): Promise<void> {
  if (!(await isThere(to))) return
  try {
    process.kill(to.pid, signal)
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

async function untilGone(awaited: Process, clock: Clock, withinMs: number): Promise<void> {
  const deadline = clock.now() + withinMs
  while (clock.now() < deadline && (await isThere(awaited))) await clock.sleep(10)
}

async function unlessGone<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (isGone(error)) return otherwise
    throw error
  }
}

/** ESRCH: the process ended while its file was open. */
function isGone(error: unknown): boolean {
  return ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')
}
