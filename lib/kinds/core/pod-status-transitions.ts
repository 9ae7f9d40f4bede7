// Containers that had ended for good, and are said to run again.

import { type FieldError, fieldForbidden } from '../../api/field-errors.ts'
import { eachItem } from '../../api/validation-rules.ts'
import type { Pod } from './pod.ts'
import type { Container, PodSpec } from './pod-types.ts'

type PodStatus = NonNullable<Pod['status']>
type ContainerStatus = NonNullable<PodStatus['containerStatuses']>[number]
type RestartRule = NonNullable<Container['restartPolicyRules']>[number]

export function revivedContainers(now: PodStatus, old: PodStatus, spec: PodSpec): FieldError[] {
  const mayRestart = (containers: Container[] | undefined) => (name: string, exitCode: number) => {
    const container = containers?.find(each => each.name === name)
    return container !== undefined && shouldRestart(container, spec, exitCode)
  }
  const revived = (list: 'containerStatuses' | 'initContainerStatuses', containers: Container[] | undefined) =>
    transitions(now[list], old[list], `status.${list}`, mayRestart(containers))
  return [
    ...revived('containerStatuses', spec.containers),
    ...revived('initContainerStatuses', spec.initContainers),
    ...transitions(
      now.ephemeralContainerStatuses,
      old.ephemeralContainerStatuses,
      'status.ephemeralContainerStatuses',
      () => false,
    ),
  ]
}

function transitions(
  now: ContainerStatus[] = [],
  old: ContainerStatus[] | undefined,
  field: string,
  mayRestart: (name: string, exitCode: number) => boolean,
): FieldError[] {
  return eachItem(old, field, ({ name, state }, at) => {
    if (!state?.terminated || mayRestart(name, state.terminated.exitCode)) return []
    const isRevived = now.some(status => status.name === name && !status.state?.terminated)
    return isRevived ? [fieldForbidden(`${at}.state`, 'may not be transitioned to non-terminated state')] : []
  })
}

/** A rule for the exit code first, then the container's own policy, then the pod's. */
function shouldRestart(container: Container, spec: PodSpec, exitCode: number): boolean {
  if (mayRestartAll(spec)) return true
  const rule = (container.restartPolicyRules ?? []).find(each => isFor(each, exitCode))
  if (rule?.action === 'Restart') return true
  const policy = container.restartPolicy ?? spec.restartPolicy ?? 'Always'
  return policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never'
}

/** The end of one container may start all of them anew. */
function mayRestartAll({ containers, initContainers = [] }: PodSpec): boolean {
  return [...containers, ...initContainers].some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'),
  )
}

function isFor({ exitCodes }: RestartRule, exitCode: number): boolean {
  if (!exitCodes) return false
  return (exitCodes.values ?? []).includes(exitCode) === (exitCodes.operator === 'In')
}
