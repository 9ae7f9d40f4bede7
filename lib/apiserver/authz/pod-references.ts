// The objects a node needs to run a pod: what the pod's spec names. Pure.

import type { V1Pod } from '@kubernetes/client-node'
import type { Json, Kube } from '../../api/meta.ts'

type Pod = Kube<V1Pod>
type PodSpec = NonNullable<Pod['spec']>
type Volume = NonNullable<PodSpec['volumes']>[number]
type Container = Pick<Json<PodSpec['containers'][number]>, 'env' | 'envFrom'>

export type ReferencedKind = 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'serviceaccounts' | 'resourceclaims'

/** `secrets/<namespace>/<name>` and so on, each once. A mirror pod needs nothing: its node has all of it already. */
export function podReferences(pod: Pod): string[] {
  const { spec, metadata } = pod
  if (!spec || metadata.annotations?.['kubernetes.io/config.mirror']) return []
  const found = new Set<string>()
  const add = (kind: ReferencedKind, name: string | undefined) => {
    if (name) found.add(`${kind}/${metadata.namespace}/${name}`)
  }
  add('serviceaccounts', spec.serviceAccountName)
  for (const secret of spec.imagePullSecrets ?? []) add('secrets', secret.name)
  for (const volume of spec.volumes ?? []) addVolume(volume, metadata.name ?? '', add)
  const containers: Container[] = [
    ...(spec.containers ?? []),
    ...(spec.initContainers ?? []),
    ...(spec.ephemeralContainers ?? []),
  ]
  for (const container of containers) addEnvironment(container, add)
  addClaims(pod, add)
  return [...found]
}

type Add = (kind: ReferencedKind, name: string | undefined) => void

function addVolume(volume: Volume, podName: string, add: Add): void {
  add('secrets', volume.secret?.secretName)
  add('configmaps', volume.configMap?.name)
  add('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName)
  if (volume.ephemeral) add('persistentvolumeclaims', `${podName}-${volume.name}`)
  for (const source of volume.projected?.sources ?? []) {
    add('secrets', source.secret?.name)
    add('configmaps', source.configMap?.name)
  }
  const holders = [volume.csi?.nodePublishSecretRef, volume.cephfs?.secretRef, volume.flexVolume?.secretRef]
  holders.push(volume.iscsi?.secretRef, volume.rbd?.secretRef, volume.scaleIO?.secretRef, volume.storageos?.secretRef)
  for (const ref of holders) add('secrets', ref?.name)
  add('secrets', volume.azureFile?.secretName)
}

function addEnvironment(container: Container, add: Add): void {
  for (const { secretRef, configMapRef } of container.envFrom ?? []) {
    add('secrets', secretRef?.name)
    add('configmaps', configMapRef?.name)
  }
  for (const { valueFrom } of container.env ?? []) {
    add('secrets', valueFrom?.secretKeyRef?.name)
    add('configmaps', valueFrom?.configMapKeyRef?.name)
  }
}

function addClaims({ spec, status }: Pod, add: Add): void {
  const made = new Map(status?.resourceClaimStatuses?.map(claim => [claim.name, claim.resourceClaimName]))
  for (const claim of spec?.resourceClaims ?? []) {
    add('resourceclaims', claim.resourceClaimName ?? made.get(claim.name))
  }
}
