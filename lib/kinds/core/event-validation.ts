// What must hold for an event. One with an eventTime follows the newer, stricter rules.

import { type FieldError, invalid, required } from '../../api/field-errors.ts'
import { dnsSubdomain, qualifiedName } from '../../api/validation-rules.ts'
import type { Event } from './event.ts'

const maxNameLength = 128
const maxNoteLength = 1024

export function validateEvent(event: Event): FieldError[] {
  const namespace = event.metadata.namespace ?? ''
  return [
    ...(isPlaceRight(event) ? [] : [misplaced(event)]),
    ...(event.eventTime ? reportingErrors(event) : []),
    ...dnsSubdomain('namespace', namespace),
  ]
}

function misplaced({ involvedObject }: Event): FieldError {
  return invalid('involvedObject.namespace', involvedObject.namespace ?? '', 'does not match event.namespace')
}

/** Events about cluster-scoped objects are kept in `default`. */
function isPlaceRight({ involvedObject, eventTime, metadata }: Event): boolean {
  const namespace = metadata.namespace ?? ''
  const involved = involvedObject.namespace ?? ''
  if (involved) return namespace === involved
  return namespace === '' || namespace === 'default' || (eventTime !== undefined && namespace === 'kube-system')
}

function reportingErrors(event: Event): FieldError[] {
  const { reportingComponent, reportingInstance, action, reason, message = '' } = event
  return [
    ...(reportingComponent
      ? qualifiedName('reportingController', reportingComponent)
      : [required('reportingController')]),
    ...shortText('reportingInstance', reportingInstance),
    ...shortText('action', action),
    ...shortText('reason', reason),
    ...(message.length > maxNoteLength ? [invalid('message', '', `can have at most ${maxNoteLength} characters`)] : []),
  ]
}

function shortText(field: string, text: string | undefined): FieldError[] {
  if (!text) return [required(field)]
  return text.length > maxNameLength ? [invalid(field, '', `can have at most ${maxNameLength} characters`)] : []
}
