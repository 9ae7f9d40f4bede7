// Tokens of ServiceAccounts: signed and checked here (RS256, or what the key is), and good only while what they are
// bound to exists. A signature is checked once a token; everything that can change, on every request.

import { createHash, createPrivateKey, createPublicKey, type KeyObject, randomUUID } from 'node:crypto'
import { compactVerify, decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import type { StorageContext } from '../context.ts'
import type { UserInfo } from './authenticator.ts'
import { BoundObjects } from './bound-objects.ts'
import {
  claimsOf,
  type PrivateClaims,
  serviceAccountUser,
  type TokenClaims,
  untimely,
  userOfClaims,
} from './token-claims.ts'

export type TokenVerdict =
  /** `audiences`: those asked for that the token is meant for. */
  { ok: true; user: UserInfo; audiences: string[] } | { ok: false; why: string }

export interface TokenSpec {
  audiences: string[]
  /** Seconds since the epoch. */
  expires: number
  bound: PrivateClaims
}

/** Tokens whose signature is known to be good. */
const maxRemembered = 4096

interface VerifyingKey {
  id: string
  key: KeyObject
  algorithm: string
}

export class ServiceAccountTokens {
  readonly #issuer: string
  /** The audiences that stand for this API server. */
  readonly audiences: readonly string[]
  readonly #signingKey: VerifyingKey
  readonly #keys: VerifyingKey[]
  readonly #context: StorageContext
  readonly #bound: BoundObjects
  readonly #verified = new Map<string, TokenClaims>()

  constructor(context: StorageContext) {
    const { issuer, audiences, signingKey, keys } = context.config.serviceAccount
    this.#context = context
    this.#issuer = issuer
    this.audiences = audiences.length > 0 ? audiences : [issuer]
    this.#signingKey = signingKeyOf(signingKey)
    this.#keys = keys.map(pem => verifyingKeyOf(createPublicKey(pem)))
    this.#bound = new BoundObjects(context)
  }

  /** A new token, and its id. */
  async issue({ audiences, expires, bound }: TokenSpec): Promise<{ token: string; id: string }> {
    const id = randomUUID()
    const now = Math.floor(this.#context.clock.now() / 1000)
    const token = await new SignJWT({ 'kubernetes.io': bound })
      .setProtectedHeader({ alg: this.#signingKey.algorithm, kid: this.#signingKey.id })
      .setIssuer(this.#issuer)
      .setSubject(serviceAccountUser(bound.namespace, bound.serviceaccount.name))
      .setAudience(audiences)
      .setJti(id)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(expires)
      .sign(this.#signingKey.key)
    return { token, id }
  }

  /** undefined: not a token of this issuer. */
  async authenticate(token: string, audiences: readonly string[] = this.audiences): Promise<TokenVerdict | undefined> {
    const hash = createHash('sha256').update(token).digest('base64')
    let claims = this.#verified.get(hash)
    if (!claims) {
      if (!this.#isMine(token)) return undefined
      claims = await this.#verify(token)
      if (!claims) return { ok: false, why: 'the signature or a claim of the token is bad' }
      this.#remember(hash, claims)
    }
    return this.#judge(claims, audiences)
  }

  async #judge(claims: TokenClaims, audiences: readonly string[]): Promise<TokenVerdict> {
    const late = untimely(claims, this.#context.clock.now())
    if (late) return { ok: false, why: late }
    const common = audiences.filter(audience => claims.audiences.includes(audience))
    if (common.length === 0) {
      return {
        ok: false,
        why: `token audiences ${JSON.stringify(claims.audiences)} is invalid for the target audiences`,
      }
    }
    const lost = await this.#bound.lost(claims.bound)
    return lost ? { ok: false, why: lost } : { ok: true, user: userOfClaims(claims), audiences: common }
  }

  #isMine(token: string): boolean {
    try {
      decodeProtectedHeader(token)
      return decodeJwt(token).iss === this.#issuer
    } catch {
      // Not a JWT at all: somebody else's kind of token.
      return false
    }
  }

  async #verify(token: string): Promise<TokenClaims | undefined> {
    const { kid } = decodeProtectedHeader(token)
    const candidates = this.#keys.filter(({ id }) => !kid || id === kid)
    for (const { key, algorithm } of candidates.length > 0 ? candidates : this.#keys) {
      try {
        const { payload } = await compactVerify(token, key, { algorithms: [algorithm] })
        return claimsOf(JSON.parse(Buffer.from(payload).toString('utf8')))
      } catch (error) {
        this.#context.log.debug({ err: error }, 'a token does not pass with this key')
      }
    }
    return undefined
  }

  #remember(hash: string, claims: TokenClaims): void {
    const oldest = this.#verified.keys().next().value
    if (this.#verified.size >= maxRemembered && oldest !== undefined) this.#verified.delete(oldest)
    this.#verified.set(hash, claims)
  }

  /** The public keys, as a JSON Web Key Set: for whoever checks tokens without asking. */
  jwks(): { keys: object[] } {
    return {
      keys: this.#keys.map(({ id, key, algorithm }) => ({
        use: 'sig',
        kid: id,
        alg: algorithm,
        ...key.export({ format: 'jwk' }),
      })),
    }
  }
}

function signingKeyOf(pem: string): VerifyingKey {
  const key = createPrivateKey(pem)
  return { ...verifyingKeyOf(createPublicKey(key)), key }
}

/** The id is upstream's: a hash of the public key. */
function verifyingKeyOf(key: KeyObject): VerifyingKey {
  const id = createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
  return { id, key, algorithm: algorithmOf(key) }
}

function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256'
  const curves: Record<string, string> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }
  const algorithm = curves[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (!algorithm) throw new Error('a service account key is neither RSA nor on one of the curves P-256, P-384, P-521')
  return algorithm
}
