// What is said of volumes: kinds that are gone, and files that lie in each other's way.

import { goQuote } from '../../util/go-quote.ts'
import type { Volume } from './pod-types.ts'
import { fractionalBytes } from './pod-warnings-containers.ts'

const oldSources: Partial<Record<keyof Volume, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11, and disabled by default in v1.33+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

export function volumeWarnings(volumes: Volume[] = [], field: string): string[] {
  return volumes.flatMap((volume, i) => {
    const at = `${field}[${i}]`
    const claim = volume.ephemeral?.volumeClaimTemplate?.spec.resources
    const claimAt = `${at}.ephemeral.volumeClaimTemplate.spec.resources.requests`
    return [
      ...Object.entries(oldSources)
        .filter(([source]) => volume[source as keyof Volume])
        .map(([source, text]) => `${at}.${source === 'storageos' ? 'storageOS' : source}: ${text}`),
      ...fractionalBytes(claim?.requests, 'storage', claimAt),
    ]
  })
}

/** Two keys in one file, or one key's file where another's directory is. */
export function overlapWarnings(volumes: Volume[] = []): string[] {
  return volumes.flatMap(({ name, configMap, secret, downwardAPI, projected }) => [
    ...overlaps(paths(configMap?.items), `volume ${goQuote(name)} (ConfigMap ${goQuote(configMap?.name ?? '')})`),
    ...overlaps(paths(secret?.items), `volume ${goQuote(name)} (Secret ${goQuote(secret?.secretName ?? '')})`),
    ...overlaps(paths(downwardAPI?.items), `volume ${goQuote(name)} (DownwardAPI)`),
    ...(projected ? projectedOverlaps(name, projected) : []),
  ])
}

type Projected = NonNullable<Volume['projected']>
type Source = NonNullable<Projected['sources']>[number]

const paths = (items: { path: string }[] = []) => items.map(({ path }) => path)

function projectedOverlaps(volume: string, { sources = [] }: Projected): string[] {
  const all = new Set<string>()
  return sources.flatMap(source => {
    if (Object.keys(source).length === 0) return [`volume ${goQuote(volume)} (Projected) has no sources provided`]
    const [what, own] = pathsOf(source)
    const text = `volume ${goQuote(volume)} (Projected ${what})`
    const found = [...overlaps(own, text), ...overlaps([...new Set(own), ...all].toSorted(), text)]
    for (const path of own) all.add(path)
    return found
  })
}

function pathsOf({ configMap, secret, downwardAPI, serviceAccountToken }: Source): [string, string[]] {
  if (configMap?.items) return [`ConfigMap ${goQuote(configMap.name ?? '')}`, paths(configMap.items)]
  if (secret?.items) return [`Secret ${goQuote(secret.name ?? '')}`, paths(secret.items)]
  if (downwardAPI?.items) return ['DownwardAPI', paths(downwardAPI.items)]
  return ['ServiceAccountToken', serviceAccountToken ? [serviceAccountToken.path] : []]
}

function overlaps(all: string[], text: string): string[] {
  const seen = new Set<string>()
  return all.flatMap(path => {
    const normal = path.replace(/\/+$/, '')
    const other = [...seen].find(before => overlap(before, normal))
    seen.add(normal)
    return other === undefined ? [] : [`${text}: overlapping paths: ${goQuote(normal)} with ${goQuote(other)}`]
  })
}

/** As upstream compares: `a/b` with `a`, and also `ab` with `a`. */
function overlap(a: string, b: string): boolean {
  return a !== '' && b !== '' && (`${a}/`.startsWith(b) || `${b}/`.startsWith(a))
}
