// The three kinds of patch, each read once and then applied as often as needed. A patch that cannot be read is a bad
// request; one that cannot be applied is an error in the request, in upstream's general words.

import { badRequest, StatusError, tooLarge } from '../../api/errors.ts'
import { isObject, type Json, type JsonObject, PatchError } from '../../patch/json.ts'
import { jsonPatch, maxOperations, parseJsonPatch } from '../../patch/json-patch.ts'
import { mergePatch } from '../../patch/merge-patch.ts'
import { strategicMerge } from '../../patch/strategic-merge.ts'
import { parseJson, strictProblems } from '../../schema/json-text.ts'
import type { Schema } from '../../schema/schema.ts'
import type { ApiRequest } from '../chain.ts'
import { goJsonError } from '../go-json.ts'

const patchMediaTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
] as const

/** The three that change what is there; an apply says what there must be. */
export type PatchMediaType = Exclude<(typeof patchMediaTypes)[number], 'application/apply-patch+yaml'>

const ofCustomKinds = patchMediaTypes.filter(type => type !== 'application/strategic-merge-patch+json')

/** What a custom kind's definition says of its fields is not enough for strategic merges. */
export function patchMediaTypesOf({ schema }: { schema: Schema }): readonly (typeof patchMediaTypes)[number][] {
  return schema.source ? ofCustomKinds : patchMediaTypes
}

export interface ReadPatch {
  document: Json
  /** Members that the patch gives twice. */
  duplicates?: string[]
  /** What strict reading says of the operations of a JSON patch. */
  problems?: string[]
  /** Does not change what it is given; the result may share parts of it. */
  apply(object: JsonObject): Json
}

export async function readPatch(request: ApiRequest, type: PatchMediaType, schema: Schema): Promise<ReadPatch> {
  // Upstream says less of a strategic merge patch that it cannot read.
  const prefix = type === 'application/strategic-merge-patch+json' ? '' : 'error decoding patch: '
  const { value: document, duplicates } = parsed((await request.body()).toString('utf8'), prefix)
  if (type === 'application/json-patch+json') {
    return { document, problems: operationProblems(document, duplicates), apply: jsonPatcher(document) }
  }
  if (!isObject(document)) {
    const what = Array.isArray(document) ? 'array' : document === null ? 'null' : typeof document
    throw badRequest(
      `error decoding patch: json: cannot unmarshal ${what} into Go value of type map[string]interface {}`,
    )
  }
  if (type === 'application/merge-patch+json')
    return { document, duplicates, apply: object => mergePatch(object, document) }
  return {
    document,
    duplicates,
    apply: object => applied(() => strategicMerge(object, document, schema), asItsKind),
  }
}

function parsed(text: string, prefix: string): { value: Json; duplicates: string[] } {
  try {
    return parseJson(text) as { value: Json; duplicates: string[] }
  } catch (error) {
    throw badRequest(prefix + (error instanceof RangeError ? error.message : goJsonError(text)))
  }
}

const operationFields = new Set(['op', 'path', 'from', 'value'])

/** Members that an operation does not have, and members that are there twice. */
function operationProblems(document: Json, duplicates: string[]): string[] {
  const operations = Array.isArray(document) ? document : []
  const unknown = operations.flatMap((operation, i) =>
    Object.keys(isObject(operation) ? operation : {})
      .filter(name => !operationFields.has(name))
      .map(name => `[${i}].${name}`),
  )
  return strictProblems(unknown, duplicates).map(problem => `json patch ${problem}`)
}

function jsonPatcher(document: Json): (object: JsonObject) => Json {
  if (Array.isArray(document) && document.length > maxOperations) {
    const count = document.length
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${count}`)
  }
  const operations = applied(() => parseJsonPatch(document), asBadRequest)
  return object => applied(() => jsonPatch(object, operations), asUnprocessable)
}

function applied<T>(apply: () => T, asStatus: (error: PatchError) => StatusError): T {
  try {
    return apply()
  } catch (error) {
    throw error instanceof PatchError ? asStatus(error) : error
  }
}

function asBadRequest(error: PatchError): StatusError {
  return badRequest(error.message)
}

/** Upstream finds some errors of a strategic merge patch the client's, and takes the rest for its own. */
function asItsKind(error: PatchError): StatusError {
  if (error.kind === 'BadRequest') return asBadRequest(error)
  if (error.kind === 'Unprocessable') return asUnprocessable(error)
  return new StatusError(500, '', error.message, undefined, error)
}

function asUnprocessable(cause: PatchError): StatusError {
  return new StatusError(422, 'Invalid', 'the server rejected our request due to an error in our request', {}, cause)
}
