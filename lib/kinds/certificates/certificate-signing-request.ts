// CertificateSigningRequest: somebody asks for a certificate, somebody approves it, somebody signs it: three ways in,
// each of which changes its own part only.

import type { V1CertificateSigningRequest } from '@kubernetes/client-node'
import type { Kube } from '../../api/meta.ts'
import type { ResourceDefinition, Writer } from '../../api/resource.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { rfc3339 } from '../../util/clock.ts'
import { ageColumn, nameColumn, textColumn } from '../columns.ts'
import { humanDuration } from '../human-duration.ts'
import { restoreMember, statusSubresource } from '../status-subresource.ts'
import { validateSpec, validateStatusUpdate } from './csr-validation.ts'

export type CertificateSigningRequest = Kube<V1CertificateSigningRequest>

export const certificateSigningRequests: ResourceDefinition<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  scope: 'Cluster',
  shortNames: ['csr'],
  get schema() {
    return builtinSchema('V1CertificateSigningRequest')
  },
  defaults: csr => {
    csr.status ??= {}
  },
  strategy: {
    nameRule: 'path-segment',
    prepareForCreate: csr => {
      csr.status = {}
    },
    stamp: (csr, { user }) => recordRequester(csr, user),
    prepareForUpdate: (csr, old) => {
      restoreMember(csr, old, 'spec')
      restoreMember(csr, old, 'status')
    },
    validate: validateSpec,
  },
  subresources: {
    approval: {
      verbs: ['get', 'update', 'patch'],
      resetFields: ['spec', 'status.certificate'],
      prepareForUpdate: (csr, old) => {
        const { conditions } = csr.status ?? {}
        restoreMember(csr, old, 'spec')
        csr.status = { ...old.status, ...(conditions ? { conditions } : {}) }
        if (!conditions) delete csr.status.conditions
      },
      stamp: stampConditions,
      validateUpdate: (csr, old) => validateStatusUpdate(csr, old, 'approving'),
    },
    status: {
      ...statusSubresource<CertificateSigningRequest>(),
      stamp: stampConditions,
      validateUpdate: (csr, old) => validateStatusUpdate(csr, old, 'signing'),
    },
  },
  columns: [
    nameColumn,
    ageColumn,
    textColumn('SignerName', ({ spec }) => spec.signerName || '<none>'),
    textColumn('Requestor', ({ spec }) => spec.username ?? ''),
    textColumn('RequestedDuration', ({ spec: { expirationSeconds } }) =>
      expirationSeconds === undefined ? '<none>' : humanDuration(expirationSeconds * 1000),
    ),
    textColumn('Condition', condition),
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName ?? '' },
}

/** Who asks is who is asked for: nobody says it of himself. */
function recordRequester({ spec }: CertificateSigningRequest, { name, uid, groups, extra }: Writer['user']): void {
  spec.username = name
  spec.groups = [...groups]
  delete spec.uid
  delete spec.extra
  if (uid) spec.uid = uid
  if (Object.keys(extra).length > 0) spec.extra = structuredClone(extra)
}

/** Times that the writer left out: now, and for a condition that was so before, since when it is. */
function stampConditions({ status }: CertificateSigningRequest, old: CertificateSigningRequest, by: Writer): void {
  const now = rfc3339(by.nowMs)
  for (const condition of status?.conditions ?? []) {
    const before = old.status?.conditions?.find(
      ({ type, status: was }) => type === condition.type && was === condition.status,
    )
    condition.lastTransitionTime ??= before?.lastTransitionTime ?? now
    condition.lastUpdateTime ??= now
  }
}

function condition({ status }: CertificateSigningRequest): string {
  const has = (type: string) => status?.conditions?.some(each => each.type === type)
  const decision = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending'
  return `${decision}${has('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`
}
