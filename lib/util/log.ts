// One JSON line a log entry. Components get their logger handed in; nothing here is global.

import { type Logger as PinoLogger, pino } from 'pino'

export type Logger = PinoLogger

export interface LogOptions {
  component: string
  /** pino's level names; 'silent' for none. */
  level?: string
}

/** A logger to standard output, which the supervisor points at logs/<component>.log. */
export function createLogger({ component, level = 'info' }: LogOptions): Logger {
  return pino({ level, base: { component }, timestamp: pino.stdTimeFunctions.isoTime })
}

export const silentLogger: Logger = pino({ level: 'silent' })
