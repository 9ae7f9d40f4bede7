// What definitions are called, and which kinds stand behind a name.

import type { ResourceDefinition } from '../api/resource.ts'
import { definitionNames } from '../schema/definition-names.ts'

export interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

export const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Published name → model of the official client. */
export const modelNames: ReadonlyMap<string, string> = new Map(
  [...definitionNames].map(([model, definition]) => [definition, model]),
)

const byGroupVersionKind = new Map(
  [...definitionNames.values()].map(definition => [definition.split('.').slice(-3).join('.'), definition]),
)

/** The package of each group of Kubernetes' own. */
const packages: ReadonlyMap<string, string> = new Map([
  ['', 'core'],
  ['internal.apiserver.k8s.io', 'apiserverinternal'],
  ['flowcontrol.apiserver.k8s.io', 'flowcontrol'],
  ['rbac.authorization.k8s.io', 'rbac'],
  ...['apps', 'autoscaling', 'batch', 'policy'].map(group => [group, group] as const),
  ...[
    ...['admissionregistration', 'apiextensions', 'apiregistration', 'authentication', 'authorization'],
    ...['certificates', 'coordination', 'discovery', 'events', 'networking', 'node', 'resource', 'scheduling'],
    ...['storage', 'storagemigration'],
  ].map(name => [`${name}.k8s.io`, name] as const),
])

/** The group whose package this is: `rbac` → `rbac.authorization.k8s.io`. */
const groupOfPackage = new Map([...packages].map(([group, name]) => [name, group]))

/** A kind as published: `io.k8s.api.apps.v1.Deployment`. A custom kind's group is turned around, `com.example.v1.Foo`. */
export function definitionOf({ group, version, kind }: GroupVersionKind): string {
  const name = packages.get(group)
  const builtin = name === undefined ? undefined : byGroupVersionKind.get(`${name}.${version}.${kind}`)
  return builtin ?? `${group.split('.').reverse().join('.')}.${version}.${kind}`
}

/** The kind behind the definition of a built-in one. */
export function kindOf(definition: string): GroupVersionKind | undefined {
  const [kind = '', version = '', name = ''] = definition.split('.').reverse()
  const group = groupOfPackage.get(name)
  return group === undefined ? undefined : { group, version, kind }
}

/** A custom kind's schema is its own; a built-in one's is a model with a name. */
export function isCustom({ schema }: ResourceDefinition): boolean {
  return schema.name === undefined
}

export function listKind(def: ResourceDefinition): GroupVersionKind {
  return { group: def.group, version: def.version, kind: def.listKind ?? `${def.kind}List` }
}

export function listDefinition(def: ResourceDefinition): string {
  return definitionOf(listKind(def))
}

/** `api/v1`, `apis/apps/v1`: where a group version's document is, below /openapi/v3/. */
export function groupVersionPath({ group, version }: Pick<ResourceDefinition, 'group' | 'version'>): string {
  return group ? `apis/${group}/${version}` : `api/${version}`
}

/** Every group version that Kubernetes' own types have ever had: what DeleteOptions and WatchEvent are published for. */
export const allGroupVersions: readonly string[] = [
  'v1',
  ...versionsIn(`
    admission.k8s.io: v1 v1beta1
    admissionregistration.k8s.io: v1 v1alpha1 v1beta1
    apiextensions.k8s.io: v1 v1beta1
    apiregistration.k8s.io: v1 v1beta1
    apps: v1 v1beta1 v1beta2
    authentication.k8s.io: v1 v1alpha1 v1beta1
    authorization.k8s.io: v1 v1beta1
    autoscaling: v1 v2
    batch: v1 v1beta1
    certificates.k8s.io: v1 v1alpha1 v1beta1
    coordination.k8s.io: v1 v1alpha2 v1beta1
    discovery.k8s.io: v1 v1beta1
    events.k8s.io: v1 v1beta1
    extensions: v1beta1
    flowcontrol.apiserver.k8s.io: v1 v1beta1 v1beta2 v1beta3
    imagepolicy.k8s.io: v1alpha1
    internal.apiserver.k8s.io: v1alpha1
    networking.k8s.io: v1 v1beta1
    node.k8s.io: v1 v1alpha1 v1beta1
    policy: v1 v1beta1
    rbac.authorization.k8s.io: v1 v1alpha1 v1beta1
    resource.k8s.io: v1 v1alpha3 v1beta1 v1beta2
    scheduling.k8s.io: v1 v1alpha2 v1beta1
    storage.k8s.io: v1 v1alpha1 v1beta1
    storagemigration.k8s.io: v1beta1
  `),
]

function versionsIn(text: string): string[] {
  const lines = text.trim().split('\n')
  return lines.flatMap(line => {
    const [group = '', versions = ''] = line.trim().split(': ')
    return versions.split(' ').map(version => `${group}/${version}`)
  })
}
