// pods/eviction: a deletion that asks the pod's disruption budget first. What `kubectl drain` does.

import type { V1Eviction } from '@kubernetes/client-node'
import { badRequest, notFound } from '../../api/errors.ts'
import type { Kube } from '../../api/meta.ts'
import { matchesSelector } from '../../api/selectors.ts'
import { type Pod, pods } from '../../kinds/core/pod.ts'
import type { PodDisruptionBudget } from '../../kinds/policy/pod-disruption-budget.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import type { CacheEntry } from '../../storage/entry.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import { readKind } from '../decode.ts'
import type { DeleteOptions } from '../delete-options.ts'
import { deleteObject } from '../handlers/delete.ts'
import { statusResponse } from '../responses.ts'
import { writeOptions } from '../write-options.ts'
import { admitted } from './admit.ts'
import { maySkipBudget, needsNoBudget, severalBudgets, spent } from './disruption.ts'
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
    const { dryRun, fieldValidation } = writeOptions(request.query, 'CreateOptions')
    const expected = { ...kind, schema: builtinSchema('V1Eviction') }
    const body = (await readKind(request, expected, { fieldValidation, registry: context.registry })) as Eviction
    if (body.metadata.name && body.metadata.name !== name) {
      throw badRequest('name in URL does not match name in Eviction object')
    }
    const options: DeleteOptions = { ...(body.deleteOptions as Partial<DeleteOptions> | undefined), dryRun }
    await admitted(request, context, { body, dryRun }, () => evict(request, context, options))
    return statusResponse({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
  },
}

async function evict(request: ApiRequest, context: ServerContext, options: DeleteOptions): Promise<void> {
  const { namespace, name } = request.info
  const entry = await context.store.get(`pods/${namespace}/${name}`)
  if (!entry) throw notFound(pods, name)
  const pod = entry.object as Pod
  if (!needsNoBudget(pod)) await spendBudget(context, pod, options.dryRun)
  const def = context.registry.find('', 'v1', 'pods')
  if (!def) throw new Error('pods are not served')
  const write = { def, subresource: '', user: request.user, dryRun: options.dryRun, warnings: request.warnings }
  await deleteObject(context, write, { namespace, name }, options)
}

async function spendBudget(context: ServerContext, pod: Pod, dryRun: boolean): Promise<void> {
  const [entry, ...others] = budgetsOf(context, pod)
  if (others.length > 0) throw severalBudgets()
  if (!entry) return
  const { clock, store } = context
  const next = (current: PodDisruptionBudget) =>
    maySkipBudget(pod, current) ? current : spent(current, pod, clock.now())
  if (dryRun) next(entry.object as PodDisruptionBudget)
  else await store.update(entry.key, current => next(current as PodDisruptionBudget), { cached: entry })
}

function budgetsOf({ cache }: ServerContext, { metadata }: Pod): CacheEntry[] {
  return [...cache.snapshot(`poddisruptionbudgets/${metadata.namespace}/`).entries()].filter(entry =>
    matchesSelector((entry.object as PodDisruptionBudget).spec?.selector, metadata.labels),
  )
}
