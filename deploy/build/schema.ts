// Makes dist/schema.json and dist/descriptions.json: what the fields of every built-in kind are, read from the official
// client's models: types and formats from their attribute maps, required-ness and documentation from their
// declarations. Facts that the models lack are joined from lib/schema.

import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ModelDescriptions } from '../../lib/schema/builtin.ts'
import { definitionNames } from '../../lib/schema/definition-names.ts'
import { atomicModels, keyDefaults, mergeRules, quantities } from '../../lib/schema/merge-rules.ts'
import type { CompactModel, CompactModels, TypeText } from '../../lib/schema/models.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const modelsFolder = join(root, 'node_modules/@kubernetes/client-node/dist/gen/models')
const schemaFile = join(root, 'dist/schema.json')
const descriptionsFile = join(root, 'dist/descriptions.json')

interface Attribute {
  /** The member's name in TypeScript, `_from`; and the field's in JSON, `from`. */
  name: string
  baseName: string
  type: string
  format: string
}

/** Makes both files when they are missing or older than what they are made from. */
export async function ensureSchema(): Promise<void> {
  if (!(await isFresh())) await buildSchema()
}

async function isFresh(): Promise<boolean> {
  if (!existsSync(schemaFile) || !existsSync(descriptionsFile)) return false
  const sources = [
    join(root, 'node_modules/@kubernetes/client-node/package.json'),
    fileURLToPath(import.meta.url),
    ...['definition-names.ts', 'merge-rules.ts', 'models.ts'].map(file => join(root, 'lib/schema', file)),
  ]
  const times = await Promise.all([descriptionsFile, ...sources].map(async file => (await stat(file)).mtimeMs))
  const [made = 0, ...rest] = times
  return rest.every(time => time < made)
}

export async function buildSchema(): Promise<void> {
  const models: CompactModels = {}
  const descriptions: Record<string, ModelDescriptions> = {}
  const present = new Set(await readdir(modelsFolder))
  const names = [...definitionNames.keys()].filter(name => present.has(`${name}.js`)).sort()
  for (const name of names) {
    const attributes = await attributesOf(name)
    const declaration = parseDeclaration(await readFile(join(modelsFolder, `${name}.d.ts`), 'utf8'), attributes)
    models[name] = compact(name, attributes, declaration.required)
    descriptions[name] = declaration.descriptions
  }
  checkFacts(models)
  await mkdir(join(root, 'dist'), { recursive: true })
  await write(schemaFile, models)
  await write(descriptionsFile, descriptions)
}

/** A reader never sees half a file. */
async function write(file: string, value: unknown): Promise<void> {
  const half = `${file}.${process.pid}`
  await writeFile(half, JSON.stringify(value))
  await rename(half, file)
}

async function attributesOf(name: string): Promise<Attribute[]> {
  const module = (await import(pathToFileURL(join(modelsFolder, `${name}.js`)).href)) as Record<
    string,
    { attributeTypeMap: Attribute[] }
  >
  const model = module[name]
  if (!model) throw new Error(`the client's file ${name}.js has no model of that name`)
  return model.attributeTypeMap
}

function compact(name: string, attributes: Attribute[], required: string[]): CompactModel {
  const rules = mergeRules[name]
  const defaults = keyDefaults[name]
  return {
    definition: definitionNames.get(name) ?? name,
    fields: Object.fromEntries(attributes.map(a => [a.baseName, typeText(name, a)])),
    ...(required.length ? { required } : {}),
    ...(atomicModels.has(name) ? { mapType: 'atomic' } : {}),
    ...(rules ? { rules } : {}),
    ...(defaults ? { defaults } : {}),
  }
}

/** `Array<string>` is `[]string`, `{ [key: string]: V1Foo; }` is `{}V1Foo`. */
function typeText(model: string, { baseName, type, format }: Omit<Attribute, 'name'>): TypeText {
  const list = /^Array<(.*)>$/.exec(type)?.[1]
  if (list) return `[]${typeText(model, { baseName, type: list, format })}`
  const values = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1]
  if (values) return `{}${typeText(model, { baseName, type: values, format })}`
  if (type === 'string' && quantities[model]?.includes(baseName)) return 'quantity'
  const scalar: Record<string, TypeText> = {
    string: format || 'string',
    number: format || 'number',
    boolean: 'boolean',
    any: 'any',
    object: 'object',
    Date: 'date-time',
    V1MicroTime: 'date-time-micro',
    IntOrString: 'int-or-string',
  }
  return scalar[type] ?? type
}

interface Declaration {
  required: string[]
  descriptions: ModelDescriptions
}

/** What a model's `.d.ts` says. A field without `?` is required; a comment before a field or class describes it. */
export function parseDeclaration(source: string, attributes: Pick<Attribute, 'name' | 'baseName'>[]): Declaration {
  const fieldOf = new Map(attributes.map(({ name, baseName }) => [name, baseName]))
  const required: string[] = []
  const fields: Record<string, string> = {}
  let description: string | undefined
  const [, head = '', body = ''] = /^(.*?)export declare class \w+ \{\n(.*)$/s.exec(source) ?? []
  for (const match of body.matchAll(/^( {4}\/\*\*\n(?: {4}\*.*\n)+? {4}\*\/\n)? {4}'([^']+)'(\??):/gm)) {
    const [, comment, member = '', optional] = match
    const name = fieldOf.get(member) ?? member
    if (!optional) required.push(name)
    if (comment) fields[name] = commentText(comment)
  }
  const last = head.match(/\/\*\*\n(?:\*.*\n)+\*\/\n$/)?.[0]
  if (last) description = commentText(last)
  return { required, descriptions: { ...(description ? { description } : {}), fields } }
}

/** The sentence in a documentation comment, its escapes undone. */
function commentText(comment: string): string {
  return comment
    .split('\n')
    .filter(line => !/\/\*\*|\*\/\s*$/.test(line))
    .map(line => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .replace(/\\(['"\\])/g, '$1')
    .trim()
}

/** A fact about a field that is not there is a mistake in the tables, or an API that has changed. */
function checkFacts(models: CompactModels): void {
  const facts = [mergeRules, keyDefaults].flatMap(table =>
    Object.entries(table).flatMap(([model, fields]) => Object.keys(fields).map(field => [model, field] as const)),
  )
  const amounts = Object.entries(quantities).flatMap(([model, fields]) => fields.map(field => [model, field] as const))
  for (const [model, field] of [...facts, ...amounts]) {
    if (!models[model]?.fields[field])
      throw new Error(`lib/schema says something of ${model}.${field}, which is no field`)
  }
  for (const [name, { fields }] of Object.entries(models)) {
    for (const [field, text] of Object.entries(fields)) {
      const base = text.replace(/^(\[\]|\{\})+/, '')
      if (/^[A-Z]/.test(base) && !models[base])
        throw new Error(`${name}.${field} is a ${base}, which is no known model`)
    }
  }
}

if (import.meta.main) {
  if (process.argv.includes('--if-stale')) await ensureSchema()
  else await buildSchema()
}
