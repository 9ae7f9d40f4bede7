// What we publish against what Kubernetes 1.36 publishes: discovery in both forms, OpenAPI v2 and v3. The published
// description is not part of the project and lies beside the repository; where it is absent, this says so and is
// skipped. It came from a server with every group version switched on. What may differ is listed here, each with its
// reason; everything else is equal but for descriptions, which are not compared.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import type { ApiRequest } from '../lib/apiserver/chain.ts'
import { createDiscovery } from '../lib/apiserver/discovery.ts'
import { OpenApi } from '../lib/apiserver/openapi-document.ts'
import { Registry } from '../lib/apiserver/registry.ts'
import { reviews } from '../lib/apiserver/reviews/index.ts'
import { servedSubresources } from '../lib/apiserver/served-subresources.ts'
import { builtinKinds } from '../lib/kinds/index.ts'
import { jsonEqual } from '../lib/util/json-equal.ts'

type Json = Record<string, unknown>

const folder = join(import.meta.dirname, '../../shared/kubernetes-1.36')
const isThere = existsSync(folder)
const compare = isThere ? test : test.skip
const why = isThere ? '' : ' (skipped: the published description is not beside the repository)'

/** Group versions that upstream serves only when asked to: its default has no alpha and no beta. */
const offByDefault = [
  'admissionregistration.k8s.io/v1alpha1',
  'admissionregistration.k8s.io/v1beta1',
  'certificates.k8s.io/v1alpha1',
  'certificates.k8s.io/v1beta1',
  'coordination.k8s.io/v1alpha2',
  'coordination.k8s.io/v1beta1',
  'internal.apiserver.k8s.io/v1alpha1',
  'networking.k8s.io/v1beta1',
  'resource.k8s.io/v1alpha3',
  'resource.k8s.io/v1beta1',
  'resource.k8s.io/v1beta2',
  'scheduling.k8s.io/v1alpha2',
  'storage.k8s.io/v1beta1',
  'storagemigration.k8s.io/v1beta1',
]

/**
 * Resources that are still to be written, as `group/version/plural` or `…/subresource`. Nothing stands here that is
 * served.
 */
const notYet: string[] = [
  'v1/bindings',
  'v1/componentstatuses',
  'apiextensions.k8s.io/v1/customresourcedefinitions',
  'resource.k8s.io/v1/deviceclasses',
  'resource.k8s.io/v1/resourceclaims',
  'resource.k8s.io/v1/resourceclaimtemplates',
  'resource.k8s.io/v1/resourceslices',
]

/** Upstream stores these in an older version, so that servers of the release before can read them; we need not. */
const storedNewer = ['MutatingAdmissionPolicy', 'MutatingAdmissionPolicyBinding', 'CustomResourceDefinition']

/** Paths and documents that we do not have. */
const pathsLeftOut = [
  // The node's own log files, over the API server: switched off by default upstream too (--enable-logs-handler).
  '/logs/',
  '/logs/{logpath}',
  // Later: how others verify ServiceAccount tokens.
  '/.well-known/openid-configuration/',
  '/openid/v1/jwks/',
]
const documentsLeftOut = ['logs', '.well-known/openid-configuration', 'openid/v1/jwks']

/** We answer JSON and YAML. Protobuf is taken but never sent; CBOR is alpha. */
const mediaLeftOut = [
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/cbor',
  'application/cbor-seq',
  'application/apply-patch+cbor',
]

function read(file: string): Json {
  const bytes = readFileSync(join(folder, file))
  return JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as Json
}

const served = new Registry([...builtinKinds, ...reviews.map(({ resource }) => resource)]).all()
const discovery = createDiscovery(
  () => served,
  () => '10.10.10.10:8050',
)
const openApi = new OpenApi(() => served)

async function discover(path: string, accept = 'application/json'): Promise<Json> {
  const request = { method: 'GET', path, headers: { accept }, query: new URLSearchParams() } as unknown as ApiRequest
  const answer = await discovery(request)
  if (!answer) throw new Error(`${path} is no discovery path`)
  return JSON.parse(`${answer.body}`) as Json
}

test('what is still to be written is not served', () => {
  const all = served.flatMap(def => {
    const name = `${def.group ? `${def.group}/` : ''}${def.version}/${def.plural}`
    return [name, ...servedSubresources(def).map(part => `${name}/${part.name}`)]
  })
  expect(notYet.filter(name => all.includes(name))).toEqual([])
})

