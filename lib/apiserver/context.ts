// What the server's parts are given: made once at the start, never changed, handed to every handler.

import type { Store } from '../storage/store.ts'
import type { Clock } from '../util/clock.ts'
import type { Logger } from '../util/log.ts'
import type { AdmissionPlugin } from './admission/plugin.ts'
import type { Authenticator } from './authn/authenticator.ts'
import type { ServiceAccountTokens } from './authn/service-account-token.ts'
import type { Authorizer } from './authz/authorizer.ts'
import type { RuleResolver } from './authz/rbac.ts'
import type { Dial } from './proxy/backend.ts'
import type { Registry } from './registry.ts'
import type { WatchCache } from './watch-cache.ts'

/** What the flags say, with the files they name already read. */
export interface ServerConfig {
  /** PEM bundles. */
  clientCa?: string
  requestHeader?: {
    ca: string
    allowedNames: string[]
    usernameHeaders: string[]
    groupHeaders: string[]
    extraHeadersPrefix: string[]
  }
  anonymousAuth: boolean
  /** In order: Node, RBAC, AlwaysAllow. */
  authorizationModes: string[]
  serviceAccount: {
    issuer: string
    /** Defaults to the issuer. */
    audiences: string[]
    /** The private key that signs, PEM. */
    signingKey: string
    /** The public (or private) keys that verify, PEM. */
    keys: string[]
    maxTokenExpirationSeconds?: number
  }
  serviceClusterIpRange: string
  serviceNodePortRange: { from: number; to: number }
  /** The address other members of the cluster reach this server at, and the port it listens on. */
  advertiseAddress: string
  securePort: number
  /** How the server shows itself to kubelets. */
  kubelet: { clientCert?: string; clientKey?: string; ca?: string }
  /** How pods and nodes are reached, where not simply by TCP. */
  dial?: Dial
  /** Where the components of this machine say whether they are well: what componentstatuses ask. */
  componentHealth: Record<string, string>
  maxRequestsInFlight: number
  maxMutatingRequestsInFlight: number
  requestTimeoutMs: number
  minRequestTimeoutMs: number
  /** How long the server goes on as before after SIGTERM, only that it is no longer ready. */
  shutdownDelayMs: number
  /** How long requests in flight may take then. */
  shutdownTimeoutMs: number
}

/** Where objects are: all that authenticators, authorizers and admission plugins are built from. */
export interface StorageContext {
  registry: Registry
  cache: WatchCache
  store: Store
  clock: Clock
  log: Logger
  config: ServerConfig
}

export interface ServerContext extends StorageContext {
  admission: readonly AdmissionPlugin[]
  authenticator: Authenticator
  authorizer: Authorizer
  /** Issues and checks the tokens of ServiceAccounts. */
  tokens: ServiceAccountTokens
  /** What a user may do in a namespace ('': in the whole cluster), as RBAC says it. */
  rulesFor: RuleResolver
}
