// serviceaccounts/token: a new token for an account, bound, if asked, to a Pod, Secret or Node.

import { badRequest, conflict, notFound } from '../../api/errors.ts'
import { invalidObject } from '../../api/field-errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Node } from '../../kinds/core/node.ts'
import type { Pod } from '../../kinds/core/pod.ts'
import { serviceAccounts } from '../../kinds/core/service-account.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { rfc3339 } from '../../util/clock.ts'
import type { BoundRef, PrivateClaims } from '../authn/token-claims.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerContext } from '../context.ts'
import { readKind } from '../decode.ts'
import { jsonResponse } from '../responses.ts'
import { writeOptions } from '../write-options.ts'
import { admitted } from './admit.ts'
import type { SubresourceRoute } from './subresource.ts'
import { defaultTokenRequest, lifetimeOf, type TokenRequest, tokenRequestErrors } from './token-request.ts'

const kind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' }

export const token: SubresourceRoute = {
  group: '',
  resource: 'serviceaccounts',
  subresource: 'token',
  verbs: ['create'],
  kind,
  async handle(request, context) {
    const { namespace, name } = request.info
    const options = writeOptions(request.query, 'CreateOptions')
    const account = await find(context, `serviceaccounts/${namespace}/${name}`)
    if (!account) throw notFound(serviceAccounts, name)
    const asked = await readTokenRequest(request, context)
    const errors = tokenRequestErrors(asked, { namespace, name })
    if (errors.length > 0) throw invalidObject({ ...kind, plural: 'tokenrequests' }, name, errors)
    asked.metadata = { ...asked.metadata, name, namespace, creationTimestamp: rfc3339(context.clock.now()) }
    const { dryRun } = options
    const made = await admitted(request, context, { body: asked, dryRun }, () =>
      issue(request, context, account, asked),
    )
    return jsonResponse(made, 201)
  },
}

async function readTokenRequest(request: ApiRequest, { registry, tokens }: ServerContext): Promise<TokenRequest> {
  const { fieldValidation } = writeOptions(request.query, 'CreateOptions')
  const schema = builtinSchema('AuthenticationV1TokenRequest')
  const asked = (await readKind(request, { ...kind, schema }, { fieldValidation, registry })) as TokenRequest
  defaultTokenRequest(asked, tokens.audiences)
  return asked
}

async function issue(
  request: ApiRequest,
  context: ServerContext,
  account: KubeObject,
  asked: TokenRequest,
): Promise<TokenRequest> {
  const { clock, tokens, config } = context
  const bound = await boundTo(context, account, asked)
  const now = clock.now()
  const lifetime = lifetimeOf(asked.spec, {
    nowSeconds: Math.floor(now / 1000),
    isForPod: bound.pod !== undefined,
    ownAudiences: tokens.audiences,
    maxSeconds: config.serviceAccount.maxTokenExpirationSeconds,
  })
  const { saidSeconds, expires, warnAfter } = lifetime
  if (asked.spec.expirationSeconds !== saidSeconds) {
    request.warnings.push(
      `requested expiration of ${asked.spec.expirationSeconds} seconds shortened to ${saidSeconds} seconds`,
    )
  }
  const claims = { ...bound, ...(warnAfter === undefined ? {} : { warnafter: warnAfter }) }
  const made = await tokens.issue({ audiences: asked.spec.audiences, expires, bound: claims })
  return {
    ...asked,
    spec: { ...asked.spec, expirationSeconds: saidSeconds },
    status: { token: made.token, expirationTimestamp: rfc3339(now + saidSeconds * 1000) },
  }
}

async function boundTo(context: ServerContext, account: KubeObject, { spec }: TokenRequest): Promise<PrivateClaims> {
  const { name = '', namespace = '' } = account.metadata
  const claims: PrivateClaims = { namespace, serviceaccount: refOf(account) }
  const ref = spec.boundObjectRef
  if (!ref) return claims
  const place = ref.apiVersion === 'v1' || !ref.apiVersion ? places.get(ref.kind ?? '') : undefined
  if (!place) throw badRequest(`cannot bind token to object of type /${ref.apiVersion ?? ''}, Kind=${ref.kind ?? ''}`)
  const object = await find(context, place.key(namespace, ref.name ?? ''))
  if (!object) throw notFound({ group: '', plural: place.plural }, ref.name ?? '')
  if (ref.uid && ref.uid !== object.metadata.uid) throw otherUid(ref.kind ?? '', ref.name ?? '', ref.uid)
  claims[place.claim] = refOf(object)
  if (place.claim === 'pod') await bindPod(context, object as Pod, name, claims)
  return claims
}

interface Place {
  claim: 'pod' | 'secret' | 'node'
  plural: string
  key(namespace: string, name: string): string
}

const places = new Map<string, Place>([
  ['Pod', { claim: 'pod', plural: 'pods', key: (namespace, name) => `pods/${namespace}/${name}` }],
  ['Secret', { claim: 'secret', plural: 'secrets', key: (namespace, name) => `secrets/${namespace}/${name}` }],
  ['Node', { claim: 'node', plural: 'nodes', key: (_, name) => `minions/${name}` }],
])

/** The pod must run as this account; its node is told too, where it has one. */
async function bindPod(context: ServerContext, pod: Pod, account: string, claims: PrivateClaims): Promise<void> {
  if (pod.spec?.serviceAccountName !== account) {
    throw badRequest(
      `cannot bind token for serviceaccount ${JSON.stringify(account)} to pod running with different serviceaccount name.`,
    )
  }
  const { nodeName } = pod.spec
  if (!nodeName) return
  const node = (await find(context, `minions/${nodeName}`)) as Node | undefined
  claims.node = node ? refOf(node) : { name: nodeName, uid: '' }
}

function refOf({ metadata }: KubeObject): BoundRef {
  return { name: metadata.name ?? '', uid: metadata.uid ?? '' }
}

function otherUid(kindName: string, name: string, uid: string) {
  const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
  return conflict({ group: '', plural: kindName }, name, why)
}

/** What was written a moment ago may not be in memory yet. */
async function find({ cache, store }: ServerContext, key: string): Promise<KubeObject | undefined> {
  return (cache.get(key) ?? (await store.get(key)))?.object
}
