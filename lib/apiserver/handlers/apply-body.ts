// The body of a server-side apply: a configuration in YAML, of which JSON is a part.

import { badRequest } from '../../api/errors.ts'
import { isObject, type Json, type JsonObject } from '../../patch/json.ts'
import { parseJson } from '../../schema/json-text.ts'
import type { ApiRequest } from '../chain.ts'

export interface AppliedConfig {
  config: JsonObject
  /** What strict parsing says of members that are given twice; undefined when there are none. */
  duplicates: string | undefined
}

/** Throws BadRequest. */
export async function readConfig(request: ApiRequest): Promise<AppliedConfig> {
  const text = (await request.body()).toString('utf8')
  const { value, duplicates } = (await fromJson(text)) ?? (await fromYaml(text))
  if (isObject(value)) return { config: value, duplicates }
  if (value === null) return { config: {}, duplicates }
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
  )
}

interface Parsed {
  value: Json
  duplicates: string | undefined
}

/** undefined when it is no JSON. */
async function fromJson(text: string): Promise<Parsed | undefined> {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    const { value, duplicates } = parseJson(text)
    return { value: value as Json, duplicates: duplicates.length > 0 ? await duplicateKeys(text) : undefined }
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`error decoding YAML: ${error.message}`)
    return undefined
  }
}

async function fromYaml(text: string): Promise<Parsed> {
  const { parseYaml } = await import('../yaml.ts')
  try {
    return { value: (parseYaml(text) ?? null) as Json, duplicates: await duplicateKeys(text) }
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n')
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${first}`)
  }
}

/** In the words of upstream's YAML parser. */
async function duplicateKeys(text: string): Promise<string | undefined> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { version: '1.1', merge: true, uniqueKeys: true, lineCounter })
  const problems = document.errors
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(
      ({ pos: [start] }) => `  line ${lineCounter.linePos(start).line}: key ${keyAt(text, start)} already set in map`,
    )
  if (problems.length === 0) return undefined
  return ['error converting YAML to JSON: yaml: unmarshal errors:', ...problems].join('\n')
}

function keyAt(text: string, start: number): string {
  const [key = ''] = /^("(?:[^"\\]|\\.)*"|'[^']*'|[^:\s]+)/.exec(text.slice(start)) ?? []
  return key.startsWith('"') ? key : JSON.stringify(key.replace(/^'|'$/g, ''))
}
