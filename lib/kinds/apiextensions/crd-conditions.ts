// What the server itself says of a CustomResourceDefinition: which of its names it was given, and whether it is served.
// Pure: the next status from the definition and the others of its group.

import { findCondition, isConditionTrue, setCondition } from '../../api/conditions.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { approvalCondition } from './api-approval.ts'
import { structuralErrors } from './structural-rules.ts'
import type { CrdCondition, CustomResourceDefinition, CustomResourceDefinitionStatus, Names } from './types.ts'

/** The next status, or undefined when there is nothing to say. `others` are the group's other definitions. */
export function nextStatus(
  crd: CustomResourceDefinition,
  others: Iterable<CustomResourceDefinition>,
  now: string,
): CustomResourceDefinitionStatus | undefined {
  const status = crd.status ?? {}
  const names = acceptNames(crd, others)
  let conditions = status.conditions ?? []
  const set = (condition: CrdCondition | undefined) => {
    if (condition) conditions = setIfChanged(conditions, condition, now)
  }
  set(names.condition)
  set(established(crd, isConditionTrue(conditions, 'NamesAccepted')))
  set(approvalCondition(crd))
  const structure = nonStructural(crd)
  if (structure) set(structure)
  else conditions = conditions.filter(({ type }) => type !== 'NonStructuralSchema')
  const next = { ...status, acceptedNames: names.accepted, conditions }
  return jsonEqual(next, status) ? undefined : next
}

function setIfChanged(conditions: CrdCondition[], condition: CrdCondition, now: string): CrdCondition[] {
  const old = findCondition(conditions, condition.type)
  const isSame =
    old && old.status === condition.status && old.reason === condition.reason && old.message === condition.message
  return isSame ? conditions : setCondition(conditions, condition, now)
}

/** First the names are accepted, which every server sees and serves; then, with the next write, it is established. */
function established(crd: CustomResourceDefinition, areNamesAccepted: boolean): CrdCondition | undefined {
  const { conditions } = crd.status ?? {}
  if (isConditionTrue(conditions, 'Established')) return undefined
  const message = 'the initial names have been accepted'
  if (isConditionTrue(conditions, 'NamesAccepted')) {
    return { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message }
  }
  if (areNamesAccepted) return { type: 'Established', status: 'False', reason: 'Installing', message }
  return { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' }
}

function acceptNames(
  { spec: { names }, status }: CustomResourceDefinition,
  others: Iterable<CustomResourceDefinition>,
): { accepted: Names; condition: CrdCondition } {
  const { resources, kinds } = taken(others)
  const before: Partial<Names> = status?.acceptedNames ?? {}
  const accepted: Names = { plural: '', kind: '', ...before }
  let conflict: { reason: string; message: string } | undefined
  const inUse = (name: string, own: string | undefined, used: Set<string>) => name !== own && used.has(name)
  const take = (member: 'plural' | 'singular' | 'kind' | 'listKind', used: Set<string>, reason: string) => {
    const name = names[member] ?? ''
    if (inUse(name, before[member], used)) conflict = { reason, message: `"${name}" is already in use` }
    else if (name) accepted[member] = name
  }
  take('plural', resources, 'PluralConflict')
  take('singular', resources, 'SingularConflict')
  const wrong = (names.shortNames ?? []).filter(name => !before.shortNames?.includes(name) && resources.has(name))
  if (wrong.length > 0) conflict = { reason: 'ShortNamesConflict', message: aggregate(wrong) }
  else replace(accepted, 'shortNames', names.shortNames)
  take('kind', kinds, 'KindConflict')
  take('listKind', kinds, 'ListKindConflict')
  replace(accepted, 'categories', names.categories)
  const condition = conflict
    ? { status: 'False', ...conflict }
    : { status: 'True', reason: 'NoConflicts', message: 'no conflicts found' }
  return { accepted, condition: { type: 'NamesAccepted', ...condition } }
}

function replace(accepted: Names, member: 'shortNames' | 'categories', names: string[] | undefined): void {
  if (names?.length) accepted[member] = names
  else delete accepted[member]
}

function aggregate(names: string[]): string {
  const texts = names.map(name => `"${name}" is already in use`)
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
}

function taken(others: Iterable<CustomResourceDefinition>): { resources: Set<string>; kinds: Set<string> } {
  const resources = new Set<string>()
  const kinds = new Set<string>()
  for (const { status } of others) {
    const { plural, singular, shortNames = [], kind, listKind }: Partial<Names> = status?.acceptedNames ?? {}
    for (const name of [plural, singular, ...shortNames]) if (name) resources.add(name)
    for (const name of [kind, listKind]) if (name) kinds.add(name)
  }
  return { resources, kinds }
}

/** Only of definitions that were stored before schemas had to be structural. */
function nonStructural({ spec }: CustomResourceDefinition): CrdCondition | undefined {
  const texts = spec.preserveUnknownFields ? ['spec.preserveUnknownFields: Invalid value: true: must be false'] : []
  for (const [i, { schema }] of spec.versions.entries()) {
    if (!schema?.openAPIV3Schema) continue
    const errors = structuralErrors(schema.openAPIV3Schema, `spec.versions[${i}].schema.openAPIV3Schema`)
    texts.push(...errors.map(({ field, body }) => `${field}: ${body}`))
  }
  if (texts.length === 0) return undefined
  const message = texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`
  return { type: 'NonStructuralSchema', status: 'True', reason: 'Violations', message }
}
