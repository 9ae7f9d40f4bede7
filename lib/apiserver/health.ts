// Is the server well: named checks behind /healthz, /livez and /readyz, in upstream's form.

import type { ApiResponse } from './chain.ts'
import { textResponse } from './responses.ts'

export interface HealthCheck {
  name: string
  /** Throws what is wrong. */
  check(): void | Promise<void>
  /** Where it counts; a server that only waits for its storage is alive, and must not be restarted for it. */
  on: ('livez' | 'readyz' | 'healthz')[]
}

export type HealthPath = HealthCheck['on'][number]

interface Outcome {
  name: string
  isExcluded: boolean
  error?: unknown
}

/** `/readyz?verbose&exclude=etcd`, or `/readyz/etcd` when `only` is given; undefined when there is no such check. */
export async function healthAnswer(
  checks: readonly HealthCheck[],
  path: HealthPath,
  query: URLSearchParams,
  only?: string,
): Promise<ApiResponse | undefined> {
  const counting = checks.filter(({ on, name }) => on.includes(path) && (only === undefined || only === name))
  if (only !== undefined && counting.length === 0) return undefined
  const excluded = new Set(query.getAll('exclude'))
  const outcomes = await Promise.all(counting.map(check => run(check, excluded)))
  const failed = outcomes.filter(({ error }) => error !== undefined)
  if (only !== undefined) return single(outcomes[0])
  const name = path
  if (failed.length > 0) return textResponse(`${report(outcomes)}${name} check failed\n`, 500)
  if (!query.has('verbose')) return textResponse('ok')
  return textResponse(`${report(outcomes)}${name} check passed\n`)
}

async function run({ name, check }: HealthCheck, excluded: Set<string>): Promise<Outcome> {
  if (excluded.has(name)) return { name, isExcluded: true }
  try {
    await check()
    return { name, isExcluded: false }
  } catch (error) {
    return { name, isExcluded: false, error }
  }
}

function single(outcome: Outcome | undefined): ApiResponse {
  if (outcome?.error === undefined) return textResponse('ok')
  const why = outcome.error instanceof Error ? outcome.error.message : String(outcome.error)
  return textResponse(`internal server error: ${why}\n`, 500)
}

/** The reason of a failure is for the log, not for whoever may ask. */
function report(outcomes: Outcome[]): string {
  return outcomes
    .map(({ name, isExcluded, error }) => {
      if (isExcluded) return `[+]${name} excluded: ok\n`
      return error === undefined ? `[+]${name} ok\n` : `[-]${name} failed: reason withheld\n`
    })
    .join('')
}
