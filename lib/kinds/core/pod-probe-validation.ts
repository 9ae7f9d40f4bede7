// What must hold for probes and lifecycle handlers.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { asInvalid, nonNegative } from '../../api/validation.ts'
import { httpHeaderNameErrors } from '../../api/validation-names.ts'
import { portNumber, portNumberOrName, requiredText, requiredWord } from '../../api/validation-rules.ts'
import { validateStopSignal } from './pod-stop-signal-validation.ts'
import type { Container, PodSpec } from './pod-types.ts'

type Probe = NonNullable<Container['livenessProbe']>
type Lifecycle = NonNullable<Container['lifecycle']>
type LifecycleHandler = NonNullable<Lifecycle['postStart']>
type HttpGet = NonNullable<Probe['httpGet']>

export function validateProbes(container: Container, field: string): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe } = container
  return [
    ...onlyOneSuccess(livenessProbe, `${field}.livenessProbe`),
    ...(readinessProbe ? probeErrors(readinessProbe, `${field}.readinessProbe`) : []),
    ...(readinessProbe?.terminationGracePeriodSeconds === undefined
      ? []
      : [
          invalid(
            `${field}.readinessProbe.terminationGracePeriodSeconds`,
            readinessProbe.terminationGracePeriodSeconds,
            'must not be set for readinessProbes',
          ),
        ]),
    ...onlyOneSuccess(startupProbe, `${field}.startupProbe`),
  ]
}

function onlyOneSuccess(probe: Probe | undefined, field: string): FieldError[] {
  if (!probe) return []
  const errors = probeErrors(probe, field)
  if (probe.successThreshold !== 1) {
    errors.push(invalid(`${field}.successThreshold`, probe.successThreshold ?? 0, 'must be 1'))
  }
  return errors
}

const counts = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const

function probeErrors(probe: Probe, field: string): FieldError[] {
  const grace = probe.terminationGracePeriodSeconds
  return [
    ...handlerErrors(probe, undefined, field),
    ...counts.flatMap(name => nonNegative(`${field}.${name}`, probe[name])),
    ...(grace !== undefined && grace <= 0
      ? [invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')]
      : []),
  ]
}

export function validateLifecycle(lifecycle: Lifecycle | undefined, spec: PodSpec, field: string): FieldError[] {
  if (!lifecycle) return []
  const { postStart, preStop, stopSignal } = lifecycle
  const grace = spec.terminationGracePeriodSeconds
  return [
    ...(postStart ? handlerErrors(postStart, grace, `${field}.postStart`) : []),
    ...(preStop ? handlerErrors(preStop, grace, `${field}.preStop`) : []),
    ...(stopSignal === undefined ? [] : validateStopSignal(stopSignal, spec.os?.name, `${field}.stopSignal`)),
  ]
}

/** Exactly one way to act. */
function handlerErrors(handler: Probe & LifecycleHandler, grace: number | undefined, field: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler
  const given = [
    exec && { name: 'exec', errors: exec.command?.length ? [] : [required(`${field}.exec.command`)] },
    httpGet && { name: 'httpGet', errors: httpGetErrors(httpGet, `${field}.httpGet`) },
    tcpSocket && { name: 'tcpSocket', errors: portNumberOrName(`${field}.tcpSocket.port`, tcpSocket.port) },
    grpc && { name: 'grpc', errors: portNumber(`${field}.grpc.port`, grpc.port) },
    sleep && { name: 'sleep', errors: sleepErrors(sleep.seconds, grace, `${field}.sleep`) },
  ].filter(action => action !== undefined)
  const [first, ...others] = given
  if (!first) return [required(field, 'must specify a handler type')]
  const text = 'may not specify more than 1 handler type'
  return [...first.errors, ...others.map(({ name }) => fieldForbidden(`${field}.${name}`, text))]
}

function httpGetErrors({ path, port, scheme, httpHeaders = [] }: HttpGet, field: string): FieldError[] {
  return [
    ...requiredText(`${field}.path`, path),
    ...portNumberOrName(`${field}.port`, port),
    ...requiredWord(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']),
    ...httpHeaders.flatMap(({ name }) => asInvalid(`${field}.httpHeaders`, name, httpHeaderNameErrors(name))),
  ]
}

function sleepErrors(seconds: number, grace: number | undefined, field: string): FieldError[] {
  if (grace === undefined || (seconds >= 0 && seconds <= grace)) return []
  return [invalid(field, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${grace})`)]
}
