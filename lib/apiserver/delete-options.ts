// How something is to be deleted: DeleteOptions, in the body or in the query.

import { badRequest } from '../api/errors.ts'
import { type FieldError, invalid, invalidObject, notSupported } from '../api/field-errors.ts'
import { builtinSchema } from '../schema/builtin.ts'
import type { ApiRequest } from './chain.ts'
import { parseBody } from './parse-body.ts'
import { isTrue } from './request-info.ts'
import { dryRunErrors } from './write-options.ts'

export interface DeleteOptions {
  gracePeriodSeconds?: number
  /** Deprecated for propagationPolicy, and still sent by old clients. */
  orphanDependents?: boolean
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  preconditions?: { uid?: string; resourceVersion?: string }
  dryRun: boolean
}

type Unchecked = Partial<
  Record<'gracePeriodSeconds' | 'orphanDependents' | 'propagationPolicy' | 'preconditions', unknown>
> & {
  dryRun?: unknown
}

/** Throws Invalid or BadRequest. */
export async function readDeleteOptions(request: ApiRequest): Promise<DeleteOptions> {
  const body = await request.body()
  return checkedDeleteOptions(body.length > 0 ? await fromBody(request, body) : fromQuery(request.query))
}

/** Throws Invalid or BadRequest. */
export function checkedDeleteOptions(given: Unchecked): DeleteOptions {
  const dryRun = Array.isArray(given.dryRun) ? given.dryRun.map(String) : []
  const errors = [...dryRunErrors(dryRun), ...propagationErrors(given)]
  if (errors.length > 0) throw invalidObject({ group: 'meta.k8s.io', plural: '', kind: 'DeleteOptions' }, '', errors)
  return { ...checked(given), dryRun: dryRun.includes('All') }
}

async function fromBody(request: ApiRequest, body: Buffer): Promise<Unchecked> {
  const { value } = await parseBody(request, body, {
    kind: 'DeleteOptions',
    apiVersion: '',
    schema: builtinSchema('V1DeleteOptions'),
  })
  const { kind } = value
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    throw badRequest('decoded object cannot be converted to DeleteOptions')
  }
  return value
}

function fromQuery(query: URLSearchParams): Unchecked {
  const seconds = query.get('gracePeriodSeconds')
  const policy = query.get('propagationPolicy')
  return {
    dryRun: query.getAll('dryRun'),
    ...(seconds ? { gracePeriodSeconds: wholeNumber(seconds) } : {}),
    ...(policy ? { propagationPolicy: policy } : {}),
    ...(query.has('orphanDependents') ? { orphanDependents: isTrue(query.get('orphanDependents')) } : {}),
  }
}

function wholeNumber(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text)
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
}

function propagationErrors({ orphanDependents, propagationPolicy: policy }: Unchecked): FieldError[] {
  if (policy === undefined || policy === null) return []
  if (orphanDependents !== undefined && orphanDependents !== null) {
    return [invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set')]
  }
  const known = ['Foreground', 'Background', 'Orphan']
  return known.includes(String(policy)) ? [] : [notSupported('propagationPolicy', policy, [...known, 'nil'])]
}

function checked(given: Unchecked): Omit<DeleteOptions, 'dryRun'> {
  const seconds = given.gracePeriodSeconds
  if (seconds !== undefined && seconds !== null && !Number.isInteger(seconds)) {
    throw badRequest(`gracePeriodSeconds: expected an integer, got ${JSON.stringify(seconds)}`)
  }
  const preconditions = given.preconditions as DeleteOptions['preconditions'] | null
  return {
    ...(typeof seconds === 'number' ? { gracePeriodSeconds: seconds } : {}),
    ...(typeof given.orphanDependents === 'boolean' ? { orphanDependents: given.orphanDependents } : {}),
    ...(given.propagationPolicy
      ? { propagationPolicy: given.propagationPolicy as NonNullable<DeleteOptions['propagationPolicy']> }
      : {}),
    ...(preconditions ? { preconditions } : {}),
  }
}
