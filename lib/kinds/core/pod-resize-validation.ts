// What a resize may change: amounts of cpu and memory, so that the pod's quality of service stays.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { eachItem } from '../../api/validation-rules.ts'
import type { Pod } from './pod.ts'
import { qosClassOf } from './pod-qos.ts'
import { semanticEqual } from './pod-semantic-equal.ts'
import { type Container, isRestartableInit, type PodSpec, type ResourceRequirements } from './pod-types.ts'
import { isMirrorPod, validatePod } from './pod-validation.ts'

export function validateResize(pod: Pod, old: Pod): FieldError[] {
  const { spec } = pod
  if (!spec || !old.spec) return []
  if (isMirrorPod(old)) return [fieldForbidden('', 'static pods cannot be resized')]
  if (old.spec.os?.name === 'windows') return [fieldForbidden('', 'windows pods cannot be resized')]
  const errors = [
    ...validatePod(pod),
    ...qualityOfService(pod, old),
    ...(isResizeSupported(old) ? [] : [fieldForbidden('spec', 'Pod running on node without support for resize')]),
    ...podLevelChanges(spec, old.spec),
  ]
  const order = containerOrder(spec, old.spec)
  if (order.length > 0) return [...errors, ...order]
  errors.push(...containerChanges(spec, old.spec))
  if (errors.length > 0) return errors
  return semanticEqual(withAmountsOf(spec, old.spec), old.spec) ? [] : [onlyAmounts()]
}

const onlyAmounts = () => fieldForbidden('spec', 'only cpu and memory resources are mutable')

function qualityOfService({ spec, status }: Pod, old: Pod): FieldError[] {
  if (!spec || !old.spec) return []
  if ((old.status?.qosClass ?? qosClassOf(old.spec)) === qosClassOf(spec)) return []
  return [invalid('spec', status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing')]
}

/** A node that resizes reports what its running containers have. */
function isResizeSupported({ status }: Pod): boolean {
  const running = status?.containerStatuses?.find(({ state }) => state?.running)
  return !running || running.resources !== undefined
}

function isAsked(resources: ResourceRequirements | undefined): boolean {
  return Object.keys({ ...resources?.requests, ...resources?.limits }).length > 0
}

function podLevelChanges({ resources: now }: PodSpec, { resources: old }: PodSpec): FieldError[] {
  if (!isAsked(now) && !isAsked(old)) return []
  if (old && !now) return [fieldForbidden('spec.resources', 'pod-level resources cannot be removed')]
  const errors = old ? removedAmounts(now, old, 'spec.resources', 'pod-level resource') : []
  const masked = now && withOldAmounts(now, old)
  const isEmptied = !old && !isAsked(masked) && !masked?.claims?.length
  if (!isEmptied && !semanticEqual(masked, old, 'resources')) {
    errors.push(fieldForbidden('spec', 'only cpu and memory resources are mutable at pod-level'))
  }
  return errors
}

/** Containers may not be added, removed, renamed or put in another order. */
function containerOrder(spec: PodSpec, old: PodSpec): FieldError[] {
  return (['containers', 'initContainers'] as const).flatMap(list => {
    const [now = [], before = []] = [spec[list], old[list]]
    const field = `spec.${list}`
    if (now.length !== before.length) return [fieldForbidden(field, `${list} may not be added or removed on resize`)]
    return eachItem(before, field, ({ name }, at, i) =>
      now[i]?.name === name ? [] : [fieldForbidden(`${at}.name`, `${list} may not be renamed or reordered on resize`)],
    )
  })
}

function containerChanges(spec: PodSpec, old: PodSpec): FieldError[] {
  const removed = (list: 'initContainers' | 'containers') =>
    eachItem(old[list], `spec.${list}`, (before, at, i) =>
      removedAmounts(spec[list]?.[i]?.resources, before.resources, `${at}.resources`, 'resource'),
    )
  return [
    ...removed('initContainers'),
    ...removed('containers'),
    ...old.containers.flatMap((before, i) =>
      semanticEqual(amountsMasked(spec.containers[i] as Container, before), before) ? [] : [onlyAmounts()],
    ),
    ...eachItem(old.initContainers, 'spec.initContainers', (before, at, i) =>
      initContainerChanges(spec.initContainers?.[i] as Container, before, at),
    ),
  ]
}

function initContainerChanges(now: Container, before: Container, field: string): FieldError[] {
  if (semanticEqual(now, before)) return []
  const errors: FieldError[] = []
  if (!semanticEqual(amountsMasked(now, before), before)) {
    errors.push(fieldForbidden(field, 'only cpu and memory resources for init or sidecar containers are mutable'))
  }
  if (!isRestartableInit(now) && now.resizePolicy?.some(({ restartPolicy }) => restartPolicy === 'RestartContainer')) {
    const text = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'
    errors.push(fieldForbidden(field, text))
  }
  return errors
}

function removedAmounts(
  now: ResourceRequirements | undefined,
  old: ResourceRequirements | undefined,
  field: string,
  what: string,
): FieldError[] {
  return (['requests', 'limits'] as const).flatMap(kind => {
    const isRemoved = Object.keys(old?.[kind] ?? {}).some(name => now?.[kind]?.[name] === undefined)
    return isRemoved ? [fieldForbidden(`${field}.${kind}`, `${what} ${kind} cannot be removed`)] : []
  })
}

/** A copy in which what may change is as it was. */
function withAmountsOf(spec: PodSpec, old: PodSpec): PodSpec {
  const { resources: _, ...rest } = spec
  const mask = (now: Container[] = [], before: Container[] = []) =>
    now.map((container, i) => amountsMasked(container, before[i] as Container))
  return {
    ...rest,
    ...(old.resources ? { resources: old.resources } : {}),
    containers: mask(spec.containers, old.containers),
    ...(spec.initContainers ? { initContainers: mask(spec.initContainers, old.initContainers) } : {}),
  }
}

function amountsMasked(now: Container, before: Container): Container {
  const { requests, limits } = withOldAmounts(now.resources ?? {}, before.resources)
  return { ...now, resources: { ...(requests ? { requests } : {}), ...(limits ? { limits } : {}) } }
}

function withOldAmounts(now: ResourceRequirements, old: ResourceRequirements | undefined): ResourceRequirements {
  const masked = (kind: 'requests' | 'limits') => {
    const { cpu: _, memory: __, ...rest } = now[kind] ?? {}
    const { cpu, memory } = old?.[kind] ?? {}
    return { ...rest, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
  }
  return { ...now, requests: masked('requests'), limits: masked('limits') }
}
