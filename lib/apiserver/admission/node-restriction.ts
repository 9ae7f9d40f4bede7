// A node writes only what is its own: its Node and Lease, mirror pods on it, the status of its pods, tokens for them.
// What the Node authorizer cannot see, because it stands in the body, is checked here.

import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../kinds/core/pod.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { nodeOf } from '../authz/node-identity.ts'
import { podReferences } from '../authz/pod-references.ts'
import type { StorageContext } from '../context.ts'
import { isMirror, mirrorAnnotation } from './mirror-pod.ts'
import { refuseNode } from './node-restriction-labels.ts'
import type { AdmissionPlugin, AdmissionRequest } from './plugin.ts'
import { refused } from './refusal.ts'

type Cache = Pick<StorageContext, 'cache'>
type Check = (node: string, request: AdmissionRequest, context: Cache) => string | undefined

export function nodeRestriction(context: Cache): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: request => nodeOf(request.user) !== undefined && checkFor(request) !== undefined,
    validate(request) {
      const node = nodeOf(request.user)
      if (!node) throw refused(request, `could not determine node from user ${JSON.stringify(request.user.name)}`)
      const why = checkFor(request)?.(node, request, context)
      if (why) throw refused(request, why)
    },
  }
}

function checkFor({ resource, subresource }: AdmissionRequest): Check | undefined {
  return checks[`${resource.plural}.${resource.group}/${subresource}`]
}

const checks: Record<string, Check | undefined> = {
  'pods./': (node, request) => {
    const quoted = JSON.stringify(node)
    if (request.operation === 'CREATE') return refuseMirrorPod(quoted, node, request.object as Pod)
    if (request.operation !== 'DELETE') {
      return `unexpected operation ${JSON.stringify(request.operation)}, node ${quoted} can only create and delete mirror pods`
    }
    return isOn(request.oldObject, node)
      ? undefined
      : `node ${quoted} can only delete pods with spec.nodeName set to itself`
  },
  'pods./status': (node, { object, oldObject }) => {
    const quoted = JSON.stringify(node)
    if (!isOn(oldObject, node)) {
      return `node ${quoted} can only update pod status for pods with spec.nodeName set to itself`
    }
    const same = jsonEqual(object?.metadata.labels ?? {}, oldObject?.metadata.labels ?? {})
    return same ? undefined : `node ${quoted} cannot update labels through pod status`
  },
  'pods./eviction': (node, request, { cache }) => {
    const pod = cache.get(`pods/${request.namespace}/${request.name}`)?.object
    return isOn(pod, node) ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`
  },
  'nodes./': refuseNode,
  'nodes./status': refuseNode,
  'serviceaccounts./token': refuseToken,
  'leases.coordination.k8s.io/': (node, { namespace, name, object }) => {
    if (namespace !== 'kube-node-lease') return `can only access leases in the "kube-node-lease" system namespace`
    if ((name || object?.metadata.name) === node) return undefined
    return 'can only access node lease with the same name as the requesting node'
  },
  'csinodes.storage.k8s.io/': (node, { name, object }) => {
    if ((name || object?.metadata.name) === node) return undefined
    return 'can only access CSINode with the same name as the requesting node'
  },
}

function isOn(pod: KubeObject | undefined, node: string): boolean {
  return (pod as Pod | undefined)?.spec?.nodeName === node
}

function refuseMirrorPod(quoted: string, node: string, pod: Pod): string | undefined {
  if (!isMirror(pod)) {
    return `pod does not have ${JSON.stringify(mirrorAnnotation)} annotation, node ${quoted} can only create mirror pods`
  }
  if (!isOn(pod, node)) return `node ${quoted} can only create pods with spec.nodeName set to itself`
  const owners = pod.metadata.ownerReferences ?? []
  if (owners.length > 1) return `node ${quoted} can only create pods with a single owner reference set to itself`
  const [owner] = owners
  if (owner && (owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)) {
    return `node ${quoted} can only create pods with an owner reference set to itself`
  }
  if (pod.spec?.serviceAccountName) return `node ${quoted} can not create pods that reference a service account`
  return refuseReferences(quoted, pod)
}

/** What a mirror pod names, were it an ordinary one. */
function refuseReferences(quoted: string, pod: Pod): string | undefined {
  const [reference] = podReferences({ ...pod, metadata: { ...pod.metadata, annotations: {} } })
  return reference && `node ${quoted} can not create pods that reference ${reference.split('/')[0]}`
}

interface TokenRequestBody {
  spec?: { boundObjectRef?: { kind?: string; name?: string; uid?: string } }
}

function refuseToken(node: string, { object, namespace }: AdmissionRequest, { cache }: Cache): string | undefined {
  const ref = (object as (KubeObject & TokenRequestBody) | undefined)?.spec?.boundObjectRef
  if (ref?.kind !== 'Pod' || !ref.name) return 'node requested token not bound to a pod'
  if (!ref.uid) return 'node requested token with a pod binding without a uid'
  const pod = cache.get(`pods/${namespace}/${ref.name}`)?.object
  if (pod?.metadata.uid !== ref.uid) {
    return `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`
  }
  return isOn(pod, node) ? undefined : 'node requested token bound to a pod scheduled on a different node'
}
