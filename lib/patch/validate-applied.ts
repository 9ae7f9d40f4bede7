// Is an object what its schema says, as far as merging needs it? Upstream's checks and words (structured-merge-diff):
// unknown fields, values of the wrong type, elements of lists without a name or with another's.

import type { Schema } from '../schema/schema.ts'
import { isObject, type Json, type JsonObject, printed } from './json.ts'
import { elementText, fieldElement } from './path-element.ts'
import { asList, goValue, itemElement, itemSchema, kindOf, memberSchema, ShapeError, shapeOf } from './shape.ts'

/** What is wrong, in one text; undefined when nothing is. */
export function shapeProblem(schema: Schema, value: JsonObject, allowDuplicates: boolean): string | undefined {
  const problems = new Checker(allowDuplicates).value(schema, value)
  if (problems.length === 0) return undefined
  const texts = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message))
  return texts.length === 1 ? texts[0] : ['errors:', ...texts.map(text => `  ${text}`)].join('\n')
}

interface Problem {
  path: string
  message: string
}

const problem = (message: string): Problem[] => [{ path: '', message }]

function under(element: string, problems: Problem[]): Problem[] {
  if (problems.length === 0) return problems
  const prefix = elementText(element)
  return problems.map(({ path, message }) => ({ path: prefix + path, message }))
}

class Checker {
  readonly #allowDuplicates: boolean

  constructor(allowDuplicates: boolean) {
    this.#allowDuplicates = allowDuplicates
  }

  value(schema: Schema, value: Json): Problem[] {
    if (value === null) return []
    switch (kindOf(schema, value)) {
      case 'map':
        return isObject(value) ? this.#map(schema, value) : problem(`expected map, got ${goValue(value)}`)
      case 'list':
        return Array.isArray(value) ? this.#list(schema, value) : problem(`expected list, got ${goValue(value)}`)
      default:
        return scalarProblem(schema, value)
    }
  }

  #map(schema: Schema, value: JsonObject): Problem[] {
    const problems: Problem[] = []
    for (const name of Object.keys(value)) {
      const element = fieldElement(name)
      const member = memberSchema(schema, name)
      if (!member) return [...problems, ...under(element, problem('field not declared in schema'))]
      problems.push(...under(element, this.value(member, value[name] ?? null)))
    }
    return problems
  }

  #list(schema: Schema, value: Json): Problem[] {
    const problems: Problem[] = []
    const seen = new Set<string>()
    const isNamed = shapeOf(schema, value) === 'list'
    for (const [i, item] of asList(value).entries()) {
      let element = `i:${i}`
      if (isNamed) {
        try {
          element = itemElement(schema, item)
        } catch (error) {
          if (!(error instanceof ShapeError)) throw error
          return [...problems, ...problem(`element ${i}: ${error.message}`)]
        }
        if (seen.has(element) && !this.#allowDuplicates) {
          problems.push(...problem(`duplicate entries for key ${elementText(element)}`))
        }
        seen.add(element)
      }
      problems.push(...under(element, this.value(itemSchema(schema), item)))
    }
    return problems
  }
}

function scalarProblem(schema: Schema, value: Json): Problem[] {
  if (schema.intOrString || schema.quantity || schema.type === undefined) {
    return typeof value === 'object' ? problem(`expected any scalar, got ${goValue(value)}`) : []
  }
  if (schema.type === 'string') {
    return typeof value === 'string'
      ? []
      : problem(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)
  }
  if (schema.type === 'boolean') {
    return typeof value === 'boolean' ? [] : problem(`expected boolean, got ${goValue(value)}`)
  }
  return typeof value === 'number' ? [] : problem(`expected numeric (int or float), got ${goType(value)}`)
}

/** As Go prints a value's syntax with %#v. */
function goSyntax(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!isObject(value)) return printed(value)
  const members = Object.keys(value).sort()
  return `map[string]interface {}{${members.map(key => `${JSON.stringify(key)}:${goSyntax(value[key] ?? null)}`).join(', ')}}`
}

function goType(value: Json): string {
  if (Array.isArray(value)) return '[]interface {}'
  if (isObject(value)) return 'map[string]interface {}'
  return typeof value === 'boolean' ? 'bool' : typeof value
}
