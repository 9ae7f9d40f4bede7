// etcd as a child process with its data in a temporary directory. It chooses its port itself, and keeps it.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { EtcdServer, ServerTls } from './etcd.ts'

export function etcdIsOnPath(): boolean {
  try {
    execFileSync('etcd', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

export async function startEtcdProcess(tls?: ServerTls): Promise<EtcdServer> {
  const dir = mkdtempSync(join(tmpdir(), 'binnacle-etcd-'))
  const extra = tls ? tlsFlags(dir, tls) : []
  const scheme = tls ? 'https' : 'http'
  let { child, port } = await launch(dir, scheme, 0, extra)
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise(resolve => child.once('exit', resolve))
    child.kill(signal)
    await exited
  }
  return {
    port,
    get pid() {
      return child.pid
    },
    kill: () => kill('SIGKILL'),
    async restart() {
      await kill('SIGTERM')
      ;({ child, port } = await launch(dir, scheme, port, extra))
    },
    async stop() {
      await kill('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Resolves when etcd says on which port it serves. */
async function launch(dir: string, scheme: string, port: number, extra: string[]) {
  const client = `${scheme}://127.0.0.1:${port}`
  const peer = 'http://127.0.0.1:0'
  const child = spawn('etcd', [
    ...['--data-dir', join(dir, 'data'), '--logger', 'zap', '--log-level', 'info'],
    ...['--listen-client-urls', client, '--advertise-client-urls', client],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
    // A single member elects itself: there is no one to wait for.
    ...['--heartbeat-interval', '10', '--election-timeout', '100'],
    ...extra,
  ])
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  child.once('exit', () => process.off('exit', killWithUs))
  return { child, port: await servedPort(child) }
}

function servedPort(child: ChildProcess): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  let last = ''
  const onLine = (line: string) => {
    if (line.includes('"level":"fatal"') || line.includes('"level":"error"')) last = line
    const served = /serving client traffic .*"address":"127\.0\.0\.1:(\d+)"/.exec(line)
    if (served) resolve(Number(served[1]))
  }
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', onLine)
  child.once('error', reject)
  child.once('exit', code => reject(new Error(`etcd exited with code ${code}: ${last}`)))
  return promise
}

function tlsFlags(dir: string, { ca, cert, key }: ServerTls): string[] {
  const files = { ca, cert, key }
  for (const [name, pem] of Object.entries(files)) writeFileSync(join(dir, `${name}.pem`), pem, { mode: 0o600 })
  const path = (name: keyof typeof files) => join(dir, `${name}.pem`)
  return ['--client-cert-auth', '--trusted-ca-file', path('ca'), '--cert-file', path('cert'), '--key-file', path('key')]
}
