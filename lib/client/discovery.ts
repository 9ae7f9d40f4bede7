// What an API server serves, as definitions that the client can use: built-in, custom and aggregated kinds alike.

import { qualified } from '../api/errors.ts'
import { parseApiVersion } from '../api/meta.ts'
import type { ResourceDefinition } from '../api/resource.ts'
import type { Client } from './client.ts'

export type DiscoveredResource = ResourceDefinition & { verbs: string[] }

export interface Discovery {
  /** Each kind once, in the first version of its group that has it, beginning with the preferred; no subresources. */
  resources: DiscoveredResource[]
  /** Group versions that could not be asked, such as of an aggregated server that is down. */
  failures: { groupVersion: string; error: Error }[]
}

interface ResourceList {
  resources?: {
    name: string
    kind: string
    singularName?: string
    namespaced: boolean
    verbs?: string[]
  }[]
}

interface GroupList {
  groups?: { preferredVersion?: { groupVersion: string }; versions?: { groupVersion: string }[] }[]
}

export async function discover(client: Client, signal?: AbortSignal): Promise<Discovery> {
  const { groups = [] } = (await client.raw('GET', '/apis', undefined, signal)) as GroupList
  const versions = ['v1', ...groups.flatMap(versionsOf)]
  const asked = await Promise.allSettled(versions.map(version => resourcesOf(client, version, signal)))
  const discovery: Discovery = { resources: [], failures: [] }
  for (const [i, answer] of asked.entries()) {
    if (answer.status === 'fulfilled') discovery.resources.push(...answer.value.filter(isNew(discovery.resources)))
    else discovery.failures.push({ groupVersion: versions[i] ?? '', error: answer.reason as Error })
  }
  return discovery
}

function versionsOf({ preferredVersion, versions = [] }: NonNullable<GroupList['groups']>[number]): string[] {
  const first = preferredVersion?.groupVersion
  return [...new Set([...(first ? [first] : []), ...versions.map(({ groupVersion }) => groupVersion)])]
}

function isNew(known: DiscoveredResource[]): (resource: DiscoveredResource) => boolean {
  const names = new Set(known.map(qualified))
  return resource => !names.has(qualified(resource))
}

async function resourcesOf(client: Client, groupVersion: string, signal?: AbortSignal): Promise<DiscoveredResource[]> {
  const path = groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`
  const { resources = [] } = (await client.raw('GET', path, undefined, signal)) as ResourceList
  return resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, singularName, namespaced, verbs = [] }) => ({
      ...parseApiVersion(groupVersion),
      kind,
      plural: name,
      ...(singularName ? { singular: singularName } : {}),
      scope: namespaced ? ('Namespaced' as const) : ('Cluster' as const),
      verbs,
      // Whoever discovers a kind sends and reads it as it is.
      schema: {},
    }))
}
