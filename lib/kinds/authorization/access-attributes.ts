// What the three access reviews share: the question they ask, and its checks.

import { type FieldError, invalid } from '../../api/field-errors.ts'

export interface AccessQuestion {
  resourceAttributes?: {
    namespace?: string
    verb?: string
    group?: string
    version?: string
    resource?: string
    subresource?: string
    name?: string
    fieldSelector?: { rawSelector?: string; requirements?: { key: string; operator: string; values?: string[] }[] }
  }
  nonResourceAttributes?: { path?: string; verb?: string }
}

/** Either a resource or a path is asked about. */
export function questionErrors(spec: AccessQuestion): FieldError[] {
  if (spec.resourceAttributes && spec.nonResourceAttributes) {
    const detail = 'cannot be specified in combination with resourceAttributes'
    return [invalid('spec.nonResourceAttributes', spec.nonResourceAttributes, detail)]
  }
  if (spec.resourceAttributes || spec.nonResourceAttributes) return []
  const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
  return [invalid('spec.resourceAttributes', spec.resourceAttributes, detail)]
}

/** Somebody must be asked about. */
export function subjectErrors({ user, groups }: { user?: string; groups?: string[] }): FieldError[] {
  if (user || groups?.length) return []
  return [invalid('spec.user', user ?? '', 'at least one of user or group must be specified')]
}
