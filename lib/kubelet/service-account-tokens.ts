// Tokens of service accounts for the pods of this node: asked for by TokenRequest, bound to the pod, kept until most of
// their life is over.

import type { AuthenticationV1TokenRequest } from '@kubernetes/client-node'
import type { Kube } from '../api/meta.ts'
import type { Client } from '../client/client.ts'
import { serviceAccounts } from '../kinds/core/service-account.ts'
import type { Clock } from '../util/clock.ts'
import { type Pod, podUid } from './pod.ts'
import type { TokenRequest, TokenSource } from './volumes/volume.ts'

type Review = Kube<AuthenticationV1TokenRequest>

interface Known {
  token: string
  renewAtMs: number
}

const maxAgeMs = 24 * 3600 * 1000

export class ServiceAccountTokens implements TokenSource {
  readonly #client: Pick<Client, 'createSubresource'>
  readonly #clock: Clock
  /** By pod uid, then by what was asked. */
  readonly #known = new Map<string, Map<string, Known>>()

  constructor(client: Pick<Client, 'createSubresource'>, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  async token(pod: Pod, request: TokenRequest, signal: AbortSignal): Promise<Known> {
    const ofPod = this.#known.get(podUid(pod)) ?? new Map<string, Known>()
    const key = `${request.audience ?? ''} ${request.expirationSeconds}`
    const known = ofPod.get(key)
    if (known && this.#clock.now() < known.renewAtMs) return known
    const fresh = await this.#request(pod, request, signal)
    ofPod.set(key, fresh)
    this.#known.set(podUid(pod), ofPod)
    return fresh
  }

  forget(uid: string): void {
    this.#known.delete(uid)
  }

  async #request(pod: Pod, { audience, expirationSeconds }: TokenRequest, signal: AbortSignal): Promise<Known> {
    const { namespace = '', name = '' } = pod.metadata
    const account = pod.spec?.serviceAccountName || 'default'
    const body: Review = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: {
        audiences: audience ? [audience] : [],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid: podUid(pod) },
      },
    }
    const at = { namespace, name: account }
    const answer = await this.#client.createSubresource<Review>(serviceAccounts, at, 'token', body, signal)
    return { token: answer.status?.token ?? '', renewAtMs: this.#renewAt(answer) }
  }

  /** After four fifths of its life, or a day. */
  #renewAt({ status }: Review): number {
    const now = this.#clock.now()
    const lifeMs = Date.parse(status?.expirationTimestamp ?? '') - now
    return now + Math.min(maxAgeMs, 0.8 * (Number.isFinite(lifeMs) ? lifeMs : 0))
  }
}
