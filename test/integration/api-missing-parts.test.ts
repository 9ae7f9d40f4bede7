// Whatever a client leaves out of an object, or leaves empty, is the client's affair: to Go a struct is always there and
// a text is at least empty, so no kind may answer with an internal error.

import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { resourcePath } from '../../lib/api/resource.ts'
import { builtinKinds } from '../../lib/kinds/index.ts'
import { startApiServer, type TestApiServer } from '../harness/apiserver.ts'
import { describeWithEtcd } from '../harness/etcd.ts'
import { samples } from '../harness/every-kind.ts'

const describe = await describeWithEtcd()
const namespace = 'parts'

type Path = (string | number)[]

function* pathsOf(value: unknown, above: Path = []): Generator<Path> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    const path = [...above, Array.isArray(value) ? Number(key) : key]
    yield path
    yield* pathsOf(member, path)
  }
}

/** The object with `value` there; without the member, for undefined. */
function withAt(object: object, path: Path, value: unknown): object {
  const copy = structuredClone(object)
  // The path was read from the object: whatever is on its way is an object or a list.
  const holder = path
    .slice(0, -1)
    .reduce((within, key) => within[key] as Record<string, unknown>, copy as Record<string, unknown>)
  holder[String(path.at(-1))] = value
  return copy
}

/** Of members that samples do not have. */
const more: Record<string, object> = {
  '/pods': {
    spec: {
      containers: [
        { name: 'a', image: 'a', livenessProbe: { httpGet: { port: 80 } }, env: [{ name: 'A', value: 'a' }] },
      ],
      volumes: [{ name: 'a', configMap: { name: 'a' } }],
    },
  },
  'storage.k8s.io/csinodes': { spec: { drivers: [{ name: 'a.example.com', nodeID: 'a' }] } },
  'resource.k8s.io/deviceclasses': { spec: { selectors: [{ cel: { expression: 'true' } }] } },
}

const kinds = builtinKinds.filter(({ verbs }) => !verbs || verbs.includes('create'))

describe('what lacks a part', () => {
  let api: TestApiServer

  beforeAll(async () => {
    api = await startApiServer()
    await api.ask('POST', '/api/v1/namespaces', { body: { metadata: { name: namespace } } })
    const account = { metadata: { name: 'default' } }
    await api.ask('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: account })
  }, 60_000)

  afterAll(() => api?.stop())

  test.each(kinds.map(def => ({ def, id: `${def.group}/${def.plural}`, version: def.version })))(
    '$id $version is no internal error',
    async ({ def, id }) => {
      const sample = samples[id]
      const name = sample?.name?.('parts') ?? 'parts'
      const collection = resourcePath(def, { namespace })
      const found: string[] = []
      for (const fields of [{ ...sample?.object, ...sample?.withName?.(name) }, ...(more[id] ? [more[id]] : [])]) {
        const object = { ...fields, metadata: { name } }
        await api.ask('POST', collection, { body: object })
        for (const path of pathsOf(fields)) {
          for (const value of [undefined, null, {}, [null], [{}]]) {
            const body = withAt(object, path, value)
            for (const [verb, at] of [
              ['POST', ''],
              ['PUT', `/${name}`],
            ] as const) {
              const { status, json } = await api.ask(verb, `${collection}${at}?dryRun=All`, { body })
              if (status >= 500) found.push(`${verb} ${path.join('.')} = ${JSON.stringify(value)}: ${json.message}`)
            }
          }
        }
      }
      expect(found).toEqual([])
    },
    60_000,
  )
})
