// Objects as they stand in etcd: JSON without resourceVersion, for that is the mod revision. Reading puts it back as
// bytes, spliced in as the first member of metadata, so that nothing needs to be parsed to be served.

import type { KubeObject } from '../api/meta.ts'

/**
 * The value to store. The resourceVersion is left out; everything else stays as it is. Kind and apiVersion come first, in
 * upstream's order, so that they can be cut off.
 */
export function encode(obj: KubeObject): Buffer {
  const { apiVersion, kind, metadata, ...rest } = obj
  const { resourceVersion: _, ...stored } = metadata
  return Buffer.from(JSON.stringify({ kind, apiVersion, metadata: stored, ...rest }))
}

/** The object of a stored value, with its resourceVersion. */
export function decode(bytes: Buffer, modRevision: bigint): KubeObject {
  const obj = JSON.parse(bytes.toString()) as KubeObject
  obj.metadata = { ...obj.metadata, resourceVersion: `${modRevision}` }
  return obj
}

/** A stored value that is not an object with metadata. */
export class Undecodable extends Error {
  constructor(why: string) {
    super(`the stored value is not a Kubernetes object in JSON: ${why}`)
    this.name = 'Undecodable'
  }
}

/** Where the first member of metadata begins: behind the opening brace. Throws Undecodable. */
export function metadataStart(stored: Buffer): number {
  const brace = skipSpace(stored, 0)
  if (stored[brace] !== OPEN_BRACE) throw new Undecodable('it does not begin with a brace')
  const at = memberValue(stored, brace + 1, 'metadata')
  if (at === undefined) throw new Undecodable('it has no metadata')
  if (stored[at] !== OPEN_BRACE) throw new Undecodable('metadata is not an object')
  return at + 1
}

/** The labels of the metadata that begins at `start`; nothing else is parsed. */
export function labelsIn(json: Buffer, start: number): Record<string, string> {
  const at = memberValue(json, start, 'labels')
  if (at === undefined) return {}
  return JSON.parse(json.toString('utf8', at, valueEnd(json, at))) ?? {}
}

/** The stored JSON with `"resourceVersion":"…"` as the first member of metadata, which begins at `start`. */
export function withResourceVersion(stored: Buffer, start: number, revision: bigint): Buffer {
  const member = `"resourceVersion":"${revision}"${stored[skipSpace(stored, start)] === CLOSE_BRACE ? '' : ','}`
  return joined(stored.subarray(0, start), Buffer.from(member, 'latin1'), stored.subarray(start))
}

/** `bytes` as withResourceVersion made them, with another revision in the place of `from`. */
export function replaceResourceVersion(bytes: Buffer, start: number, from: bigint, to: bigint): Buffer {
  const digits = start + '"resourceVersion":"'.length
  return joined(bytes.subarray(0, digits), Buffer.from(`${to}`), bytes.subarray(digits + `${from}`.length))
}

/**
 * Bytes that are kept, in memory of their own: a piece of Node's shared pool would keep its whole neighbourhood, 64 KiB of
 * it, for as long as the object lives.
 */
export function joined(...parts: Buffer[]): Buffer {
  const all = Buffer.allocUnsafeSlow(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) at += part.copy(all, at)
  return all
}

const QUOTE = 0x22
const COLON = 0x3a
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}

function skipSpace(json: Buffer, at: number): number {
  while (isSpace(json[at])) at++
  return at
}

/** The position of the value of a member of the object whose first member begins at `start`. */
function memberValue(json: Buffer, start: number, name: string): number | undefined {
  let at = skipSpace(json, start)
  while (json[at] === QUOTE) {
    const end = stringEnd(json, at)
    const colon = skipSpace(json, end)
    if (json[colon] !== COLON) throw new Undecodable('a member has no value')
    const value = skipSpace(json, colon + 1)
    if (end - at - 2 === name.length && json.toString('latin1', at + 1, end - 1) === name) return value
    at = skipSpace(json, valueEnd(json, value))
    if (json[at] !== COMMA) break
    at = skipSpace(json, at + 1)
  }
  return undefined
}

/** The position behind the closing quote of the string that opens at `at`. */
function stringEnd(json: Buffer, at: number): number {
  for (let end = json.indexOf(QUOTE, at + 1); end >= 0; end = json.indexOf(QUOTE, end + 1)) {
    let backslashes = 0
    while (json[end - 1 - backslashes] === BACKSLASH) backslashes++
    if (backslashes % 2 === 0) return end + 1
  }
  throw new Undecodable('a string does not end')
}

function valueEnd(json: Buffer, at: number): number {
  let depth = 0
  for (let pos = at; pos < json.length; pos++) {
    const byte = json[pos]
    if (byte === QUOTE) pos = stringEnd(json, pos) - 1
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if (depth > 0 && (byte === CLOSE_BRACE || byte === CLOSE_BRACKET)) depth--
    else if (depth === 0 && (byte === COMMA || byte === CLOSE_BRACE)) return pos
  }
  throw new Undecodable('a value does not end')
}
