// pods/binding: the scheduler's decision. It is taken once: a pod never changes its node.

import type { V1Binding } from '@kubernetes/client-node'
import { setCondition } from '../../api/conditions.ts'
import { badRequest, conflict, notFound } from '../../api/errors.ts'
import { type FieldError, invalidObject, notSupported, required } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import { type Pod, pods } from '../../kinds/core/pod.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { rfc3339 } from '../../util/clock.ts'
import type { ServerContext } from '../context.ts'
import { readKind } from '../decode.ts'
import { statusResponse } from '../responses.ts'
import { writeOptions } from '../write-options.ts'
import { admitted } from './admit.ts'
import type { SubresourceRoute } from './subresource.ts'

export type Binding = Kube<V1Binding>
const kind = { group: '', version: 'v1', kind: 'Binding' }

export const binding: SubresourceRoute = {
  group: '',
  resource: 'pods',
  subresource: 'binding',
  verbs: ['create'],
  kind,
  async handle(request, context) {
    const { namespace, name } = request.info
    const { dryRun, fieldValidation } = writeOptions(request.query, 'CreateOptions')
    const expected = { ...kind, schema: builtinSchema('V1Binding') }
    const body = (await readKind(request, expected, { fieldValidation, registry: context.registry })) as Binding
    if (body.metadata.name && body.metadata.name !== name) {
      throw badRequest('name in URL does not match name in Binding object')
    }
    const errors = targetErrors(body)
    if (errors.length > 0) throw invalidObject({ ...kind, plural: 'bindings' }, name, errors)
    await admitted(request, context, { body, dryRun }, () => assign(context, body, { namespace, name }, dryRun))
    return statusResponse({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 })
  },
}

const scheduled = { type: 'PodScheduled', status: 'True' }

function targetErrors({ target }: Binding): FieldError[] {
  const errors: FieldError[] = []
  if (target?.kind && target.kind !== 'Node') errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']))
  if (!target?.name) errors.push(required('target.name'))
  return errors
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
    status: { ...pod.status, conditions: setCondition(pod.status?.conditions, scheduled, rfc3339(nowMs)) },
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
