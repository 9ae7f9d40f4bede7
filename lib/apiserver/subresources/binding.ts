// pods/binding: the scheduler's decision. It is taken once: a pod never changes its node.

import { setCondition } from '../../api/conditions.ts'
import { badRequest, conflict, notFound } from '../../api/errors.ts'
import { invalidObject } from '../../api/field-errors.ts'
import { type Binding, bindings } from '../../kinds/core/binding.ts'
import { type Pod, pods } from '../../kinds/core/pod.ts'
import { rfc3339 } from '../../util/clock.ts'
import type { ApiRequest, ApiResponse } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import { readObject } from '../decode.ts'
import { statusResponse } from '../responses.ts'
import { writeOptions } from '../write-options.ts'
import { admitted } from './admit.ts'
import type { SubresourceRoute } from './subresource.ts'

export const binding: SubresourceRoute = {
  group: '',
  resource: 'pods',
  subresource: 'binding',
  verbs: ['create'],
  kind: bindings,
  async handle(request, context) {
    const options = writeOptions(request.query, 'CreateOptions')
    const body = (await readObject(request, bindings, { ...options, registry: context.registry })) as Binding
    if (body.metadata.name !== request.info.name) throw badRequest('name in URL does not match name in Binding object')
    return bindPod(request, context, body, options.dryRun)
  },
}

/** `request.info` names the pod. Throws StatusError. */
export async function bindPod(
  request: ApiRequest,
  context: ServerContext,
  body: Binding,
  dryRun: boolean,
): Promise<ApiResponse> {
  const { namespace, name } = request.info
  const errors = bindings.strategy?.validate?.(body) ?? []
  if (errors.length > 0) throw invalidObject(bindings, name, errors)
  await admitted(request, context, { body, dryRun }, () => assign(context, body, { namespace, name }, dryRun))
  return statusResponse({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
}

function scheduled({ metadata: { generation } }: Pod) {
  return { type: 'PodScheduled', status: 'True', ...(generation ? { observedGeneration: generation } : {}) }
}

async function assign(
  { cache, store, clock }: ServerContext,
  body: Binding,
  { namespace, name }: { namespace: string; name: string },
  dryRun: boolean,
): Promise<void> {
  const key = `pods/${namespace}/${name}`
  const change = (current: Pod) => boundPod(current, body, clock.now())
  const written = dryRun
    ? await store.get(key).then(entry => entry && change(entry.object as Pod))
    : await store.update(key, current => change(current as Pod), { cached: cache.get(key) })
  if (!written) throw notFound(pods, name)
}

/** Pure. Throws Conflict. */
export function boundPod(pod: Pod, { metadata: given, target }: Binding, nowMs: number): Pod {
  const { name = '' } = pod.metadata
  const why = refusal(pod, given.uid)
  if (why) throw conflict({ group: '', plural: 'pods/binding' }, name, why)
  const spec = pod.spec ?? { containers: [] }
  const { annotations = {}, labels = {} } = given
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(Object.keys(annotations).length > 0 ? { annotations: { ...pod.metadata.annotations, ...annotations } } : {}),
      ...(Object.keys(labels).length > 0 ? { labels: { ...labels, ...pod.metadata.labels } } : {}),
    },
    spec: { ...spec, nodeName: target.name ?? '' },
    status: { ...pod.status, conditions: setCondition(pod.status?.conditions, scheduled(pod), rfc3339(nowMs)) },
  }
}

function refusal({ metadata, spec }: Pod, uid: string | undefined): string | undefined {
  const { name = '' } = metadata
  if (uid && uid !== metadata.uid) {
    return `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`
  }
  if (metadata.deletionTimestamp) return `pod ${name} is being deleted, cannot be assigned to a host`
  if (spec?.nodeName) return `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`
  if (spec?.schedulingGates?.length) return `pod ${name} has non-empty .spec.schedulingGates`
  return undefined
}
