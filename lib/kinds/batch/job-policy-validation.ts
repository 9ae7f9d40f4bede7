// What must hold for the two policies of a job: which failures of pods count, and when it has succeeded early.

import {
  duplicate,
  type FieldError,
  invalid,
  invalidWhole,
  required,
  tooLong,
  tooMany,
} from '../../api/field-errors.ts'
import { nonNegative } from '../../api/validation.ts'
import { eachItem, qualifiedName, requiredWord } from '../../api/validation-rules.ts'
import { goQuote } from '../../util/go-quote.ts'
import type { JobSpec } from './job.ts'
import { countIndexes } from './job-indexes.ts'

type FailureRule = NonNullable<JobSpec['podFailurePolicy']>['rules'][number]
type SuccessRule = NonNullable<JobSpec['successPolicy']>['rules'][number]

const maxRules = 20
const maxExitCodes = 255
const maxConditionPatterns = 20
const maxIndexesBytes = 64 * 1024

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']

/** `valid values: ["In" "NotIn"]`, as Go prints a list of words. */
const oneOf = (words: string[]) => `valid values: [${words.map(word => goQuote(word)).join(' ')}]`

function wordAmong(field: string, value: string | undefined, supported: string[]): FieldError[] {
  return value ? requiredWord(field, value, supported) : [required(field, oneOf(supported))]
}

export function validatePodFailurePolicy(spec: JobSpec, field: string): FieldError[] {
  const rules = spec.podFailurePolicy?.rules ?? []
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {}
  const names = [...containers, ...initContainers].map(({ name }) => name)
  return [
    ...(rules.length > maxRules ? [tooMany(`${field}.rules`, rules.length, maxRules)] : []),
    ...eachItem(rules, `${field}.rules`, (rule, at) => failureRuleErrors(rule, spec, names, at)),
  ]
}

function failureRuleErrors(rule: FailureRule, spec: JobSpec, containers: string[], field: string): FieldError[] {
  const { action, onExitCodes, onPodConditions = [] } = rule
  const needsLimit = action === 'FailIndex' && spec.backoffLimitPerIndex === undefined
  const both = 'specifying both OnExitCodes and OnPodConditions is not supported'
  const none = 'specifying one of OnExitCodes and OnPodConditions is required'
  const hasConditions = onPodConditions.length > 0
  return [
    ...wordAmong(`${field}.action`, action, actions),
    ...(needsLimit ? [invalid(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set')] : []),
    ...(onExitCodes ? exitCodeErrors(onExitCodes, containers, `${field}.onExitCodes`) : []),
    ...(onPodConditions.length > maxConditionPatterns
      ? [tooMany(`${field}.onPodConditions`, onPodConditions.length, maxConditionPatterns)]
      : []),
    ...eachItem(onPodConditions, `${field}.onPodConditions`, ({ type, status }, at) => [
      ...qualifiedName(`${at}.type`, type),
      ...wordAmong(`${at}.status`, status, statuses),
    ]),
    ...(onExitCodes && hasConditions ? [invalidWhole(field, both)] : []),
    ...(onExitCodes || hasConditions ? [] : [invalidWhole(field, none)]),
  ]
}

function exitCodeErrors(
  { operator, containerName, values = [] }: NonNullable<FailureRule['onExitCodes']>,
  containers: string[],
  field: string,
): FieldError[] {
  const isKnown = containerName === undefined || containers.includes(containerName)
  const known = 'must be one of the container or initContainer names in the pod template'
  const at = `${field}.values`
  const isOrdered = values.every((value, i) => i === 0 || (values[i - 1] ?? 0) <= value)
  return [
    ...wordAmong(`${field}.operator`, operator, operators),
    ...(isKnown ? [] : [invalid(`${field}.containerName`, containerName, known)]),
    ...(values.length === 0 ? [invalid(at, values, 'at least one value is required')] : []),
    ...(values.length > maxExitCodes ? [tooMany(at, values.length, maxExitCodes)] : []),
    ...eachItem(values, at, (value, path, i) => [
      ...(operator === 'In' && value === 0 ? [invalid(path, value, 'must not be 0 for the In operator')] : []),
      ...(values.indexOf(value) < i ? [duplicate(path, value)] : []),
    ]),
    ...(isOrdered ? [] : [invalid(at, values, 'must be ordered')]),
  ]
}

export function validateSuccessPolicy({ successPolicy, completions = 0 }: JobSpec, field: string): FieldError[] {
  const rules = successPolicy?.rules ?? []
  const none = 'at least one rules must be specified when the successPolicy is specified'
  return [
    ...(rules.length === 0 ? [required(`${field}.rules`, none)] : []),
    ...(rules.length > maxRules ? [tooMany(`${field}.rules`, rules.length, maxRules)] : []),
    ...eachItem(rules, `${field}.rules`, (rule, at) => successRuleErrors(rule, completions, at)),
  ]
}

function successRuleErrors(
  { succeededCount: count, succeededIndexes: indexes }: SuccessRule,
  completions: number,
  field: string,
): FieldError[] {
  const at = `${field}.succeededIndexes`
  const { total, wrong } = counted(indexes ?? '', completions)
  const none = 'at least one of succeededCount or succeededIndexes must be specified'
  const isTooLong = Buffer.byteLength(indexes ?? '') > maxIndexesBytes
  return [
    ...(count === undefined && indexes === undefined ? [required(field, none)] : []),
    ...(isTooLong ? [tooLong(at, maxIndexesBytes)] : []),
    ...(wrong === undefined ? [] : [invalid(at, indexes, `error parsing succeededIndexes: ${wrong}`)]),
    ...(count === undefined ? [] : countErrors(count, completions, indexes === undefined ? count : total, field)),
  ]
}

function counted(indexes: string, completions: number): { total: number; wrong?: string } {
  try {
    return { total: countIndexes(indexes, completions) }
  } catch (error) {
    return { total: 0, wrong: (error as Error).message }
  }
}

function countErrors(count: number, completions: number, total: number, field: string): FieldError[] {
  const at = `${field}.succeededCount`
  const few = (max: number, what: string) => invalid(at, count, `must be less than or equal to ${max} (${what})`)
  return [
    ...nonNegative(at, count),
    ...(count > completions ? [few(completions, 'the number of specified completions')] : []),
    ...(count > total ? [few(total, 'the number of indexes in the specified succeededIndexes field')] : []),
  ]
}
