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

const notConverted = 'error converting YAML to JSON'

/** Throws BadRequest. */
export async function readConfig(request: ApiRequest): Promise<AppliedConfig> {
  const text = (await request.body()).toString('utf8')
  const { value, strictError } = fromJson(text) ?? (await fromYaml(text))
  const duplicates = strictError && `${notConverted}: ${strictError}`
  if (isObject(value)) return { config: value, duplicates }
  if (value === null) return { config: {}, duplicates }
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
  )
}

interface Parsed {
  value: Json
  strictError?: string | undefined
}

/** What clients mostly send, without the way through YAML. undefined when it is something else, or says things twice. */
function fromJson(text: string): Parsed | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined
  try {
    const { value, duplicates } = parseJson(text)
    return duplicates.length > 0 ? undefined : { value: value as Json }
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`error decoding YAML: ${error.message}`)
    return undefined
  }
}

async function fromYaml(text: string): Promise<Parsed> {
  const { readYaml } = await import('../yaml.ts')
  try {
    const { value, strictError } = readYaml(text)
    return { value: value as Json, strictError }
  } catch (error) {
    throw badRequest(`error decoding YAML: ${notConverted}: ${(error as Error).message}`)
  }
}
