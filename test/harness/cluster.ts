// A whole cluster for a test: the real `binnacle up` in a state directory of its own, gone afterwards.

import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import type { Client } from '../../lib/client/client.ts'
import { connect } from '../../lib/client/http-client.ts'
import { bridgeName, type ClusterConfig } from '../../lib/supervisor/cluster-config.ts'
import { containerdSocket } from '../../lib/supervisor/components.ts'
import { type ProcessRecord, runningProcesses } from '../../lib/supervisor/processes.ts'
import { type ExecOptions, exec } from '../../lib/util/exec.ts'

export const repository = resolve(import.meta.dirname, '../..')
const binary = join(repository, 'dist/binnacle.js')

export class TestCluster {
  readonly stateDir: string
  #client: Client | undefined

  private constructor(stateDir: string) {
    this.stateDir = stateDir
  }

  /** Comes back when the node is Ready. */
  static async start(...flags: string[]): Promise<TestCluster> {
    // Short: a containerd socket's path has 108 characters at most.
    const cluster = new TestCluster(await mkdtemp('/tmp/bnt-'))
    await cluster.up(`--cluster-cidr=10.${200 + Math.floor(Math.random() * 50)}.0.0/16`, ...flags)
    return cluster
  }

  get kubeconfigPath(): string {
    return join(this.stateDir, 'admin.conf')
  }

  get client(): Client {
    this.#client ??= connect(this.kubeconfigPath)
    return this.#client
  }

  /** The official client's configuration, as a foreign program would load it. */
  kubeConfig(): KubeConfig {
    const config = new KubeConfig()
    config.loadFromFile(this.kubeconfigPath)
    return config
  }

  config(): ClusterConfig {
    return JSON.parse(readFileSync(join(this.stateDir, 'cluster.json'), 'utf8'))
  }

  /** What it printed. */
  async up(...flags: string[]): Promise<string> {
    return this.#binnacle('up', ...flags)
  }

  async down(): Promise<string> {
    this.#client?.close()
    this.#client = undefined
    return this.#binnacle('down')
  }

  /** Stops it and removes its directory. */
  async remove(): Promise<void> {
    this.#client?.close()
    await this.#binnacle('reset')
    await rm(this.stateDir, { recursive: true, force: true })
  }

  async #binnacle(...args: string[]): Promise<string> {
    const { stdout } = await exec(process.execPath, [binary, '--state-dir', this.stateDir, ...args], {
      timeoutMs: 300_000,
    })
    return stdout
  }

  async kubectl(...args: string[]): Promise<string> {
    return (await this.kubectlWith({}, ...args)).stdout
  }

  /** `kubectl apply` of objects. */
  async apply(...objects: object[]): Promise<string> {
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
    return (await this.kubectlWith({ input }, 'apply', '-f', '-')).stdout
  }

  /** Throws ExecError with kubectl's words in `stderr`. */
  kubectlWith(
    options: ExecOptions & { kubeconfig?: string },
    ...args: string[]
  ): Promise<{ stdout: string; stderr: string }> {
    const { kubeconfig = this.kubeconfigPath, ...rest } = options
    const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: this.stateDir }
    return exec('kubectl', args, { timeoutMs: 120_000, ...rest, env })
  }

  async ctr(...args: string[]): Promise<string> {
    const { stdout } = await exec('ctr', ['--address', containerdSocket(this.config()), '-n', 'k8s.io', ...args])
    return stdout
  }

  /** Container id to process id, of running tasks. */
  async tasks(): Promise<Map<string, number>> {
    const lines = (await this.ctr('task', 'ls')).trim().split('\n').slice(1)
    const rows = lines.map(line => line.trim().split(/\s+/)).filter(([, , status]) => status === 'RUNNING')
    return new Map(rows.map(([id = '', pid]) => [id, Number(pid)]))
  }

  processes(): Promise<ProcessRecord[]> {
    return runningProcesses(this.stateDir)
  }

  async log(component: string): Promise<string> {
    return readFile(join(this.stateDir, 'logs', `${component}.log`), 'utf8')
  }

  /** Everything on this machine that belongs to this cluster; empty after `down`. */
  async leftovers(): Promise<string[]> {
    const { clusterName, nodeIP } = this.config()
    const bridge = bridgeName(this.config())
    const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
    const links = (await exec('ip', ['-oneline', 'link'])).stdout.split('\n')
    const addresses = (await exec('ip', ['-oneline', 'address'])).stdout.split('\n')
    const rules = (await exec('nft', ['list', 'ruleset'])).stdout.split('\n')
    const natRules = (await exec('iptables-save', [])).stdout.split('\n')
    const named = (line: string) => line.includes(this.stateDir) || line.includes(bridge) || line.includes(clusterName)
    return [
      ...processesOf(this.stateDir).map(command => `process ${command}`),
      ...mounts.filter(named).map(line => `mount ${line}`),
      ...links.filter(line => line.includes(bridge)).map(line => `link ${line}`),
      ...addresses.filter(line => line.includes(`${nodeIP}/`)).map(line => `address ${line}`),
      ...[...rules, ...natRules].filter(named).map(line => `rule ${line}`),
      ...cgroupsNamed(clusterName).map(path => `cgroup ${path}`),
    ]
  }
}

/** A Deployment of one container that serves HTTP on 8080. */
export function deploymentOf(name: string, image = 'binnacle.local/web:1'): object {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image }] } },
    },
  }
}

/** Command lines that name this directory. */
function processesOf(dir: string): string[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      } catch {
        return '' // It has ended meanwhile.
      }
    })
    .filter(command => command.includes(dir))
}

function cgroupsNamed(name: string): string[] {
  const root = '/sys/fs/cgroup'
  const hierarchies = [
    root,
    ...readdirSync(root, { withFileTypes: true })
      .filter(e => e.isDirectory())
      .map(e => join(root, e.name)),
  ]
  return hierarchies.flatMap(dir =>
    readdirSync(dir)
      .filter(entry => entry === name)
      .map(entry => join(dir, entry)),
  )
}
