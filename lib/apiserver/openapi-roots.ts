// The paths above resources, as operations: the lists of groups and versions, a group, a version's resources, /version.

import type { GroupVersions } from './group-versions.ts'
import { meta } from './openapi-names.ts'
import { capitalized, groupCamel, groupTag, type Operation } from './openapi-operations.ts'
import { mediaTypes } from './openapi-verbs.ts'

/** By where their document is below /openapi/v3/: `apis`, `apis/apps`, `version`. */
export function rootOperations(groups: readonly GroupVersions[]): Map<string, Operation> {
  const named = groups.filter(({ group }) => group !== '')
  return new Map([
    ['api', discoveryOperation('/api/', 'getCoreAPIVersions', 'core', 'APIVersions', 'get available API versions')],
    ['apis', discoveryOperation('/apis/', 'getAPIVersions', 'apis', 'APIGroupList', 'get available API versions')],
    ...named.map(({ group }) => [`apis/${group}`, groupOperation(group)] as const),
    ['version', versionOperation()],
  ])
}

/** What a group version's own document begins with. */
export function resourceListOperation(group: string, version: string): Operation {
  const path = group ? `/apis/${group}/${version}/` : `/api/${version}/`
  const id = `get${groupCamel(group)}${capitalized(version)}APIResources`
  return discoveryOperation(path, id, `${groupTag(group)}_${version}`, 'APIResourceList', 'get available resources')
}

function groupOperation(group: string): Operation {
  const id = `get${groupCamel(group)}APIGroup`
  return discoveryOperation(`/apis/${group}/`, id, groupTag(group), 'APIGroup', 'get information of a group')
}

function versionOperation(): Operation {
  return {
    ...discoveryOperation('/version/', 'getCodeVersion', 'version', '', 'get the version information for this server'),
    answer: { definition: 'io.k8s.apimachinery.pkg.version.Info' },
    consumes: ['application/json'],
    produces: ['application/json'],
  }
}

function discoveryOperation(path: string, operationId: string, tag: string, answer: string, description: string) {
  const operation: Operation = {
    path,
    method: 'get',
    operationId,
    description,
    tag,
    parameters: [],
    consumes: mediaTypes,
    produces: mediaTypes,
    answer: { definition: `${meta}.${answer}` },
    codes: [200],
  }
  return operation
}
