// A set of fields, in the form in which managedFields carry it (FieldsV1), so that nothing is decoded or encoded:
// `{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}`. A node without children is a member of the set; one with children
// is a member too when it has `.`. The root is never a member: nobody owns a whole object.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/

import { compareElements, isElement } from './path-element.ts'

export interface FieldSet {
  [element: string]: FieldSet
}

/** Stands in a node that has children for the node itself. */
export const self = '.'

/** Set operations never change their arguments, and may share parts of them: so nobody changes a set once it is made. */
export const emptySet: FieldSet = Object.freeze({})

export function isEmpty(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** Is the node itself in the set that holds it? */
export function isMember(node: FieldSet | undefined): boolean {
  return node !== undefined && (node[self] !== undefined || isEmpty(node))
}

function hasChildren(node: FieldSet): boolean {
  for (const key in node) if (key !== self) return true
  return false
}

/** A node from its two parts; undefined when it is nothing. `children` is taken over. */
export function toNode(member: boolean, children: FieldSet | undefined): FieldSet | undefined {
  const isLeaf = children === undefined || isEmpty(children)
  if (isLeaf) return member ? {} : undefined
  return member ? { [self]: {}, ...children } : children
}

/** The set under the elements' path; undefined when it has nothing below it. */
export function below(set: FieldSet | undefined, element: string): FieldSet | undefined {
  const node = set?.[element]
  return node && hasChildren(node) ? node : undefined
}

export function has(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) node = node?.[element]
  return path.length > 0 && isMember(node)
}

/** The set of one path, which is not empty. */
export function setOf(path: readonly string[]): FieldSet {
  return path.reduceRight<FieldSet>((below, element) => ({ [element]: below }), {})
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a
  if (isEmpty(a)) return b
  const result = { ...a }
  for (const element in b) {
    const [left, right] = [a[element], b[element]]
    if (element !== self && right) result[element] = left ? nodeUnion(left, right) : right
  }
  return result
}

function nodeUnion(a: FieldSet, b: FieldSet): FieldSet {
  const member = isMember(a) || isMember(b)
  return toNode(member, union(childrenOf(a), childrenOf(b))) ?? {}
}

function childrenOf(node: FieldSet): FieldSet {
  if (node[self] === undefined) return node
  const { [self]: _, ...children } = node
  return children
}

/** What is in `a` and in `b`. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = {}
  for (const element in a) {
    const [left, right] = [a[element], b[element]]
    if (element === self || !left || !right) continue
    const node = toNode(isMember(left) && isMember(right), intersection(left, right))
    if (node) result[element] = node
  }
  return result
}

/** What is in `a` but not in `b`: `a` itself when that is all of it. A field's children stay when only the field itself is in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return childrenOf(a)
  return without(a, b, (left, right) => toNode(isMember(left) && !isMember(right), difference(left, right)))
}

/** What is in `a` but neither in `b` nor below a member of `b`. */
export function recursiveDifference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return childrenOf(a)
  return without(a, b, (left, right) =>
    isMember(right) ? undefined : toNode(isMember(left), recursiveDifference(left, right)),
  )
}

function without(a: FieldSet, b: FieldSet, rest: (left: FieldSet, right: FieldSet) => FieldSet | undefined): FieldSet {
  const result: FieldSet = {}
  let isAll = a[self] === undefined
  for (const element in a) {
    const left = a[element]
    if (element === self || !left) continue
    const right = b[element]
    const node = right ? rest(left, right) : left
    if (node !== left) isAll = false
    if (node) result[element] = node
  }
  return isAll ? a : result
}

/** Every member's path: at each level first the members, then what is below them. */
export function paths(set: FieldSet): string[][] {
  const elements = Object.keys(set).filter(element => element !== self)
  elements.sort(compareElements)
  const nodeAt = (element: string) => set[element] ?? {}
  const members = elements.filter(element => isMember(nodeAt(element))).map(element => [element])
  return [...members, ...elements.flatMap(element => paths(nodeAt(element)).map(path => [element, ...path]))]
}

/** The set with its elements in upstream's order, as it is written. */
export function sorted(set: FieldSet): FieldSet {
  const result: FieldSet = {}
  if (set[self]) result[self] = {}
  const elements = Object.keys(set).filter(element => element !== self)
  if (elements.length > 1) elements.sort(compareElements)
  for (const element of elements) result[element] = sorted(set[element] ?? {})
  return result
}

/** A set as a client gave it; what is no path element is left out, as upstream does. Throws TypeError for other values. */
export function readFieldSet(value: unknown): FieldSet {
  return childrenOf(readNode(value))
}

function readNode(value: unknown): FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not a set of fields')
  const children: FieldSet = {}
  let member = Object.keys(value).length === 0
  for (const [element, below] of Object.entries(value)) {
    if (element === self) member = true
    else if (isElement(element)) children[element] = readNode(below)
  }
  return toNode(member, children) ?? {}
}
