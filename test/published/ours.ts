// What we publish when nothing but the built-in kinds is served.

import type { ApiRequest } from '../../lib/apiserver/chain.ts'
import { createDiscovery } from '../../lib/apiserver/discovery.ts'
import { OpenApi } from '../../lib/apiserver/openapi-document.ts'
import { Registry } from '../../lib/apiserver/registry.ts'
import { reviews } from '../../lib/apiserver/reviews/index.ts'
import { builtinKinds } from '../../lib/kinds/index.ts'
import type { Description, Json } from './facts.ts'

/** Where the published description was taken. */
const serverAddress = '10.10.10.10:8050'

export async function ours(): Promise<Description> {
  const served = new Registry([...builtinKinds, ...reviews.map(({ resource }) => resource)]).all()
  const discovery = createDiscovery(
    () => served,
    () => serverAddress,
  )
  const ask = async (path: string, accept = 'application/json') => {
    const request = { method: 'GET', path, headers: { accept }, query: new URLSearchParams() } as unknown as ApiRequest
    return JSON.parse(`${(await discovery(request))?.body}`) as Json
  }
  const { groups } = (await ask('/apis')) as { groups: { name: string; versions: { groupVersion: string }[] }[] }
  const lists = new Map([
    ['/api', await ask('/api')],
    ['/apis', { groups }],
    ['v1', await ask('/api/v1')],
  ])
  for (const { name, versions } of groups) {
    lists.set(name, await ask(`/apis/${name}`))
    for (const { groupVersion } of versions) lists.set(groupVersion, await ask(`/apis/${groupVersion}`))
  }
  const { items } = await ask('/apis', 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList')
  lists.set('aggregated', { items })
  return { discovery: lists, ...(await documents(new OpenApi(() => served))) }
}

async function documents(openApi: OpenApi): Promise<Pick<Description, 'v2' | 'v3'>> {
  const parse = (document: { body: Buffer } | undefined) => JSON.parse(`${document?.body}`) as Json
  const { paths } = parse(await openApi.v3Index()) as { paths: Json }
  const v3 = new Map<string, Json>()
  for (const path of Object.keys(paths)) v3.set(path, parse(await openApi.v3(path)))
  return { v2: parse(await openApi.v2()), v3 }
}