describe('discovery', () => {
  const lists = isThere ? theirLists() : []

  compare(`/api and /apis${why}`, async () => {
    expect(await discover('/api')).toEqual(read('discovery/api.json'))
    const theirs = read('discovery/apis.json').groups as Group[]
    expect((await discover('/apis')).groups).toEqual(theirs.map(onlyServed).filter(hasVersions))
  })

  compare(`each group${why}`, async () => {
    const theirs = (read('discovery/apis.json').groups as Group[]).map(onlyServed).filter(hasVersions)
    for (const group of theirs) {
      expect(await discover(`/apis/${group.name}`)).toEqual({ kind: 'APIGroup', apiVersion: 'v1', ...group })
    }
  })

  test.each(lists.map(list => list.groupVersion))('%s', async groupVersion => {
    const theirs = lists.find(list => list.groupVersion === groupVersion)
    const ours = await discover(`/${groupVersion.includes('/') ? 'apis' : 'api'}/${groupVersion}`)
    expect(withoutHashes(ours as unknown as ResourceList)).toEqual(theirs && withoutHashes(theirs))
  })

  compare(`all at once${why}`, async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
    const theirs = read('discovery/aggregated_v2.json').items as Aggregated[]
    const ours = (await discover('/apis', accept)).items as Aggregated[]
    expect(ours).toEqual(theirs.map(aggregatedOnlyServed).filter(hasVersions))
  })
})

interface Group {
  name: string
  versions: { version: string }[]
}

interface ResourceList extends Json {
  groupVersion: string
  resources: { name: string; kind: string; storageVersionHash?: string }[]
}

interface Aggregated {
  metadata: { name: string }
  versions: { version: string; resources: { resource: string; subresources?: { subresource: string }[] }[] }[]
}

const hasVersions = ({ versions }: { versions: unknown[] }) => versions.length > 0

/** The resource lists of what is on, without what is still to be written. */
function theirLists(): ResourceList[] {
  const files = readdirSync(join(folder, 'discovery')).filter(file => /^apis?__/.test(file))
  const lists = files.map(file => read(`discovery/${file}`)).filter(({ kind }) => kind === 'APIResourceList')
  return (lists as ResourceList[])
    .filter(({ groupVersion }) => !offByDefault.includes(groupVersion))
    .map(list => ({ ...list, resources: list.resources.filter(({ name }) => isWritten(list.groupVersion, name)) }))
    .filter(({ resources }) => resources.length > 0)
}

function isWritten(groupVersion: string, name: string): boolean {
  const [plural] = name.split('/')
  return !notYet.includes(`${groupVersion}/${name}`) && !notYet.includes(`${groupVersion}/${plural}`)
}

function onlyServed(group: Group): Group {
  const written = new Set(theirLists().map(({ groupVersion }) => groupVersion))
  return { ...group, versions: group.versions.filter(({ version }) => written.has(`${group.name}/${version}`)) }
}

function aggregatedOnlyServed(item: Aggregated): Aggregated {
  const { name } = item.metadata
  const versions = item.versions.filter(({ version }) => !offByDefault.includes(`${name}/${version}`))
  const only = versions.map(version => ({
    ...version,
    resources: version.resources.filter(({ resource }) => isWritten(`${name}/${version.version}`, resource)),
  }))
  return { ...item, versions: only.filter(({ resources }) => resources.length > 0) }
}

function withoutHashes(list: ResourceList): ResourceList {
  const resources = list.resources.map(resource => {
    const { storageVersionHash: _, ...rest } = resource
    return storedNewer.includes(resource.kind) ? rest : resource
  })
  return { ...list, resources }
}

describe('OpenAPI', () => {
  compare(`v2${why}`, async () => {
    const { paths, definitions, ...rest } = resolved(plain(read('openapi-v2.json.gz')))
    const kept = onlyWritten(paths as Json)
    const theirs = { ...rest, paths: kept, definitions: reached(kept, definitions as Json) }
    const ours = resolved(plain(JSON.parse((await openApi.v2()).body.toString())))
    expect(differences(theirs, ours)).toEqual([])
  })

  const documents = isThere ? theirDocuments() : []

  compare(`the index of v3${why}`, async () => {
    const { paths } = JSON.parse((await openApi.v3Index()).body.toString()) as { paths: Json }
    expect(Object.keys(paths).sort()).toEqual(documents.sort())
  })

  test.each(documents)('v3 %s', async path => {
    const { paths, components, ...rest } = plain(read(v3File(path))) as { paths: Json; components: { schemas?: Json } }
    const kept = onlyWritten(paths)
    const { schemas, ...others } = components
    const theirs = {
      ...rest,
      paths: kept,
      components: schemas ? { ...others, schemas: reached(kept, schemas) } : others,
    }
    const ours = (await openApi.v3(path))?.body.toString()
    expect(ours).toBeDefined()
    expect(differences(theirs, plain(JSON.parse(ours ?? '')))).toEqual([])
  })
})

