import { describe, expect, test } from '@jest/globals'
import {
  difference,
  type FieldSet,
  has,
  intersection,
  paths,
  readFieldSet,
  recursiveDifference,
  setOf,
  sorted,
  union,
} from './field-set.ts'
import { elementText, isElement, keyElement, pathText, valueElement } from './path-element.ts'

const a: FieldSet = { 'f:a': {} }
const ab: FieldSet = { 'f:a': { 'f:b': {} } }
const aAndAb: FieldSet = { 'f:a': { '.': {}, 'f:b': {} } }
const none: FieldSet = {}

describe('field sets', () => {
  type Operation = (left: FieldSet, right: FieldSet) => FieldSet
  const cases: [what: string, operation: Operation, left: FieldSet, right: FieldSet, result: FieldSet][] = [
    ['a field and its child', union, a, ab, aAndAb],
    ['a child and its field', union, ab, a, aAndAb],
    ['nothing and something', union, none, ab, ab],
    ['two children', union, ab, { 'f:a': { 'f:c': {} } }, { 'f:a': { 'f:b': {}, 'f:c': {} } }],
    ['the same', intersection, aAndAb, aAndAb, aAndAb],
    ['a field, but not its child', intersection, aAndAb, a, a],
    ['a child, but not its field', intersection, aAndAb, ab, ab],
    ['a field and only its child', intersection, a, ab, none],
    ['all', difference, aAndAb, aAndAb, none],
    ['a field, which leaves its child', difference, aAndAb, a, ab],
    ['a child, which leaves its field', difference, aAndAb, ab, a],
    ['a child that is not there', difference, a, ab, a],
    ['a field with all that is in it', recursiveDifference, aAndAb, a, none],
    ['a child alone', recursiveDifference, aAndAb, ab, a],
    ['nothing', recursiveDifference, aAndAb, none, aAndAb],
  ]
  test.each(cases)('%s: %p', (_, operation, left, right, result) => {
    const [before, other] = [structuredClone(left), structuredClone(right)]
    expect(operation(left, right)).toEqual(result)
    expect([left, right]).toEqual([before, other])
  })

  test('know their members', () => {
    expect([has(aAndAb, ['f:a']), has(ab, ['f:a']), has(ab, ['f:a', 'f:b']), has(ab, []), has(a, ['f:x'])]).toEqual([
      true,
      false,
      true,
      false,
      false,
    ])
    expect(setOf(['f:a', 'f:b'])).toEqual(ab)
  })

  test('are told and written in order: members before what is below them', () => {
    const set = { 'v:"x"': {}, 'i:1': {}, 'k:{"n":10}': {}, 'k:{"n":9}': {}, 'f:b': { 'f:z': {} }, 'f:c': {} }
    expect(paths(set)).toEqual([['f:c'], ['k:{"n":9}'], ['k:{"n":10}'], ['v:"x"'], ['i:1'], ['f:b', 'f:z']])
    expect(Object.keys(sorted(set))).toEqual(['f:b', 'f:c', 'k:{"n":9}', 'k:{"n":10}', 'v:"x"', 'i:1'])
    expect(Object.keys(sorted({ 'f:x': {}, '.': {} }))).toEqual(['.', 'f:x'])
  })

  test('are read as they are, without what is none', () => {
    expect(readFieldSet({ '.': {}, 'f:a': { '.': {} }, 'z:b': {}, x: {}, 'k:no': {}, 'i:1x': {} })).toEqual(a)
    expect(readFieldSet(JSON.parse('{"__proto__":{"f:a":{}},"f:__proto__":{}}'))).toEqual({ 'f:__proto__': {} })
    for (const value of [null, [], 'x', { 'f:a': 1 }]) expect(() => readFieldSet(value)).toThrow(TypeError)
  })
})

describe('path elements', () => {
  test('are written as upstream writes them', () => {
    expect(
      keyElement([
        ['protocol', 'TCP'],
        ['containerPort', 80],
      ]),
    ).toBe('k:{"containerPort":80,"protocol":"TCP"}')
    expect(valueElement('<a>&')).toBe('v:"\\u003ca\\u003e\\u0026"')
    expect(valueElement(1)).toBe('v:1')
  })

  const texts: [element: string, text: string][] = [
    ['f:spec', '.spec'],
    ['k:{"name":"web"}', '[name="web"]'],
    ['k:{"containerPort":80,"protocol":"TCP"}', '[containerPort=80,protocol="TCP"]'],
    ['v:"x"', '[="x"]'],
    ['i:3', '[3]'],
  ]
  test.each(texts)('%s is told as %s', (element, text) => {
    expect(elementText(element)).toBe(text)
    expect(isElement(element)).toBe(true)
  })

  test('follow each other in a path', () => {
    expect(pathText(['f:spec', 'f:containers', 'k:{"name":"web"}', 'f:image'])).toBe(
      '.spec.containers[name="web"].image',
    )
  })
})
