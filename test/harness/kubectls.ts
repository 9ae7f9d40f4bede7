// The kubectls that must work with us: the one on PATH, and the oldest, which deploy/kubectl-versions.sh fetches.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ExecError } from '../../lib/util/exec.ts'
import { type Kubectl, kubectlFor } from './kubectl.ts'

export interface KubectlVersion {
  program: string
  /** `1.32` */
  version: string
  minor: number
}

const repository = join(import.meta.dirname, '../..')
const oldest = join(repository, 'dist/kubectl/debian/kubectl')

/** Those that are there, each version once. In CI both must be. */
export function kubectls(): KubectlVersion[] {
  const found = [versionOf('kubectl'), versionOf(oldestKubectl())].filter(version => version !== undefined)
  if (found.length === 0) throw new Error('there is no kubectl: deploy/prepare.sh installs one')
  if (process.env.CI && found.length < 2) throw new Error('a kubectl is missing: see deploy/kubectl-versions.sh')
  return found.filter(({ minor }, index) => found.findIndex(other => other.minor === minor) === index)
}

function oldestKubectl(): string {
  if (existsSync(oldest)) return oldest
  try {
    execFileSync(join(repository, 'deploy/kubectl-versions.sh'), { stdio: 'pipe' })
  } catch (error) {
    if (process.env.CI) throw error
  }
  return oldest
}

function versionOf(program: string): KubectlVersion | undefined {
  try {
    const text = execFileSync(program, ['version', '--client', '-o', 'json'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const { major, minor } = JSON.parse(text.toString()).clientVersion as { major: string; minor: string }
    return { program, version: `${major}.${Number.parseInt(minor, 10)}`, minor: Number.parseInt(minor, 10) }
  } catch {
    return undefined
  }
}

export interface Said {
  /** 0: it worked. */
  code: number
  /** What it said, without blank lines at the ends. */
  out: string
  err: string
}

/** kubectl in one namespace, whose failures are answers too. */
export class Session {
  readonly namespace: string
  readonly #kubectl: Kubectl

  constructor(kubeconfig: string, program: string, namespace: string) {
    this.namespace = namespace
    this.#kubectl = kubectlFor(kubeconfig, program)
  }

  close(): void {
    this.#kubectl.close()
  }

  /** `input` is what `-f -` reads: text, or objects as they are. */
  async say(args: string | string[], input?: string | object): Promise<Said> {
    const words = typeof args === 'string' ? args.split(' ') : args
    const text = typeof input === 'object' ? JSON.stringify(input) : input
    try {
      const { stdout, stderr } = await this.#kubectl.run(this.#here(words), text)
      return { code: 0, out: stdout.trim(), err: stderr.trim() }
    } catch (error) {
      if (!(error instanceof ExecError) || error.exitCode === undefined) throw error
      return { code: error.exitCode, out: error.stdout.trim(), err: error.stderr.trim() }
    }
  }

  /** In this namespace, unless another is named. At the end: kubectl 1.20 takes no flags before a plugin's name. */
  #here(words: string[]): string[] {
    if (words.includes('-n')) return words
    const end = words.includes('--') ? words.indexOf('--') : words.length
    return [...words.slice(0, end), '-n', this.namespace, ...words.slice(end)]
  }

  /** Throws what kubectl complained of. */
  async must(args: string | string[], input?: string | object): Promise<string> {
    const { code, out, err } = await this.say(args, input)
    if (code !== 0) throw new Error(`kubectl ${[args].flat().join(' ')}: ${err || out}`)
    return out
  }
}
