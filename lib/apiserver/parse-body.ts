// A body as a JSON object, whether it came as JSON, YAML or protobuf, with upstream's words for what cannot be read.

import { badRequest } from '../api/errors.ts'
import { parseApiVersion } from '../api/meta.ts'
import { jsonType } from '../schema/go-type.ts'
import { parseJson, refuseInexact, type TextFacts } from '../schema/json-text.ts'
import type { Schema } from '../schema/schema.ts'
import type { ApiRequest } from './chain.ts'
import { goJsonError } from './go-json.ts'
import { type InputMedia, negotiateInput, protobufMedia, served, unknownFormat } from './negotiate.ts'

export interface ParsedBody extends TextFacts {
  value: Record<string, unknown>
}

/** What the body should be. */
export interface ExpectedBody {
  kind: string
  /** '' for any: DeleteOptions are in every group. */
  apiVersion: string
  schema: Schema
}

/** Throws BadRequest and UnsupportedMediaType. */
export async function parseBody(request: ApiRequest, body: Buffer, expected: ExpectedBody): Promise<ParsedBody> {
  const media = negotiateInput(request)
  const { value: parsedValue, ...facts } = await parsed(media, body, expected)
  // As Go reads null into a struct: nothing is said.
  const value = parsedValue ?? {}
  if (typeof value === 'object' && !Array.isArray(value)) {
    return { value: value as Record<string, unknown>, ...facts }
  }
  const type = jsonType(value)
  const why = `json: cannot unmarshal ${type} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`
  throw unrecognized(expected.kind, `couldn't get version/kind; json parse error: ${why}`, body)
}

async function parsed(
  media: InputMedia,
  body: Buffer,
  expected: ExpectedBody,
): Promise<TextFacts & { value: unknown }> {
  if (media === protobufMedia) return { value: await fromProtobuf(body, expected), duplicates: [] }
  const text = body.toString('utf8')
  return media === 'application/yaml' ? fromYaml(text, body, expected.kind) : fromJson(text, body, expected)
}

function fromJson(text: string, body: Buffer, { kind, schema }: ExpectedBody): TextFacts & { value: unknown } {
  try {
    const found = parseJson(text, { keepsNumbers: true })
    // A built-in kind's decoder looks after them, by its fields' types.
    if (schema.name === undefined) refuseInexact(found.numbers)
    return found
  } catch (error) {
    const why = error instanceof RangeError ? error.message : goJsonError(text)
    throw unrecognized(kind, `couldn't get version/kind; json parse error: ${why}`, body)
  }
}

async function fromProtobuf(body: Buffer, expected: ExpectedBody): Promise<unknown> {
  const { decodeProtobuf, MessageError, NoSuchMessage, WireError } = await import('./protobuf/envelope.ts')
  try {
    return decodeProtobuf(body, expected)
  } catch (error) {
    if (error instanceof NoSuchMessage) throw unknownFormat(served)
    if (error instanceof MessageError) throw unreadable(error, expected.kind)
    throw error instanceof WireError ? unrecognized(expected.kind, error.message, body) : error
  }
}

async function fromYaml(text: string, body: Buffer, kind: string): Promise<TextFacts & { value: unknown }> {
  const { readYaml } = await import('./yaml.ts')
  try {
    const { value, strictError } = readYaml(text)
    return { value, duplicates: [], ...(strictError ? { strictErrors: [strictError] } : {}) }
  } catch (error) {
    throw unrecognized(kind, (error as Error).message, body)
  }
}

function unreadable({ apiVersion, kind, message }: { apiVersion: string; kind: string; message: string }, as: string) {
  const { version } = parseApiVersion(apiVersion)
  return badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${as}: ${message}`)
}

function unrecognized(kind: string, why: string, body: Buffer) {
  return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${summary(body)})`)
}

const summaryBytes = 30

/** The beginning of the body: as it is when it looks like JSON, else in hexadecimal. */
function summary(body: Buffer): string {
  if (body.length === 0) return '<empty>'
  const head = body.subarray(0, summaryBytes)
  const shown = body[0] === 0x7b ? head.toString('utf8') : head.toString('hex')
  return body.length > summaryBytes ? `${shown} ...` : shown
}
