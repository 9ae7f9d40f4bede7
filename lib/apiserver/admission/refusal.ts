// What a plugin says no with: 403, about the object by the name it has or is to be given.

import { forbidden, type StatusError } from '../../api/errors.ts'
import type { AdmissionRequest } from './plugin.ts'

export function refused(request: AdmissionRequest, why: string): StatusError {
  return forbidden(request.resource, nameOf(request), why)
}

function nameOf({ name, object }: AdmissionRequest): string {
  return name || object?.metadata.name || object?.metadata.generateName || 'Unknown'
}

/** True for this resource itself, no subresource of it. */
export function isFor({ resource, subresource }: AdmissionRequest, group: string, plural: string, sub = ''): boolean {
  return resource.group === group && resource.plural === plural && subresource === sub
}
