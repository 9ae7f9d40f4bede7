// What must hold for an event. One with an eventTime is of the newer form and follows stricter rules; those written
// through events.k8s.io follow the strictest, and never change in what they say.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { immutable } from '../../api/validation.ts'
import { dnsSubdomain, qualifiedName } from '../../api/validation-rules.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import type { Event } from './event.ts'

const maxNameLength = 128
const maxNoteLength = 1024

/** What holds for all. `reporterField` is what the version asked calls the reporting controller. */
export function validateEvent(event: Event, reporterField = 'reportingComponent'): FieldError[] {
  return [
    ...(isPlaceRight(event) ? [] : [misplaced(event)]),
    ...(event.eventTime ? reportingErrors(event, reporterField) : []),
    ...dnsSubdomain('namespace', event.metadata.namespace ?? ''),
  ]
}

function misplaced({ involvedObject }: Event): FieldError {
  return invalid('involvedObject.namespace', involvedObject.namespace ?? '', 'does not match event.namespace')
}

/** Events about cluster-scoped objects are kept in `default`. */
function isPlaceRight({ involvedObject, eventTime, metadata }: Event): boolean {
  const namespace = metadata.namespace ?? ''
  const involved = involvedObject.namespace ?? ''
  if (eventTime) return involved !== '' || namespace === 'default' || namespace === 'kube-system'
  return involved ? namespace === involved : namespace === '' || namespace === 'default'
}

function reportingErrors(event: Event, reporterField: string): FieldError[] {
  const { reportingComponent = '', reportingInstance, action, reason, message = '' } = event
  return [
    ...(reportingComponent ? [] : [required(reporterField)]),
    ...qualifiedName(reporterField, reportingComponent),
    ...shortText('reportingInstance', reportingInstance),
    ...shortText('action', action),
    ...shortText('reason', reason),
    ...(Buffer.byteLength(message) > maxNoteLength ? [tooManyCharacters('message', maxNoteLength)] : []),
  ]
}

function shortText(field: string, text: string | undefined): FieldError[] {
  if (!text) return [required(field)]
  return Buffer.byteLength(text) > maxNameLength ? [tooManyCharacters(field, maxNameLength)] : []
}

const tooManyCharacters = (field: string, max: number) => invalid(field, '', `can have at most ${max} characters`)

/** What a new event must say that comes through events.k8s.io. */
export function validateNewEvent(event: Event): FieldError[] {
  const { eventTime, type = '', firstTimestamp, lastTimestamp, count, source } = event
  const unset = (field: string) => invalid(field, '', 'needs to be unset')
  return [
    ...seriesErrors(event),
    ...(eventTime ? [] : [required('eventTime')]),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...(firstTimestamp ? [unset('firstTimestamp')] : []),
    ...(lastTimestamp ? [unset('lastTimestamp')] : []),
    ...(count ? [unset('count')] : []),
    ...(source?.component || source?.host ? [unset('source')] : []),
  ]
}

function seriesErrors({ series }: Event): FieldError[] {
  if (!series) return []
  return [
    ...((series.count ?? 0) < 2 ? [invalid('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ]
}

/** Only the series of an event goes on, when it is changed through events.k8s.io. */
export function validateEventUpdate(event: Event, old: Event): FieldError[] {
  const isSameSeries = jsonEqual(event.series, old.series)
  return [
    ...(isSameSeries ? [] : seriesErrors(event)),
    ...immutable('involvedObject', event.involvedObject, old.involvedObject),
    ...immutable('reason', event.reason, old.reason),
    ...immutable('message', event.message, old.message),
    ...immutable('source', event.source, old.source),
    ...immutable('firstTimestamp', event.firstTimestamp, old.firstTimestamp),
    ...immutable('lastTimestamp', event.lastTimestamp, old.lastTimestamp),
    ...immutable('count', event.count, old.count),
    ...immutable('reason', event.reason, old.reason),
    ...immutable('type', event.type, old.type),
    ...immutable('eventTime', event.eventTime, old.eventTime),
    ...immutable('action', event.action, old.action),
    ...immutable('related', event.related, old.related),
    ...immutable('reportingController', event.reportingComponent, old.reportingComponent),
    ...immutable('reportingInstance', event.reportingInstance, old.reportingInstance),
  ]
}
