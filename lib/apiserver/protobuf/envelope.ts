// Kubernetes' protobuf bodies: four magic bytes, then an envelope that says which kind is inside. Typed Go clients, and
// with them `kubectl create`, send their objects this way; answers go out as JSON, which they all take.

import type { Schema } from '../../schema/schema.ts'
import { decodeMessage } from './message.ts'
import { WireError, wireFields } from './wire.ts'

export { WireError }

const magic = Buffer.from('k8s\0')

export interface ExpectedKind {
  /** '' for any. */
  apiVersion: string
  kind: string
  schema: Schema
}

/** The object as a JSON value; of another kind than expected only apiVersion and kind are read. Throws WireError. */
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
  return { ...(isExpected ? decodeMessage(expected.schema, raw) : {}), apiVersion, kind }
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
