// How every binary begins and ends: flags are parsed, SIGTERM and SIGINT abort one signal, and an error is one line that
// says what is wrong.

import type { Command } from 'commander'
import { inBackground, isAbortError } from './async.ts'
import { collectWhenIdle } from './idle-collection.ts'
import { createLogger, type Logger } from './log.ts'

/** A mistake of whoever started us: the message says what is wrong and what to do. No stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

export interface ComponentContext {
  signal: AbortSignal
  log: Logger
}

/** Parses process.argv, runs until `run` returns or a signal comes, and sets the exit code. */
export async function runComponent<O extends object>(
  program: Command,
  run: (options: O, context: ComponentContext) => Promise<void>,
): Promise<void> {
  program.option('--log-level <level>', 'trace, debug, info, warn, error or silent', 'info').parse()
  const options = program.opts<O & { logLevel: string }>()
  const log = createLogger({ component: program.name(), level: options.logLevel })
  const controller = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.once(name, () => controller.abort(new DOMException(`stopped by ${name}`, 'AbortError')))
  }
  inBackground(log, 'collecting when idle', collectWhenIdle({}, controller.signal), controller.signal)
  try {
    await run(options, { signal: controller.signal, log })
  } catch (error) {
    if (!(controller.signal.aborted && isAbortError(error))) fail(program.name(), error, log)
  }
  // Whatever is still open (idle sockets, timers) must not keep a stopped component alive.
  process.exit()
}

function fail(name: string, error: unknown, log: Logger): void {
  if (!(error instanceof UserError)) log.fatal({ err: error }, 'the component stops')
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`binnacle/${name}: ${message.split('\n')[0]}\n`)
  process.exitCode = 1
}
