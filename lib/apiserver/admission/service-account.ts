// Every pod runs as a ServiceAccount: the one named `default` when it names none. Its token, the cluster's CA and the
// namespace are mounted where client libraries look for them, unless pod or account say no.

import { randomInt } from 'node:crypto'
import { hasReason, notFound } from '../../api/errors.ts'
import type { Pod } from '../../kinds/core/pod.ts'
import type { ServiceAccount } from '../../kinds/core/service-account.ts'
import type { StorageContext } from '../context.ts'
import { isMirror } from './mirror-pod.ts'
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts'
import { isFor, refused } from './refusal.ts'

type PodSpec = NonNullable<Pod['spec']>
type Volume = NonNullable<PodSpec['volumes']>[number]

const tokenMountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
const volumePrefix = 'kube-api-access-'
/** The odd seconds say that nobody chose this lifetime: such tokens live longer than they say (see TokenRequest). */
const defaultTokenSeconds = 3607
/** The account `default` is made by a controller, a moment after its namespace. */
const defaultAccountAttempts = 10

type Needs = Pick<StorageContext, 'cache' | 'store' | 'clock'>

export function serviceAccount(context: Needs): AdmissionPlugin {
  return {
    name: 'ServiceAccount',
    handles: request => request.operation === 'CREATE' && isFor(request, '', 'pods'),
    async mutate(request) {
      const pod = request.object as Pod
      if (isMirror(pod) || !pod.spec) return
      pod.spec.serviceAccountName ||= pod.spec.serviceAccount || 'default'
      pod.spec.serviceAccount = pod.spec.serviceAccountName
      const account = await accountFor(request, pod.spec.serviceAccountName, context)
      if (mountsToken(pod.spec, account)) mountToken(pod.spec)
      if (!pod.spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
        pod.spec.imagePullSecrets = structuredClone(account.imagePullSecrets)
      }
    },
    async validate(request) {
      const pod = request.object as Pod
      if (isMirror(pod)) return refuseMirrorReferences(request, pod)
      await accountFor(request, pod.spec?.serviceAccountName ?? '', context)
    },
  }
}

async function accountFor(request: AdmissionRequest, name: string, context: Needs): Promise<ServiceAccount> {
  try {
    return await findAccount(request.namespace, name, context)
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error
    throw refused(request, `error looking up service account ${request.namespace}/${name}: ${error.message}`)
  }
}

async function findAccount(namespace: string, name: string, { cache, store, clock }: Needs): Promise<ServiceAccount> {
  const key = `serviceaccounts/${namespace}/${name}`
  const attempts = name === 'default' ? defaultAccountAttempts : 1
  for (let attempt = 1; ; attempt++) {
    const entry = cache.get(key) ?? (await store.get(key))
    if (entry) return entry.object as ServiceAccount
    if (attempt === attempts) throw notFound({ group: '', plural: 'serviceaccount' }, name)
    await clock.sleep(100 + randomInt(100))
  }
}

function mountsToken(spec: PodSpec, account: ServiceAccount): boolean {
  return spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true
}

/** A container that mounts something of its own there keeps it. */
function mountToken(spec: PodSpec): void {
  const existing = spec.volumes?.find(volume => volume.name?.startsWith(volumePrefix))
  const name = existing?.name ?? freshName(spec)
  let isNeeded = false
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some(mount => mount.mountPath === tokenMountPath)) continue
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: tokenMountPath }]
    isNeeded = true
  }
  if (isNeeded && !existing) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)]
}

/** Letters and digits of which no word comes. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

function freshName(spec: PodSpec): string {
  for (;;) {
    const name = volumePrefix + Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('')
    if (!spec.volumes?.some(volume => volume.name === name)) return name
  }
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: defaultTokenSeconds } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  }
}

/** A mirror pod runs already, from a file on its node: it can have nothing of the API's. */
function refuseMirrorReferences(request: AdmissionRequest, { spec }: Pod): void {
  if (spec?.serviceAccountName) throw refused(request, 'a mirror pod may not reference service accounts')
  const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]
  const hasSecrets =
    spec?.volumes?.some(volume => volume.secret || volume.projected?.sources?.some(source => source.secret)) ||
    containers.some(
      container =>
        container.env?.some(({ valueFrom }) => valueFrom?.secretKeyRef) ||
        container.envFrom?.some(({ secretRef }) => secretRef),
    )
  if (hasSecrets) throw refused(request, 'a mirror pod may not reference secrets')
  if (spec?.volumes?.some(volume => volume.projected?.sources?.some(source => source.serviceAccountToken))) {
    throw refused(request, 'a mirror pod may not use ServiceAccountToken volume projections')
  }
}
