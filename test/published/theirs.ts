// What Kubernetes 1.36 publishes, read from where it lies beside the repository: without the group versions that are off
// by default, for it came from a server with all of them on.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Description, Json } from './facts.ts'
import { documentsLeftOut, offByDefault, pathsLeftOut } from './left-out.ts'

const folder = join(import.meta.dirname, '../../../shared/kubernetes-1.36')

/** undefined where it does not lie there. */
export function theirs(): Description | undefined {
  if (!existsSync(folder)) return undefined
  const { paths, definitions, ...frame } = read('openapi-v2.json.gz')
  const kept = onlyOn(paths as Json)
  return {
    discovery: discoveryLists(),
    v2: { ...frame, paths: kept, definitions: reached(kept, definitions as Json, frame.parameters as Json) },
    v3: new Map(documents().map(path => [path, v3Document(path)])),
  }
}

function read(file: string): Json {
  const bytes = readFileSync(join(folder, file))
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Json
}

interface Versioned {
  versions: { version: string }[]
}

interface Group extends Versioned {
  name: string
}

interface Aggregated extends Versioned {
  metadata: { name: string }
}

function discoveryLists(): Map<string, Json> {
  const groups = read('discovery/apis.json').groups as Group[]
  const on = groups.map(group => onlyVersionsOn(group, group.name)).filter(hasVersions)
  const items = read('discovery/aggregated_v2.json').items as Aggregated[]
  const aggregated = items.map(item => onlyVersionsOn(item, item.metadata.name)).filter(hasVersions)
  return new Map([
    ['/api', read('discovery/api.json')],
    ['/apis', { groups: on }],
    ...on.map(group => [group.name, { kind: 'APIGroup', apiVersion: 'v1', ...group }] as const),
    ...groupVersionsOn().map(
      name => [name, read(`discovery/${rootOf(name)}__${name.replace('/', '__')}.json`)] as const,
    ),
    ['aggregated', { items: aggregated }],
  ])
}

const rootOf = (groupVersion: string) => (groupVersion.includes('/') ? 'apis' : 'api')

function onlyVersionsOn<T extends Versioned>(given: T, group: string): T {
  return { ...given, versions: given.versions.filter(({ version }) => !offByDefault.includes(`${group}/${version}`)) }
}

const hasVersions = ({ versions }: Versioned) => versions.length > 0

function groupVersionsOn(): string[] {
  const files = readdirSync(join(folder, 'discovery')).map(file => file.replace('.json', '').split('__'))
  const names = files.map(([root, ...parts]) => (root === 'api' || parts.length === 2 ? parts.join('/') : ''))
  return names.filter(name => name !== '' && !offByDefault.includes(name))
}

/** A group has a document when one of its versions is on. */
function documents(): string[] {
  const files = readdirSync(join(folder, 'openapi-v3'))
  const paths = files.map(file => file.replace('_openapi.json.gz', '').replaceAll('__', '/'))
  const on = groupVersionsOn()
  const isOn = (path: string) => {
    const name = path.replace(/^apis?\//, '')
    return name === path || on.some(one => one === name || one.startsWith(`${name}/`))
  }
  return paths.filter(path => !documentsLeftOut.includes(path) && isOn(path))
}

function v3Document(path: string): Json {
  const document = read(`openapi-v3/${path.replaceAll('/', '__')}_openapi.json.gz`)
  const { schemas, ...components } = document.components as { schemas?: Json }
  const paths = document.paths as Json
  return { ...document, components: schemas ? { ...components, schemas: reached(paths, schemas) } : components }
}

function onlyOn(paths: Json): Json {
  const on = groupVersionsOn()
  const isKept = (path: string) => {
    const [, root, group, version] = path.split('/')
    if (pathsLeftOut.includes(path)) return false
    return (
      root !== 'apis' ||
      !group ||
      on.some(one => (version ? one === `${group}/${version}` : one.startsWith(`${group}/`)))
    )
  }
  return Object.fromEntries(Object.entries(paths).filter(([path]) => isKept(path)))
}

/** The definitions that these paths lead to, by parameters too. */
function reached(paths: Json, definitions: Json, parameters: Json = {}): Json {
  const found = new Set<string>()
  const open = [JSON.stringify(paths)]
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const [, name = ''] of text.matchAll(/"#\/(?:definitions|components\/schemas|parameters)\/([^"]+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      open.push(JSON.stringify(definitions[name] ?? parameters[name] ?? {}))
    }
  }
  return Object.fromEntries([...found].filter(name => definitions[name]).map(name => [name, definitions[name]]))
}
