// What must hold for tolerations, and for the taints they tolerate.

import { type FieldError, fieldForbidden, invalid, notSupported } from '../../api/field-errors.ts'
import { labelValueErrors } from '../../api/label-syntax.ts'
import { eachItem, qualifiedName, requiredWord } from '../../api/validation-rules.ts'
import type { PodSpec } from './pod-types.ts'

type Toleration = NonNullable<PodSpec['tolerations']>[number]

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

export function validateTaintEffect(effect: string | undefined, field: string): FieldError[] {
  return requiredWord(field, effect, effects)
}

export function validateTolerations(tolerations: Toleration[] | undefined, field: string): FieldError[] {
  return eachItem(tolerations, field, (toleration, at) => [
    ...(toleration.key ? qualifiedName(`${at}.key`, toleration.key) : []),
    ...keyAndEffect(toleration, at),
    ...operatorErrors(toleration, `${at}.operator`),
    ...(toleration.effect ? validateTaintEffect(toleration.effect, `${at}.effect`) : []),
  ])
}

function keyAndEffect({ key, operator, effect, tolerationSeconds }: Toleration, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (!key && operator !== 'Exists') {
    const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
    errors.push(invalid(`${field}.operator`, operator ?? '', text))
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const text = "effect must be 'NoExecute' when `tolerationSeconds` is set"
    errors.push(invalid(`${field}.effect`, effect ?? '', text))
  }
  return errors
}

function operatorErrors({ operator = '', value = '' }: Toleration, field: string): FieldError[] {
  if (operator === 'Exists') {
    return value ? [invalid(field, value, "value must be empty when `operator` is 'Exists'")] : []
  }
  if (operator === 'Lt' || operator === 'Gt') {
    // Known, but not yet served by default: upstream's feature is alpha.
    return [notSupported(field, operator, ['Equal', 'Exists', 'Lt', 'Gt'])]
  }
  if (operator !== '' && operator !== 'Equal') return [notSupported(field, operator, ['Equal', 'Exists'])]
  const errors = labelValueErrors(value)
  return errors.length > 0 ? [invalid(field, value, errors.join(';'))] : []
}

/** An update may add tolerations, and change how long one lasts. */
export function onlyAddedTolerations(now: Toleration[] = [], old: Toleration[] = [], field: string): FieldError[] {
  const isKept = old.every(before => now.some(after => isSameButSeconds(before, after)))
  if (isKept) return validateTolerations(now, field)
  return [fieldForbidden(field, 'existing toleration can not be modified except its tolerationSeconds')]
}

function isSameButSeconds(a: Toleration, b: Toleration): boolean {
  return (['key', 'operator', 'value', 'effect'] as const).every(member => (a[member] ?? '') === (b[member] ?? ''))
}
