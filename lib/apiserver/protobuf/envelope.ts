// Kubernetes' protobuf bodies: four magic bytes, then an envelope that says which kind is inside. Typed Go clients, and
// with them `kubectl create`, send their objects this way; answers go out as JSON, which they all take.

import type { Schema } from '../../schema/schema.ts'
import { decodeMessage, NoSuchMessage } from './message.ts'
import { WireError, wireFields } from './wire.ts'

export { NoSuchMessage, WireError }

/** The envelope says what is inside, and what is inside cannot be read. */
export class MessageError extends WireError {
  readonly apiVersion: string
  readonly kind: string

  constructor({ apiVersion, kind }: { apiVersion: string; kind: string }, cause: WireError) {
    super(cause.message, { cause })
    this.apiVersion = apiVersion
    this.kind = kind
  }
}

const magic = Buffer.from('k8s\0')

export interface ExpectedKind {
  /** '' for any. */
  apiVersion: string
  kind: string
  schema: Schema
}

/** The object as a JSON value; of another kind than expected only apiVersion and kind are read. Throws WireError and NoSuchMessage. */
export function decodeProtobuf(body: Buffer, expected: ExpectedKind): Record<string, unknown> {
  if (!body.subarray(0, magic.length).equals(magic)) {
    throw new WireError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  let type = { apiVersion: '', kind: '' }
  let raw: Buffer = Buffer.alloc(0)
  for (const field of wireFields(body.subarray(magic.length))) {
    if (field.type !== 'bytes') continue
    if (field.number === 1) type = typeMeta(field.value)
    else if (field.number === 2) raw = field.value
  }
  const { apiVersion = '', kind = '' } = type
  const isExpected =
    (!kind || kind === expected.kind) && (!apiVersion || !expected.apiVersion || apiVersion === expected.apiVersion)
  return { ...(isExpected ? contentOf(expected.schema, raw, type) : {}), apiVersion, kind }
}

function contentOf(schema: Schema, raw: Buffer, type: { apiVersion: string; kind: string }): Record<string, unknown> {
  try {
    return decodeMessage(schema, raw)
  } catch (error) {
    throw error instanceof WireError && type.kind ? new MessageError(type, error) : error
  }
}

function typeMeta(bytes: Buffer): { apiVersion: string; kind: string } {
  const type = { apiVersion: '', kind: '' }
  for (const field of wireFields(bytes)) {
    if (field.type !== 'bytes') continue
    if (field.number === 1) type.apiVersion = field.value.toString('utf8')
    else if (field.number === 2) type.kind = field.value.toString('utf8')
  }
  return type
}
