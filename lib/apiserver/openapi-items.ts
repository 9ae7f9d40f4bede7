// The operations of a path as one entry of `paths`. Parameters that all of them have stand at the path; the two versions
// of OpenAPI differ in how they write a parameter, a body and an answer.

import type { OpenApiObject } from './openapi-definitions.ts'
import type { Operation } from './openapi-operations.ts'
import type { Parameter } from './openapi-parameters.ts'
import type { Content } from './openapi-verbs.ts'

export interface OperationWriter {
  /** The operation without what both versions have alike. */
  operation(operation: Operation, parameters: Parameter[]): OpenApiObject
  parameter(parameter: Parameter): OpenApiObject
}

/** One entry of `paths`, and the definitions that it refers to. */
export interface PathItem {
  path: string
  body: OpenApiObject
  references: string[]
}

export function pathItems(operations: readonly Operation[], writer: OperationWriter): PathItem[] {
  const byPath = Map.groupBy(operations, ({ path }) => path)
  return [...byPath].map(([path, all]) => {
    const common = commonParameters(all)
    const body = Object.fromEntries(all.map(each => [each.method, operationObject(each, common, writer)]))
    const parameters = common.length > 0 ? { parameters: common.map(writer.parameter) } : {}
    return { path, body: { ...body, ...parameters }, references: referencesOf(all) }
  })
}

function operationObject(operation: Operation, common: Parameter[], writer: OperationWriter): OpenApiObject {
  const own = operation.parameters.filter(parameter => !common.some(other => isSame(other, parameter)))
  return {
    description: operation.description,
    operationId: operation.operationId,
    ...writer.operation(operation, own),
    tags: [operation.tag],
    ...(operation.action ? { 'x-kubernetes-action': operation.action } : {}),
    ...(operation.kind ? { 'x-kubernetes-group-version-kind': gvk(operation.kind) } : {}),
  }
}

const gvk = ({ group, kind, version }: NonNullable<Operation['kind']>) => ({ group, kind, version })

function commonParameters([first, ...others]: Operation[]): Parameter[] {
  const isCommon = (parameter: Parameter) =>
    others.every(({ parameters }) => parameters.some(other => isSame(other, parameter)))
  return first ? first.parameters.filter(isCommon) : []
}

const isSame = (a: Parameter, b: Parameter) => a.in === b.in && a.name === b.name

function referencesOf(operations: Operation[]): string[] {
  const contents = operations.flatMap(({ answer, body }) => [answer, body?.content])
  return [...new Set(contents.flatMap(content => (isDefinition(content) ? [content.definition] : [])))]
}

function isDefinition(content: Content | undefined): content is { definition: string } {
  return typeof content === 'object'
}

const descriptions: Record<number, string> = { 200: 'OK', 201: 'Created', 202: 'Accepted' }

/** Every answer that an operation can give; `success` says what stands in one that succeeds. */
export function responses({ codes }: Operation, success: OpenApiObject): OpenApiObject {
  const answers = codes.map(code => [code, { description: descriptions[code], ...success }])
  return { ...Object.fromEntries(answers), '401': { description: 'Unauthorized' } }
}
