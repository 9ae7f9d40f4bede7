// The conditions of a pod that its node sets, with upstream's reasons and messages.

import { type ApiContainerStatus, appContainersOf, initContainersOf, type Pod, type PodCondition } from './pod.ts'

export interface ConditionInput {
  pod: Pod
  phase: string
  /** Of init and app containers alike. */
  statuses: ApiContainerStatus[]
  hasReadySandbox: boolean
}

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>

const yes: Verdict = { status: 'True' }
const no = (reason: string, message?: string): Verdict => ({ status: 'False', reason, ...(message ? { message } : {}) })

/** In upstream's order. A condition that did not change keeps its time; those of others are not here. */
export function podConditions(input: ConditionInput, now: string): PodCondition[] {
  const verdicts: Record<string, Verdict> = {
    PodReadyToStartContainers: input.hasReadySandbox ? yes : { status: 'False' },
    Initialized: initialized(input),
    Ready: ready(input),
    ContainersReady: containersReady(input),
    PodScheduled: yes,
  }
  const { generation } = input.pod.metadata
  const known = input.pod.status?.conditions ?? []
  return Object.entries(verdicts).map(([type, verdict]) => {
    const old = known.find(condition => condition.type === type)
    const lastTransitionTime = (old?.status === verdict.status && old.lastTransitionTime) || now
    return { type, ...(generation ? { observedGeneration: generation } : {}), lastTransitionTime, ...verdict }
  })
}

function containersReady({ pod, phase, statuses }: ConditionInput): Verdict {
  const names = [...initContainersOf(pod).filter(c => c.kind === 'sidecar'), ...appContainersOf(pod)].map(
    ({ spec }) => spec.name,
  )
  const { unknown, unmet } = examine(names, statuses, status => status.ready)
  if (phase === 'Succeeded' && unknown.length === 0) return no('PodCompleted')
  if (phase === 'Failed') return no('PodFailed')
  const message = problems(unknown, unmet, 'unready')
  return message ? no('ContainersNotReady', message) : yes
}

function ready(input: ConditionInput): Verdict {
  const containers = containersReady(input)
  if (containers.status !== 'True') return containers
  const { spec, status } = input.pod
  const messages = (spec?.readinessGates ?? []).flatMap(({ conditionType }) => {
    const condition = status?.conditions?.find(({ type }) => type === conditionType)
    if (!condition) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`]
    if (condition.status === 'True') return []
    return [`the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`]
  })
  return messages.length > 0 ? no('ReadinessGatesNotReady', messages.join(', ')) : yes
}

function initialized({ pod, phase, statuses }: ConditionInput): Verdict {
  const inits = initContainersOf(pod)
  const isRegular = (name: string) => inits.some(({ kind, spec }) => spec.name === name && kind === 'init')
  const { unknown, unmet } = examine(
    inits.map(({ spec }) => spec.name),
    statuses,
    status => (isRegular(status.name) ? status.ready : status.started === true),
  )
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' }
  const apps = appContainersOf(pod).map(({ spec }) => spec.name)
  if (statuses.some(status => apps.includes(status.name) && hasStarted(status))) return yes
  const message = problems(unknown, unmet, 'incomplete')
  return message ? no('ContainersNotInitialized', message) : yes
}

function hasStarted({ state, lastState }: ApiContainerStatus): boolean {
  return Boolean(state?.running ?? state?.terminated ?? lastState?.terminated)
}

function examine(names: string[], statuses: ApiContainerStatus[], isMet: (status: ApiContainerStatus) => boolean) {
  const unknown: string[] = []
  const unmet: string[] = []
  for (const name of names) {
    const status = statuses.find(entry => entry.name === name)
    if (!status) unknown.push(name)
    else if (!isMet(status)) unmet.push(name)
  }
  return { unknown, unmet }
}

function problems(unknown: string[], unmet: string[], word: 'unready' | 'incomplete'): string {
  return [
    ...(unknown.length > 0 ? [`containers with unknown status: [${unknown.join(' ')}]`] : []),
    ...(unmet.length > 0 ? [`containers with ${word} status: [${unmet.join(' ')}]`] : []),
  ].join(', ')
}
