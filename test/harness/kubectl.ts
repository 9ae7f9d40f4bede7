// kubectl against a server of a test's, with a kubeconfig of its own.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ExecResult, exec } from '../../lib/util/exec.ts'

export interface Kubectl {
  /** Throws ExecError when kubectl fails. */
  run(args: string[], input?: string): Promise<ExecResult>
  /** Removes the kubeconfig. */
  close(): void
}

/** `program`: which kubectl; the one on PATH when absent. */
export function kubectlFor(kubeconfig: string, program = 'kubectl'): Kubectl {
  const dir = mkdtempSync(join(tmpdir(), 'binnacle-kubectl-'))
  const file = join(dir, 'config')
  writeFileSync(file, kubeconfig, { mode: 0o600 })
  const env = { ...process.env, KUBECONFIG: file, HOME: dir }
  return {
    run: (args, input) => exec(program, args, { env, timeoutMs: 60_000, ...(input === undefined ? {} : { input }) }),
    close: () => rmSync(dir, { recursive: true, force: true }),
  }
}

export function kubectlIsOnPath(): boolean {
  try {
    execFileSync('kubectl', ['version', '--client'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
