// What a list or watch asks for beside the resource: upstream's ListOptions, with its rules.

import { badRequest } from '../api/errors.ts'
import { type FieldError, fieldForbidden, invalidObject, notSupported } from '../api/field-errors.ts'
import { isTrue } from './request-info.ts'

export interface ListOptions {
  resourceVersion: string
  resourceVersionMatch: string
  limit: number
  continue: string
  timeoutSeconds?: number
  allowWatchBookmarks: boolean
  sendInitialEvents?: boolean
}

/** Throws Invalid or BadRequest. */
export function listOptions(query: URLSearchParams, isWatch: boolean): ListOptions {
  const timeoutSeconds = wholeNumber(query, 'timeoutSeconds')
  const options: ListOptions = {
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    limit: wholeNumber(query, 'limit') ?? 0,
    continue: query.get('continue') ?? '',
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(query.has('sendInitialEvents') ? { sendInitialEvents: isTrue(query.get('sendInitialEvents')) } : {}),
  }
  if (isWatch) withInitialEvents(options)
  const errors = isWatch ? watchErrors(options) : listErrors(options)
  if (errors.length === 0) return options
  throw invalidObject({ group: 'meta.k8s.io', plural: '', kind: 'ListOptions' }, '', errors)
}

/** A watch from no version in particular has always begun with what is there. */
function withInitialEvents(options: ListOptions): void {
  if (options.sendInitialEvents !== undefined || options.resourceVersionMatch !== '') return
  if (options.resourceVersion !== '' && options.resourceVersion !== '0') return
  options.sendInitialEvents = true
  options.resourceVersionMatch = 'NotOlderThan'
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const isNumber = /^[+-]?\d+$/.test(text)
  if (isNumber && BigInt.asIntN(64, BigInt(text)) === BigInt(text)) return Number(text)
  const why = isNumber ? 'value out of range' : 'invalid syntax'
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`)
}

function listErrors(options: ListOptions): FieldError[] {
  const { resourceVersion, resourceVersionMatch: match } = options
  const forbidden = (why: string) => fieldForbidden('resourceVersionMatch', why)
  const errors: FieldError[] = []
  if (match !== '') {
    if (resourceVersion === '') {
      errors.push(forbidden('resourceVersionMatch is forbidden unless resourceVersion is provided'))
    }
    if (options.continue !== '') {
      errors.push(forbidden('resourceVersionMatch is forbidden when continue is provided'))
    }
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']))
    }
    if (match === 'Exact' && resourceVersion === '0') {
      errors.push(forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
    }
  }
  if (options.sendInitialEvents !== undefined) {
    errors.push(fieldForbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  }
  return errors
}

function watchErrors(options: ListOptions): FieldError[] {
  const { resourceVersionMatch: match, sendInitialEvents } = options
  const forbidden = (why: string) => fieldForbidden('resourceVersionMatch', why)
  const errors: FieldError[] = []
  if (sendInitialEvents !== undefined && match !== 'NotOlderThan') {
    errors.push(forbidden('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  }
  if (match !== '') {
    if (sendInitialEvents === undefined) {
      errors.push(forbidden('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
    }
    if (match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']))
    if (options.continue !== '') {
      errors.push(forbidden('resourceVersionMatch is forbidden when continue is provided'))
    }
  }
  return errors
}
