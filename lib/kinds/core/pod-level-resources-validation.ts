// What must hold for what a pod asks for as a whole: no less than its containers together, no container more than it.

import { type FieldError, fieldForbidden, invalid, notSupported } from '../../api/field-errors.ts'
import { compareQuantity, formatQuantity } from '../../api/quantity.ts'
import { eachEntry, eachItem, quantityOf } from '../../api/validation-rules.ts'
import { aggregateContainers, isHugePages, isPodLevel } from './pod-resource-amounts.ts'
import { requirementErrors, validateResourceName } from './pod-resources-validation.ts'
import type { PodSpec } from './pod-types.ts'

export function validatePodResources(spec: PodSpec, field: string): FieldError[] {
  const { resources } = spec
  if (!resources) return []
  if (spec.os?.name === 'windows') return [fieldForbidden(field, 'may not be set for a windows pod')]
  const claims = resources.claims
    ? [fieldForbidden(`${field}.claims`, 'claims may not be set for Resources at pod-level')]
    : []
  return [
    ...claims,
    ...requirementErrors(resources, podResourceName, spec, field),
    ...noLessThanContainers(spec, 'requests', field, () => true),
    ...noLessThanContainers(spec, 'limits', field, isHugePages),
    ...noContainerMore(spec, field),
  ]
}

function podResourceName(name: string, field: string): FieldError[] {
  const errors = validateResourceName(name, field)
  if (errors.length > 0 || isPodLevel(name)) return errors
  return [notSupported(field, name, ['cpu', 'hugepages-', 'memory'])]
}

function noLessThanContainers(
  spec: PodSpec,
  kind: 'requests' | 'limits',
  field: string,
  applies: (name: string) => boolean,
): FieldError[] {
  return Object.entries(aggregateContainers(spec, kind)).flatMap(([name, sum]) => {
    const amount = applies(name) ? quantityOf(spec.resources?.[kind]?.[name]) : undefined
    if (!amount || compareQuantity(sum, amount) <= 0) return []
    const text = `must be greater than or equal to aggregate container ${kind} of ${formatQuantity(sum)}`
    return [invalid(`${field}.${kind}[${name}]`, formatQuantity(amount), text)]
  })
}

function noContainerMore({ containers, resources }: PodSpec, field: string): FieldError[] {
  return eachItem(containers, `${field}.containers`, (container, at) =>
    eachEntry(container.resources?.limits, at, (text, path, name) => {
      const [own, limit] = [quantityOf(text), quantityOf(resources?.limits?.[name])]
      if (!own || !limit || compareQuantity(own, limit) <= 0) return []
      const wrong = `must be less than or equal to pod limits of ${formatQuantity(limit)}`
      return [invalid(`${path}.limits`, formatQuantity(own), wrong)]
    }),
  )
}
