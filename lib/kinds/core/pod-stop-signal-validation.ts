// Which signals may end a container: it depends on the operating system, which must be named for it.

import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import { optionalWord } from '../../api/validation-rules.ts'

const named = `ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM
  TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX`.split(/\s+/)
const upTo = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`)

const linux = [...named, ...upTo(15, 'RTMIN+'), ...upTo(14, 'RTMAX-')].map(name => `SIG${name}`).sort()
const windows = ['SIGKILL', 'SIGTERM']

export function validateStopSignal(signal: string, os: string | undefined, field: string): FieldError[] {
  if (os === undefined) {
    return [fieldForbidden(field, 'may not be set for containers with empty `spec.os.name`')]
  }
  if (os === 'windows') return optionalWord(field, signal, windows)
  return os === 'linux' ? optionalWord(field, signal, linux) : []
}
