// The schemas of the built-in kinds, from the table that `make build` makes out of the official client's models.

import { existsSync, readFileSync } from 'node:fs'
import { UserError } from '../util/component.ts'
import { type CompactModels, type FindSchema, schemasOf } from './models.ts'
import type { Schema } from './schema.ts'

/** Run from source, from a bundle in dist/, or from a chunk below it. */
const places = ['../../dist/', './', '../']

/** The path of a file that `make build` makes. Throws UserError when it is not there. */
function built(file: string): URL {
  const found = places.map(place => new URL(place + file, import.meta.url)).find(url => existsSync(url))
  if (!found) throw new UserError(`dist/${file} is missing: run \`make build\` first`)
  return found
}

function readBuilt<T>(file: string): T {
  return JSON.parse(readFileSync(built(file), 'utf8')) as T
}

let models: CompactModels | undefined
let find: FindSchema | undefined
let descriptions: Record<string, ModelDescriptions> | undefined

/** Every model of the Kubernetes API by name, read on first use. */
export function builtinModels(): CompactModels {
  models ??= readBuilt<CompactModels>('schema.json')
  return models
}

/** The Schema of a model of the official client: `builtinSchema('V1Pod')`. One object per model. */
export function builtinSchema(modelName: string): Schema {
  find ??= schemasOf(builtinModels())
  return find(modelName)
}

/** What a model's documentation says: of itself, and of its fields. */
export interface ModelDescriptions {
  description?: string
  fields?: Record<string, string>
}

/** By model name. Large, and so read only where documentation is published. */
export function builtinDescriptions(): Record<string, ModelDescriptions> {
  descriptions ??= readBuilt<Record<string, ModelDescriptions>>('descriptions.json')
  return descriptions
}
