// What must hold for a CertificateSigningRequest, and what may change of it by which way: approving and signing are
// two offices.

import { X509Certificate } from 'node:crypto'
import { duplicate, type FieldError, fieldForbidden, invalid, notSupported, required } from '../../api/field-errors.ts'
import { requiredWord } from '../../api/validation-rules.ts'
import { goQuote } from '../../util/go-quote.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { jsonDiff } from '../../util/unified-diff.ts'
import { readCertificateRequest } from './certificate-request.ts'
import type { CertificateSigningRequest } from './certificate-signing-request.ts'
import { pemBlocks } from './pem.ts'
import { signerName } from './signer-name.ts'

type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number]

const legacySigner = 'kubernetes.io/legacy-unknown'
const minExpirationSeconds = 600
/** What these say is either so, or they are absent. */
const trueOnly = ['Approved', 'Denied', 'Failed']
const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]

export function validateSpec({ spec }: CertificateSigningRequest): FieldError[] {
  const { request, expirationSeconds: seconds } = spec
  const wrongRequest = thrownBy(() => readCertificateRequest(Buffer.from(request ?? '', 'base64').toString('latin1')))
  const text = `may not specify a duration less than ${minExpirationSeconds} seconds (10 minutes)`
  return [
    ...(wrongRequest === undefined ? [] : [invalid('spec.request', request ?? null, wrongRequest)]),
    ...usageErrors(spec.usages ?? [], 'spec.usages'),
    ...(spec.signerName === legacySigner
      ? [invalid('spec.signerName', legacySigner, 'the legacy signerName is not allowed via this API version')]
      : signerName('spec.signerName', spec.signerName)),
    ...(seconds !== undefined && seconds < minExpirationSeconds
      ? [invalid('spec.expirationSeconds', seconds, text)]
      : []),
  ]
}

function thrownBy(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function usageErrors(given: string[], field: string): FieldError[] {
  if (given.length === 0) return [required(field)]
  const unknown = given.flatMap((usage, i) =>
    usages.includes(usage) ? [] : [notSupported(`${field}[${i}]`, usage, usages)],
  )
  const repeated = given.flatMap((usage, i) => (given.indexOf(usage) < i ? [duplicate(`${field}[${i}]`, usage)] : []))
  return [...unknown, ...repeated]
}

/** Which of the two offices an update comes by; neither: it is the object's own, which changes no status. */
export type Office = 'approving' | 'signing'

export function validateStatusUpdate(
  csr: CertificateSigningRequest,
  old: CertificateSigningRequest,
  office: Office,
): FieldError[] {
  return [
    ...conditionErrors(csr.status?.conditions ?? [], old.status?.conditions ?? []),
    ...certificateErrors(csr.status?.certificate, old.status?.certificate),
    ...removed(csr, old),
    ...(office === 'approving' ? [] : approvalErrors(csr, old)),
    ...certificateChange(csr.status?.certificate ?? '', old.status?.certificate ?? '', office),
  ]
}

const statusField = 'status.conditions'

function conditionErrors(conditions: Condition[], old: Condition[]): FieldError[] {
  const has = (list: Condition[], type: string) => list.some(condition => condition.type === type)
  const mayBeBoth = has(old, 'Approved') && has(old, 'Denied')
  const contradiction = 'Approved and Denied conditions are mutually exclusive'
  return conditions.flatMap((condition, i) => {
    const { type, status } = condition
    const before = conditions.slice(0, i)
    const opposite = { Approved: 'Denied', Denied: 'Approved' }[type]
    const allowed = trueOnly.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    return [
      ...(type ? [] : [required(`${statusField}[${i}].type`)]),
      ...requiredWord(`${statusField}[${i}].status`, status, allowed),
      ...(opposite && !mayBeBoth && has(before, opposite) ? [invalid(statusField, type, contradiction)] : []),
      ...(has(before, type) ? [duplicate(`${statusField}[${i}].type`, type)] : []),
    ]
  })
}

/** What does not touch the certificate need not make it right. */
function certificateErrors(certificate = '', old = ''): FieldError[] {
  if (certificate === old || certificate === '') return []
  const wrong = certificateFault(Buffer.from(certificate, 'base64').toString('latin1'))
  return wrong === undefined ? [] : [invalid('status.certificate', '<certificate data>', wrong)]
}

function certificateFault(pem: string): string | undefined {
  const blocks = pemBlocks(pem)
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block'
  for (const { type, hasHeaders, bytes } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${goQuote(type)}`
    if (hasHeaders) return 'no PEM block headers are permitted'
    if (thrownBy(() => new X509Certificate(bytes)) !== undefined) return 'x509: malformed certificate'
  }
  return undefined
}

function ofType({ status }: CertificateSigningRequest, type: string): Condition[] {
  return (status?.conditions ?? []).filter(condition => condition.type === type)
}

function removed(csr: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] {
  return trueOnly
    .filter(type => ofType(csr, type).length < ofType(old, type).length)
    .map(type => fieldForbidden(statusField, `updates may not remove a condition of type ${goQuote(type)}`))
}

function approvalErrors(csr: CertificateSigningRequest, old: CertificateSigningRequest): FieldError[] {
  return ['Approved', 'Denied'].flatMap(type => {
    const [now, before] = [ofType(csr, type), ofType(old, type)]
    if (now.length < before.length || jsonEqual(now, before)) return []
    const [what, how] = now.length > before.length ? ['add', ''] : ['modify', `\n${jsonDiff(before, now)}`]
    return [fieldForbidden(statusField, `updates may not ${what} a condition of type ${goQuote(type)}${how}`)]
  })
}

function certificateChange(certificate: string, old: string, office: Office): FieldError[] {
  if (certificate === old) return []
  if (office !== 'signing') return [fieldForbidden('status.certificate', 'updates may not set certificate content')]
  return old ? [fieldForbidden('status.certificate', 'updates may not modify existing certificate content')] : []
}
