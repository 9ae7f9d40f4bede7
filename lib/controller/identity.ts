// A controller acts as its own ServiceAccount in kube-system, with no more rights than it needs: its token comes from a
// TokenRequest made by the process that runs it, and is replaced well before it expires.

import { hasReason, StatusError } from '../api/errors.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Client } from '../client/client.ts'
import { serviceAccounts } from '../kinds/core/service-account.ts'
import type { Clock } from '../util/clock.ts'

interface TokenRequest extends KubeObject {
  spec: { expirationSeconds: number }
  status?: { token?: string; expirationTimestamp?: string }
}

const namespace = 'kube-system'
const lifetimeSeconds = 3600
/** Replaced when this share of its life is over. */
const freshShare = 0.8

export class ControllerIdentity {
  readonly #name: string
  readonly #client: Client
  readonly #clock: Clock
  #current: { token: string; renewAtMs: number } | undefined
  #asking: Promise<string> | undefined

  /** `client` may make tokens and ServiceAccounts in kube-system. */
  constructor(name: string, client: Client, clock: Clock) {
    this.#name = name
    this.#client = client
    this.#clock = clock
  }

  /** Throws StatusError; asking again tries again. */
  async token(): Promise<string> {
    if (this.#current && this.#clock.now() < this.#current.renewAtMs) return this.#current.token
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined
    })
    return this.#asking
  }

  /** The token was refused: the next one is new. */
  forget(): void {
    this.#current = undefined
  }

  async #ask(): Promise<string> {
    const asked = this.#clock.now()
    const { status } = await this.#request().catch(async error => {
      if (!hasReason(error, 'NotFound')) throw error
      await this.#createAccount()
      return this.#request()
    })
    if (!status?.token) throw new StatusError(500, 'InternalError', `no token was made for ${namespace}/${this.#name}`)
    const expires = Date.parse(status.expirationTimestamp ?? '') || asked + lifetimeSeconds * 1000
    this.#current = { token: status.token, renewAtMs: asked + (expires - asked) * freshShare }
    return status.token
  }

  #request(): Promise<TokenRequest> {
    const body: TokenRequest = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      metadata: {},
      spec: { expirationSeconds: lifetimeSeconds },
    }
    return this.#client.createSubresource(serviceAccounts, { namespace, name: this.#name }, 'token', body)
  }

  async #createAccount(): Promise<void> {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name: this.#name } }
    try {
      await this.#client.create(serviceAccounts, account)
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error
    }
  }
}
