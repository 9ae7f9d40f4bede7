// pods/eviction: a deletion that asks the pod's disruption budget first. What `kubectl drain` does.

import type { V1Eviction } from '@kubernetes/client-node'
import { badRequest, conflict, hasReason, notFound, StatusError } from '../../api/errors.ts'
import type { Kube } from '../../api/meta.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { type Pod, pods } from '../../kinds/core/pod.ts'
import type { PodDisruptionBudget } from '../../kinds/policy/pod-disruption-budget.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import { readKind } from '../decode.ts'
import { checkedDeleteOptions, type DeleteOptions } from '../delete-options.ts'
import { deleteObject } from '../handlers/delete.ts'
import { statusResponse } from '../responses.ts'
import { writeOptions } from '../write-options.ts'
import { admitted } from './admit.ts'
import {
  beingProcessed,
  disrupted,
  mayBecomeReady,
  maySkipBudget,
  needsNoBudget,
  severalBudgets,
  spent,
} from './disruption.ts'
import type { SubresourceRoute } from './subresource.ts'

type Eviction = Kube<V1Eviction>
const kind = { group: 'policy', version: 'v1', kind: 'Eviction' }

export const eviction: SubresourceRoute = {
  group: '',
  resource: 'pods',
  subresource: 'eviction',
  verbs: ['create'],
  kind,
  async handle(request, context) {
    const { name } = request.info
    const { fieldValidation } = writeOptions(request.query, 'CreateOptions')
    const expected = { ...kind, schema: builtinSchema('V1Eviction') }
    const body = (await readKind(request, expected, { fieldValidation, registry: context.registry })) as Eviction
    if (body.metadata.name !== name) throw badRequest('name in URL does not match name in Eviction object')
    const options = deletionOf(body, request.query.getAll('dryRun'))
    await admitted(request, context, { body, dryRun: options.dryRun }, () => evict(request, context, options))
    return statusResponse({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
  },
}

/** A dry run may be asked for in the query, in the options, or in both alike. */
function deletionOf({ deleteOptions }: Eviction, dryRun: string[]): DeleteOptions {
  const inside = deleteOptions?.dryRun ?? []
  if (inside.length > 0 && dryRun.length > 0 && `${inside}` !== `${dryRun}`) {
    const both = `[${dryRun.join(' ')}] and [${inside.join(' ')}]`
    throw new StatusError(500, '', `Non-matching dry-run options in request and content: ${both}`)
  }
  return checkedDeleteOptions({ ...deleteOptions, dryRun: inside.length > 0 ? inside : dryRun })
}

/** As often as others may write in between. */
const maxAttempts = 20

async function evict(request: ApiRequest, context: ServerContext, options: DeleteOptions): Promise<void> {
  const { namespace, name } = request.info
  const isPinned = options.preconditions?.resourceVersion !== undefined
  for (let attempt = 1; ; attempt++) {
    const entry = await context.store.get(`pods/${namespace}/${name}`)
    if (!entry) throw notFound(pods, name)
    const pod = entry.object as Pod
    const allowed = await permission(request, context, pod, options.dryRun)
    const mustStand = !isPinned && allowed.onlyAsItIs
    try {
      const asItIs = { ...options.preconditions, resourceVersion: pod.metadata.resourceVersion ?? '' }
      await remove(request, context, mustStand ? { ...options, preconditions: asItIs } : options)
      return
    } catch (error) {
      if (!mustStand || !hasReason(error, 'Conflict')) throw error
      if (allowed.budget !== undefined) throw beingProcessed(allowed.budget)
      if (attempt === maxAttempts) throw error
    }
  }
}

interface Permission {
  /** Not if it changes before it goes. */
  onlyAsItIs: boolean
  /** The budget that let it pass without spending. */
  budget?: string
}

/** Spends what must be spent. Throws what the budget says against it. */
async function permission(request: ApiRequest, context: ServerContext, pod: Pod, dryRun: boolean): Promise<Permission> {
  if (needsNoBudget(pod)) return { onlyAsItIs: mayBecomeReady(pod) }
  await context.cache.fresh(request.signal)
  const [entry, ...others] = budgetsOf(context, pod)
  if (others.length > 0) throw severalBudgets()
  if (!entry) return { onlyAsItIs: false }
  const budget = entry.object as PodDisruptionBudget
  if (maySkipBudget(pod, budget)) return { onlyAsItIs: true, budget: budget.metadata.name ?? '' }
  const { clock, store } = context
  if (dryRun) spent(budget, pod, clock.now())
  else
    await store.update(entry.key, current => spent(current as PodDisruptionBudget, pod, clock.now()), { cached: entry })
  return { onlyAsItIs: false }
}

function budgetsOf({ cache }: ServerContext, { metadata }: Pod): CacheEntry[] {
  return [...cache.snapshot(`poddisruptionbudgets/${metadata.namespace}/`).entries()].filter(entry =>
    matchesSelector((entry.object as PodDisruptionBudget).spec?.selector, metadata.labels),
  )
}

/** The pod is told why before it goes. */
async function remove(request: ApiRequest, context: ServerContext, options: DeleteOptions): Promise<void> {
  const { namespace, name } = request.info
  const def = context.registry.find('', 'v1', 'pods')
  if (!def) throw new Error('pods are not served')
  const write = { def, subresource: '', user: request.user, dryRun: options.dryRun, warnings: request.warnings }
  const marked = options.dryRun ? options : await mark(context, `pods/${namespace}/${name}`, name, options)
  await deleteObject(context, write, { namespace, name }, marked)
}

/** The options afterwards: a precondition on the version means the one that this wrote. */
async function mark(
  { store, clock }: ServerContext,
  key: string,
  name: string,
  options: DeleteOptions,
): Promise<DeleteOptions> {
  const entry = await store.update(key, current => {
    checkPreconditions(current as Pod, options)
    return disrupted(current as Pod, clock.now())
  })
  if (!entry) throw notFound(pods, name)
  if (options.preconditions?.resourceVersion === undefined) return options
  return { ...options, preconditions: { ...options.preconditions, resourceVersion: `${entry.revision}` } }
}

function checkPreconditions({ metadata }: Pod, { preconditions = {} }: DeleteOptions): void {
  const { uid, resourceVersion } = preconditions
  const refuse = (what: string, given: string, found: string | undefined, then: string) =>
    conflict(
      { group: '', plural: 'Pod' },
      metadata.name ?? '',
      `the ${what} in the precondition (${given}) does not match the ${what} in record (${found}). The object might have been ${then}`,
    )
  if (uid && uid !== metadata.uid) throw refuse('UID', uid, metadata.uid, 'deleted and then recreated')
  if (resourceVersion && resourceVersion !== metadata.resourceVersion) {
    throw refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified')
  }
}
