// Puts the cluster's CA into every namespace, where pods find what to trust the API server by.

import { hasReason } from '../api/errors.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isNamespaceTerminating } from '../controller/namespace-terminating.ts'
import { watch } from '../controller/watch.ts'
import { type ConfigMap, configMaps } from '../kinds/core/config-map.ts'
import { namespaces } from '../kinds/core/namespace.ts'

export const rootCaCertPublisher: ControllerEntry = {
  name: 'root-ca-certificate-publisher-controller',
  serviceAccount: 'root-ca-cert-publisher',
  make: context => (context.options.rootCa ? publisher(context, context.options.rootCa) : undefined),
}

const name = 'kube-root-ca.crt'
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
  'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes ' +
  'clusters.'

function publisher({ client, informers }: ControllerContext, rootCa: string): Controller {
  const namespaceInformer = informers.of(namespaces)
  const mapInformer = informers.of(configMaps)
  const annotations = { 'kubernetes.io/description': description }
  const data = { 'ca.crt': rootCa }

  return {
    name: 'root-ca-certificate-publisher',
    workers: 5,
    watches: [watch(namespaceInformer), watch(mapInformer, mapKey)],
    reconcile,
  }

  function* mapKey(old: ConfigMap | undefined, current: ConfigMap | undefined): Iterable<string> {
    const { metadata } = current ?? old ?? {}
    if (metadata?.name === name) yield metadata.namespace ?? ''
  }

  async function reconcile(namespace: string, signal: AbortSignal): Promise<undefined> {
    if (namespaceInformer.get(namespace)?.status?.phase !== 'Active') return
    const current = mapInformer.get(`${namespace}/${name}`)
    if (!current) return create(namespace, signal)
    const described = current.metadata.annotations?.['kubernetes.io/description'] !== undefined
    const keys = Object.keys(current.data ?? {})
    if (described && keys.length === 1 && current.data?.['ca.crt'] === rootCa) return
    const metadata = { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } }
    await client.update(configMaps, { ...current, metadata, data }, {}, signal)
  }

  async function create(namespace: string, signal: AbortSignal): Promise<undefined> {
    const map: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, annotations }, data }
    try {
      await client.create(configMaps, map, signal)
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
    }
  }
}
