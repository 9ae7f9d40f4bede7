// What must hold for affinity to nodes and to other pods.

import { type FieldError, fieldForbidden, invalid, required } from '../../api/field-errors.ts'
import { labelValueErrors } from '../../api/label-syntax.ts'
import { asInvalid } from '../../api/validation.ts'
import { dnsLabelErrors, dnsSubdomainErrors } from '../../api/validation-names.ts'
import { eachItem, qualifiedName } from '../../api/validation-rules.ts'
import { validateLabelSelector } from '../../api/validation-selectors.ts'
import { validateLabelKeys } from './pod-label-keys.ts'
import type { PodSpec } from './pod-types.ts'

type Affinity = NonNullable<PodSpec['affinity']>
type NodeAffinity = NonNullable<Affinity['nodeAffinity']>
type NodeSelector = NonNullable<NodeAffinity['requiredDuringSchedulingIgnoredDuringExecution']>
type NodeSelectorTerm = NodeSelector['nodeSelectorTerms'][number]
type NodeRequirement = NonNullable<NodeSelectorTerm['matchExpressions']>[number]
type PodAffinity = NonNullable<Affinity['podAffinity']>
type PodAffinityTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number]

const mustHold = 'requiredDuringSchedulingIgnoredDuringExecution'
const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'

export function validateAffinity(affinity: Affinity | undefined, field: string): FieldError[] {
  return [
    ...nodeAffinity(affinity?.nodeAffinity, `${field}.nodeAffinity`),
    ...podAffinity(affinity?.podAffinity, `${field}.podAffinity`),
    ...podAffinity(affinity?.podAntiAffinity, `${field}.podAntiAffinity`),
  ]
}

function nodeAffinity(affinity: NodeAffinity | undefined, field: string): FieldError[] {
  const selector = affinity?.requiredDuringSchedulingIgnoredDuringExecution
  return [
    ...(selector ? validateNodeSelector(selector, `${field}.${mustHold}`) : []),
    ...eachItem(affinity?.[preferred], `${field}.${preferred}`, ({ weight, preference }, at) => [
      ...weightErrors(weight, at),
      ...nodeTerm(preference, `${at}.preference`, true),
    ]),
  ]
}

export function validateNodeSelector({ nodeSelectorTerms: terms }: NodeSelector, field: string): FieldError[] {
  const at = `${field}.nodeSelectorTerms`
  if (!terms?.length) return [required(at, 'must have at least one node selector term')]
  return eachItem(terms, at, (term, path) => nodeTerm(term, path, false))
}

function weightErrors(weight: number, field: string): FieldError[] {
  return weight < 1 || weight > 100 ? [invalid(`${field}.weight`, weight, 'must be in the range 1-100')] : []
}

function nodeTerm(term: NodeSelectorTerm, field: string, allowAnyValue: boolean): FieldError[] {
  return [
    ...eachItem(term.matchExpressions, `${field}.matchExpressions`, (requirement, at) => [
      ...valueCount(requirement, at),
      ...qualifiedName(`${at}.key`, requirement.key),
      ...(allowAnyValue
        ? []
        : eachItem(requirement.values, `${at}.values`, (value, path) =>
            asInvalid(path, value, labelValueErrors(value)),
          )),
    ]),
    ...eachItem(term.matchFields, `${field}.matchFields`, fieldRequirement),
  ]
}

function valueCount({ operator, values = [] }: NodeRequirement, field: string): FieldError[] {
  const at = `${field}.values`
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) return []
      return [required(at, "must be specified when `operator` is 'In' or 'NotIn'")]
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) return []
      return [fieldForbidden(at, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    case 'Gt':
    case 'Lt':
      if (values.length === 1) return []
      return [required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'")]
    default:
      return [invalid(`${field}.operator`, operator, 'not a valid selector operator')]
  }
}

function fieldRequirement({ key, operator, values = [] }: NodeRequirement, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'))
  } else if (values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"
    errors.push(required(`${field}.values`, text))
  }
  if (key !== 'metadata.name') return [...errors, invalid(`${field}.key`, key, 'not a valid field selector key')]
  const wrong = eachItem(values, `${field}.values`, (value, at) => asInvalid(at, value, dnsSubdomainErrors(value)))
  return [...errors, ...wrong]
}

function podAffinity(affinity: PodAffinity | undefined, field: string): FieldError[] {
  return [
    ...eachItem(affinity?.[mustHold], `${field}.${mustHold}`, podTerm),
    ...eachItem(affinity?.[preferred], `${field}.${preferred}`, ({ weight, podAffinityTerm }, at) => [
      ...weightErrors(weight, at),
      ...podTerm(podAffinityTerm, `${at}.podAffinityTerm`),
    ]),
  ]
}

function podTerm(term: PodAffinityTerm, field: string): FieldError[] {
  return [
    ...validateLabelSelector(term.labelSelector, `${field}.labelSelector`),
    ...validateLabelSelector(term.namespaceSelector, `${field}.namespaceSelector`),
    ...(term.namespaces ?? []).flatMap(name => asInvalid(`${field}.namespace`, name, dnsLabelErrors(name))),
    ...validateLabelKeys(term, field),
    ...(term.topologyKey ? [] : [required(`${field}.topologyKey`, 'can not be empty')]),
    ...qualifiedName(`${field}.topologyKey`, term.topologyKey),
  ]
}
