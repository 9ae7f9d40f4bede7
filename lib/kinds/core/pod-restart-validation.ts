// What must hold for a container's own restart policy, its rules, and what a resize does to it.

import { duplicate, type FieldError, invalid, notSupported, required, tooMany } from '../../api/field-errors.ts'
import { eachItem, optionalWord, requiredWord } from '../../api/validation-rules.ts'
import { type Container, isRestartableInit, type PodSpec } from './pod-types.ts'

type RestartRule = NonNullable<Container['restartPolicyRules']>[number]

const policies = ['Always', 'Never', 'OnFailure']
const maxRules = 20
const maxExitCodes = 255

export function validateRestartPolicy(container: Container, field: string): FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container
  const at = `${field}.restartPolicyRules`
  return [
    ...optionalWord(`${field}.restartPolicy`, restartPolicy, policies),
    ...(rules.length > 0 && restartPolicy === undefined
      ? [required(`${field}.restartPolicy`, 'must specify restartPolicy when restart rules are used')]
      : []),
    ...(rules.length > maxRules ? [tooMany(at, rules.length, maxRules)] : []),
    ...eachItem(rules, at, ruleErrors),
  ]
}

function ruleErrors({ action, exitCodes }: RestartRule, field: string): FieldError[] {
  const errors = listed(`${field}.action`, action, ['Restart', 'RestartAllContainers'])
  if (!exitCodes) return [...errors, required(`${field}.exitCodes`, 'must be specified')]
  const { operator, values = [] } = exitCodes
  return [
    ...errors,
    ...listed(`${field}.exitCodes.operator`, operator, ['In', 'NotIn']),
    ...(values.length > maxExitCodes ? [tooMany(`${field}.exitCodes.values`, values.length, maxExitCodes)] : []),
  ]
}

/** One of the words; what is left out is none of them. */
function listed(field: string, value: string | undefined, words: string[]): FieldError[] {
  return words.includes(value ?? '') ? [] : [notSupported(field, value ?? '', words)]
}

export function validateResizePolicies(container: Container, spec: PodSpec, field: string): FieldError[] {
  const resizePolicy = container.resizePolicy ?? []
  return eachItem(resizePolicy, field, ({ resourceName, restartPolicy }, at, i) => [
    ...(resizePolicy.findIndex(other => other.resourceName === resourceName) < i ? [duplicate(at, resourceName)] : []),
    ...requiredWord(field, resourceName, ['cpu', 'memory']),
    ...requiredWord(field, restartPolicy, ['NotRequired', 'RestartContainer']),
    ...(spec.restartPolicy === 'Never' && restartPolicy !== 'NotRequired'
      ? [invalid(field, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'")]
      : []),
  ])
}

/** An init container that is no sidecar ends before it could be restarted. */
export function validateInitResizePolicies(container: Container, field: string): FieldError[] {
  if (isRestartableInit(container)) return []
  const text = "must not be set to 'RestartContainer' for non-sidecar initContainers"
  return eachItem(container.resizePolicy, field, ({ restartPolicy }, at) =>
    restartPolicy === 'RestartContainer' ? [invalid(`${at}.restartPolicy`, restartPolicy, text)] : [],
  )
}
