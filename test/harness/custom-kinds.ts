// CustomResourceDefinitions for tests: short to write, and established when asked for.

import { isConditionTrue } from '../../lib/api/conditions.ts'
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionSpec,
  Version,
} from '../../lib/kinds/apiextensions/types.ts'
import type { JsonSchemaProps } from '../../lib/schema/json-schema-props.ts'
import type { Answer, TestApiServer } from './apiserver.ts'
import { eventually } from './eventually.ts'

export const definitionsPath = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

/** A version that is served and stored, with a schema for spec and status. */
export function version(properties: Record<string, JsonSchemaProps>, more: Partial<Version> = {}): Version {
  return {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties } },
    ...more,
  }
}

/** `widgets` of kind `Widget` in `example.com`, namespaced. */
export function definition(
  plural: string,
  versions: Version[],
  { names, ...more }: Partial<CustomResourceDefinitionSpec> = {},
): CustomResourceDefinition {
  const kind = plural.charAt(0).toUpperCase() + plural.slice(1, -1)
  const group = more.group ?? 'example.com'
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names: { plural, kind, ...names }, versions, ...more },
  }
}

/** Creates it and waits until it says that it is established. */
export async function establish(api: TestApiServer, crd: CustomResourceDefinition): Promise<CustomResourceDefinition> {
  const created = await api.ask('POST', definitionsPath, { body: crd })
  if (created.status !== 201) throw new Error(`the definition was refused: ${created.text}`)
  return established(api, crd.metadata.name ?? '')
}

export async function established(api: TestApiServer, name: string): Promise<CustomResourceDefinition> {
  return eventually(async () => {
    const { json } = await api.ask('GET', `${definitionsPath}/${name}`)
    return isConditionTrue(json.status?.conditions, 'Established') && (json as CustomResourceDefinition)
  })
}

/** Changes a definition's spec, whatever else writes it meanwhile. */
export async function changeSpec(
  api: TestApiServer,
  name: string,
  change: (spec: CustomResourceDefinitionSpec) => void,
): Promise<Answer> {
  const path = `${definitionsPath}/${name}`
  return eventually(async () => {
    const { json } = await api.ask('GET', path)
    change(json.spec)
    const answer = await api.ask('PUT', path, { body: json })
    return answer.status !== 409 && answer
  })
}
