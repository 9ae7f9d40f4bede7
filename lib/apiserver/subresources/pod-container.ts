// Which container of a pod is meant: the one named, or the only one.

import { badRequest } from '../../api/errors.ts'
import type { Pod } from '../../kinds/core/pod.ts'

/** Throws BadRequest in upstream's words. */
export function containerOf(pod: Pod, asked: string): string {
  const names = (pod.spec?.containers ?? []).map(({ name }) => name)
  const initNames = (pod.spec?.initContainers ?? []).map(({ name }) => name)
  const ephemeralNames = (pod.spec?.ephemeralContainers ?? []).map(({ name }) => name)
  const podName = pod.metadata.name ?? ''
  if (asked) {
    if ([...names, ...initNames, ...ephemeralNames].includes(asked)) return asked
    throw badRequest(`container ${asked} is not valid for pod ${podName}`)
  }
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return only
  const must = `a container name must be specified for pod ${podName}`
  if (only === undefined) throw badRequest(must)
  const init = initNames.length > 0 ? ` or one of the init containers: [${initNames.join(' ')}]` : ''
  throw badRequest(`${must}, choose one of: [${names.join(' ')}]${init}`)
}
