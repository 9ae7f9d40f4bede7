// A body as a JSON object, whether it came as JSON, YAML or protobuf, with upstream's words for what cannot be read.

import { badRequest } from '../api/errors.ts'
import { parseApiVersion } from '../api/meta.ts'
import { parseJson } from '../schema/json-text.ts'
import type { Schema } from '../schema/schema.ts'
import type { ApiRequest } from './chain.ts'
import { goJsonError } from './go-json.ts'
import { type InputMedia, negotiateInput, protobufMedia, served, unknownFormat } from './negotiate.ts'

export interface ParsedBody {
  value: Record<string, unknown>
  /** Members that the text gave twice, of which the last counts. */
  duplicates: string[]
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
  const { value, duplicates } = await parsed(media, body, expected)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { value: value as Record<string, unknown>, duplicates }
  }
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  const why = `json: cannot unmarshal ${type} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`
  throw unrecognized(expected.kind, `couldn't get version/kind; json parse error: ${why}`, body)
}

async function parsed(
  media: InputMedia,
  body: Buffer,
  expected: ExpectedBody,
): Promise<{ value: unknown; duplicates: string[] }> {
  const text = body.toString('utf8')
  if (media === 'application/yaml') return { value: await fromYaml(text, body, expected.kind), duplicates: [] }
  if (media === protobufMedia) return { value: await fromProtobuf(body, expected), duplicates: [] }
  try {
    return parseJson(text)
  } catch (error) {
    const why = error instanceof RangeError ? error.message : goJsonError(text)
    throw unrecognized(expected.kind, `couldn't get version/kind; json parse error: ${why}`, body)
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

async function fromYaml(text: string, body: Buffer, kind: string): Promise<unknown> {
  const { parseYaml } = await import('./yaml.ts')
  try {
    return parseYaml(text)
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n')
    throw unrecognized(kind, `error converting YAML to JSON: yaml: ${first}`, body)
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
