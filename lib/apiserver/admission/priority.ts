// A pod's priority is its PriorityClass's number: nobody writes it by hand. At most one class is the default.

import type { Pod } from '../../kinds/core/pod.ts'
import type { PriorityClass } from '../../kinds/scheduling/priority-class.ts'
import type { StorageContext } from '../context.ts'
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts'
import { isFor, refused } from './refusal.ts'

type PodSpec = NonNullable<Pod['spec']>
type Needs = Pick<StorageContext, 'cache' | 'store'>

export function priority(context: Needs): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: request =>
      ['CREATE', 'UPDATE'].includes(request.operation) &&
      (isFor(request, '', 'pods') || isFor(request, 'scheduling.k8s.io', 'priorityclasses')),
    async mutate(request) {
      const spec = isFor(request, '', 'pods') ? (request.object as Pod).spec : undefined
      if (!spec) return
      if (request.operation === 'UPDATE') keepPriority(spec, (request.oldObject as Pod | undefined)?.spec)
      else await setPriority(request, spec, context)
    },
    validate(request) {
      if (request.resource.plural === 'priorityclasses') refuseSecondDefault(request, context)
    },
  }
}

function keepPriority(spec: PodSpec, old: PodSpec | undefined): void {
  if (spec.priority === undefined && old?.priority !== undefined) spec.priority = old.priority
  if (!spec.preemptionPolicy && old?.preemptionPolicy) spec.preemptionPolicy = old.preemptionPolicy
}

async function setPriority(request: AdmissionRequest, spec: PodSpec, context: Needs): Promise<void> {
  const found = spec.priorityClassName
    ? await classNamed(request, spec.priorityClassName, context)
    : defaultClass(context)
  const value = found?.value ?? 0
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority'
  if (found?.metadata.name) spec.priorityClassName = found.metadata.name
  if (spec.priority !== undefined && spec.priority !== value) {
    throw refused(request, computed('integer value of priority', spec.priority, value))
  }
  if (spec.preemptionPolicy && spec.preemptionPolicy !== policy) {
    throw refused(request, computed('string value of PreemptionPolicy', spec.preemptionPolicy, policy))
  }
  spec.priority = value
  spec.preemptionPolicy = policy
}

function computed(what: string, given: unknown, value: unknown): string {
  const rule = `the ${what} (${given}) must not be provided in pod spec`
  return `${rule}; priority admission controller computed ${value} from the given PriorityClass name`
}

async function classNamed(request: AdmissionRequest, name: string, { cache, store }: Needs): Promise<PriorityClass> {
  const key = `priorityclasses/${name}`
  const entry = cache.get(key) ?? (await store.get(key))
  if (!entry) throw refused(request, `no PriorityClass with name ${name} was found`)
  return entry.object as PriorityClass
}

/** Of several (they may be made at the same moment), the lowest. */
function defaultClass({ cache }: Needs): PriorityClass | undefined {
  const classes = [...cache.snapshot('priorityclasses/').entries()].map(entry => entry.object as PriorityClass)
  return classes.filter(one => one.globalDefault).sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0]
}

function refuseSecondDefault(request: AdmissionRequest, context: Needs): void {
  const wanted = request.object as PriorityClass
  const standing = wanted.globalDefault ? defaultClass(context) : undefined
  if (!standing || standing.metadata.name === wanted.metadata.name) return
  const rule = `PriorityClass ${standing.metadata.name} is already marked as default. Only one default can exist`
  throw refused(request, rule)
}
