// CSIDriver: what a storage driver can do and asks for.

import type { V1CSIDriver } from '@kubernetes/client-node'
import { duplicate, type FieldError, invalid, notSupported } from '../../api/field-errors.ts'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition } from '../../api/resource.ts'
import { immutable } from '../../api/validation.ts'
import { eachItem, optionalWord } from '../../api/validation-rules.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'

export type CSIDriver = Kube<V1CSIDriver>

export const csiDrivers: ResourceDefinition<CSIDriver> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  scope: 'Cluster',
  get schema() {
    return builtinSchema('V1CSIDriver')
  },
  defaults: driver => {
    driver.spec ??= {}
    driver.spec.attachRequired ??= true
    driver.spec.podInfoOnMount ??= false
    driver.spec.storageCapacity ??= false
    driver.spec.fsGroupPolicy ??= 'ReadWriteOnceWithFSType'
    driver.spec.requiresRepublish ??= false
    driver.spec.seLinuxMount ??= false
    if (!driver.spec.volumeLifecycleModes?.length) driver.spec.volumeLifecycleModes = ['Persistent']
  },
  strategy: {
    validate: validateCsiDriver,
    validateUpdate: ({ spec }, { spec: old }) => [
      // Upstream's path.
      ...immutable('spec.attachedRequired', spec.attachRequired, old.attachRequired),
      ...immutable('spec.volumeLifecycleModes', spec.volumeLifecycleModes, old.volumeLifecycleModes),
    ],
    allowUnconditionalUpdate: false,
    returnsDeletedObject: true,
  },
  tracksGeneration: true,
  columns: [
    nameColumn,
    { name: 'AttachRequired', type: 'boolean', value: ({ spec }) => spec.attachRequired ?? true },
    { name: 'PodInfoOnMount', type: 'boolean', value: ({ spec }) => spec.podInfoOnMount ?? false },
    { name: 'StorageCapacity', type: 'boolean', value: ({ spec }) => spec.storageCapacity ?? false },
    textColumn(
      'TokenRequests',
      ({ spec }) => (spec.tokenRequests ?? []).map(({ audience }) => audience).join(',') || '<unset>',
    ),
    { name: 'RequiresRepublish', type: 'boolean', value: ({ spec }) => spec.requiresRepublish ?? false },
    textColumn('Modes', ({ spec }) => (spec.volumeLifecycleModes ?? []).join(',') || '<none>'),
    ageColumn,
  ],
}

const fsGroupPolicies = ['File', 'None', 'ReadWriteOnceWithFSType']
const lifecycleModes = ['Persistent', 'Ephemeral']
const shortestPeriodSeconds = 10

function validateCsiDriver({ spec }: CSIDriver): FieldError[] {
  const { nodeAllocatableUpdatePeriodSeconds: period, volumeLifecycleModes: modes = [] } = spec
  const field = 'spec.nodeAllocatableUpdatePeriodSeconds'
  return [
    ...optionalWord('spec.fsGroupPolicy', spec.fsGroupPolicy, fsGroupPolicies),
    ...tokenRequests(spec.tokenRequests, 'spec.tokenRequests'),
    ...modes
      .filter(mode => !lifecycleModes.includes(mode))
      .map(mode => notSupported('spec.volumeLifecycleModes', mode, lifecycleModes)),
    ...(period !== undefined && period < shortestPeriodSeconds
      ? [invalid(field, period, 'must be greater than or equal to 10 seconds')]
      : []),
  ]
}

const shortestTokenSeconds = 600

function tokenRequests(requests: CSIDriver['spec']['tokenRequests'] = [], field: string): FieldError[] {
  return eachItem(requests, field, ({ audience, expirationSeconds: seconds }, at, i) => {
    if (requests.slice(0, i).some(other => other.audience === audience)) return [duplicate(`${at}.audience`, audience)]
    const wrong = (text: string) => [invalid(`${at}.expirationSeconds`, seconds, `may not specify a duration ${text}`)]
    if (seconds !== undefined && seconds < shortestTokenSeconds) return wrong('less than 10 minutes')
    return seconds !== undefined && seconds > 2 ** 32 ? wrong('larger than 2^32 seconds') : []
  })
}