const v3File = (path: string) => `openapi-v3/${path.replaceAll('/', '__')}_openapi.json.gz`

/** A group has a document when one of its versions has. */
function theirDocuments(): string[] {
  const files = readdirSync(join(folder, 'openapi-v3'))
  const written = theirLists().map(({ groupVersion }) => groupVersion)
  const isServed = (path: string) => {
    const name = path.replace(/^apis?\//, '')
    return name === path || written.some(one => one === name || one.startsWith(`${name}/`))
  }
  return files
    .map(file => file.replace('_openapi.json.gz', '').replaceAll('__', '/'))
    .filter(path => !documentsLeftOut.includes(path) && isServed(path))
}

/** The paths of what is on and written. */
function onlyWritten(paths: Json): Json {
  const written = new Set(theirLists().map(({ groupVersion }) => groupVersion))
  const isKept = (path: string) => {
    const { group, version, resource } = partsOf(path)
    if (pathsLeftOut.includes(path)) return false
    if (group !== undefined && version === undefined) return [...written].some(one => one.startsWith(`${group}/`))
    const groupVersion = group === undefined ? `${version}` : `${group}/${version}`
    return version === undefined || (written.has(groupVersion) && isWritten(groupVersion, resource))
  }
  return Object.fromEntries(Object.entries(paths).filter(([path]) => isKept(path)))
}

/** `/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale` is of apps, v1, `deployments/scale`. */
function partsOf(path: string): { group?: string; version?: string; resource: string } {
  const [root, ...parts] = path.split('/').filter(part => part !== '' && part !== 'watch')
  const [group, version, ...rest] = root === 'api' ? [undefined, ...parts] : parts
  if (root !== 'api' && root !== 'apis') return { resource: '' }
  const own = rest[0] === 'namespaces' && rest[1] === '{namespace}' ? rest.slice(2) : rest
  const resource = [own[0], own[2]].filter(part => part !== undefined).join('/')
  return { ...(group ? { group } : {}), ...(version ? { version } : {}), resource }
}

/** Without texts and without the media types that we leave out; lists that are sets are sorted. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter(each => !mediaLeftOut.includes(each)).map(plain)
  if (typeof value !== 'object' || value === null) return value
  const isLeftOut = (name: string, member: unknown) =>
    (name === 'description' && typeof member === 'string') || mediaLeftOut.includes(name)
  const { allOf, ...others } = value as { allOf?: unknown[] }
  // What else was said of a reference was its description.
  const isBareReference = allOf?.length === 1 && Object.keys(others).every(name => name === 'description')
  if (isBareReference) return plain(allOf[0])
  const entries = Object.entries(value).filter(([name, member]) => !isLeftOut(name, member))
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(name, plain(member))]))
}

const sets = new Set(['required', 'consumes', 'produces'])

function sorted(name: string, value: unknown): unknown {
  return sets.has(name) && Array.isArray(value) ? [...value].sort() : value
}

/** The definitions that these paths lead to. */
function reached(paths: Json, definitions: Json): Json {
  const found = new Set<string>()
  const open = [JSON.stringify(paths)]
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const [, name = ''] of text.matchAll(/"#\/(?:definitions|components\/schemas)\/([^"]+)"/g)) {
      if (found.has(name)) continue
      found.add(name)
      open.push(JSON.stringify(definitions[name]))
    }
  }
  return Object.fromEntries([...found].map(name => [name, definitions[name]]))
}

/** Parameters in their place, whatever they are called where they are kept. */
function resolved(document: unknown): Json {
  const { parameters, ...rest } = document as { parameters: Json }
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve)
    if (typeof value !== 'object' || value === null) return value
    const name = (value as { $ref?: unknown }).$ref
    if (typeof name === 'string' && name.startsWith('#/parameters/'))
      return parameters[name.slice('#/parameters/'.length)]
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member)]))
  }
  return resolve(rest) as Json
}

/** Where two documents differ, a line each; a few are enough. */
function differences(theirs: unknown, ours: unknown, at = ''): string[] {
  if (jsonEqual(theirs, ours)) return []
  const areObjects = [theirs, ours].every(each => typeof each === 'object' && each !== null && !Array.isArray(each))
  if (!areObjects) return [`${at}: theirs ${text(theirs)}, ours ${text(ours)}`]
  const [left, right] = [theirs as Json, ours as Json]
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])]
  return names.flatMap(name => differences(left[name], right[name], `${at}/${name}`)).slice(0, 60)
}

const text = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300))
