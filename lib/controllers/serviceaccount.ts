// Gives every namespace its ServiceAccount `default`, as which pods run that name no other.

import { hasReason } from '../api/errors.ts'
import type { ControllerContext, ControllerEntry } from '../controller/context.ts'
import type { Controller } from '../controller/controller.ts'
import { isNamespaceTerminating } from '../controller/namespace-terminating.ts'
import { watch } from '../controller/watch.ts'
import { namespaces } from '../kinds/core/namespace.ts'
import { type ServiceAccount, serviceAccounts } from '../kinds/core/service-account.ts'

export const serviceAccountController: ControllerEntry = {
  name: 'serviceaccount-controller',
  serviceAccount: 'service-account-controller',
  make: serviceAccountReconciler,
}

const name = 'default'

function serviceAccountReconciler({ client, informers }: ControllerContext): Controller {
  const namespaceInformer = informers.of(namespaces)
  const accountInformer = informers.of(serviceAccounts)

  return {
    name: 'serviceaccount',
    workers: 1,
    watches: [watch(namespaceInformer), watch(accountInformer, lostKey)],
    reconcile,
  }

  function* lostKey(old: ServiceAccount | undefined, current: ServiceAccount | undefined): Iterable<string> {
    if (old && !current && old.metadata.name === name) yield old.metadata.namespace ?? ''
  }

  async function reconcile(namespace: string, signal: AbortSignal): Promise<undefined> {
    const phase = namespaceInformer.get(namespace)?.status?.phase
    if (phase !== 'Active' || accountInformer.get(`${namespace}/${name}`)) return
    const account: ServiceAccount = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } }
    try {
      await client.create(serviceAccounts, account, signal)
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error
    }
  }
}
