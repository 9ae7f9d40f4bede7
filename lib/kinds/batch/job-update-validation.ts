// What an update may not change of a job: nearly everything, but where its pods may run, and on how much, while it is
// suspended and none of them runs.

import { type FieldError, invalid } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import type { Job, JobSpec } from './job.ts'

type Template = NonNullable<JobSpec['template']>

const fixed = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const

export function validateJobUpdate({ spec }: Job, { spec: old, status }: Job): FieldError[] {
  if (!spec || !old) return []
  const isHeld = old.suspend && (status?.active ?? 0) === 0
  const before = isHeld ? withFreeParts(old.template, spec.template ?? {}) : old.template
  return [
    ...completionsErrors(spec, old),
    ...immutable('spec.template', spec.template, before),
    ...fixed.flatMap(name => immutable(`spec.${name}`, spec[name], old[name])),
  ]
}

/** Only Indexed jobs grow and shrink, and then by both numbers. */
function completionsErrors(spec: JobSpec, old: JobSpec): FieldError[] {
  const { completions, parallelism } = spec
  if (spec.completionMode !== 'Indexed') return immutable('spec.completions', completions, old.completions)
  if (completions === undefined || completions === old.completions || completions === parallelism) return []
  return [invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')]
}

/** The old template as if it had always said of scheduling and resources what the new one says. */
function withFreeParts(old: Template, now: Template): Template {
  const template = structuredClone(old)
  template.metadata = { ...template.metadata, ...pick(now.metadata, ['labels', 'annotations']) }
  const spec = template.spec
  if (!spec || !now.spec) return template
  for (const member of ['nodeSelector', 'tolerations', 'schedulingGates'] as const) delete spec[member]
  Object.assign(spec, pick(now.spec, ['nodeSelector', 'tolerations', 'schedulingGates']))
  const affinity = { ...spec.affinity }
  delete affinity.nodeAffinity
  Object.assign(affinity, pick(now.spec.affinity, ['nodeAffinity']))
  const isNone = Object.keys(affinity).length === 0 && !now.spec.affinity
  if (isNone) delete spec.affinity
  else spec.affinity = affinity
  for (const member of ['containers', 'initContainers'] as const) takeResources(spec[member], now.spec[member])
  return template
}

type Containers = NonNullable<Template['spec']>['containers']

function takeResources(containers: Containers | undefined, now: Containers | undefined): void {
  containers?.forEach((container, i) => {
    const { requests: _, limits: __, ...others } = container.resources ?? {}
    container.resources = { ...others, ...pick(now?.[i]?.resources, ['requests', 'limits']) }
  })
}

function pick<T extends object, K extends keyof T>(from: T | undefined, members: K[]): Pick<T, K> {
  const given = members.filter(member => from?.[member] !== undefined)
  return Object.fromEntries(given.map(member => [member, from?.[member]])) as Pick<T, K>
}
