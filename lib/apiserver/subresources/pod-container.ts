// Which container of a pod is meant: the one named, or the only one.

import { badRequest } from '../../api/errors.ts'
import type { Pod } from '../../kinds/core/pod.ts'

/** Throws BadRequest in upstream's words. */
export function containerOf({ spec, metadata: { name: podName = '' } }: Pod, asked: string): string {
  const containers = spec?.containers ?? []
  const all = [...(spec?.initContainers ?? []), ...containers, ...(spec?.ephemeralContainers ?? [])]
  const names = all.map(({ name }) => name)
  if (asked) {
    if (names.includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${podName}`)
  }
  const [only, ...others] = containers
  if (only && others.length === 0) return only.name
  const must = `a container name must be specified for pod ${podName}`
  throw badRequest(only ? `${must}, choose one of: [${names.join(' ')}]` : must)
}
