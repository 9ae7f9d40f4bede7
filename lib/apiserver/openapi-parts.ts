// What the documents are put together from: the paths of each resource and each definition, as JSON text made once. A
// kind that comes or goes costs its own parts; all others are only joined anew.

import type { ResourceDefinition } from '../api/resource.ts'
import { customDefinitions } from './openapi-custom.ts'
import { type Definition, Definitions, type Dialect } from './openapi-definitions.ts'
import { type OperationWriter, pathItems } from './openapi-items.ts'
import { type GroupVersionKind, isCustom, meta } from './openapi-names.ts'
import { type Operation, operationsOf } from './openapi-operations.ts'

export interface Part {
  /** A path, or a definition's name. */
  name: string
  /** JSON. */
  text: string
  references: readonly string[]
}

/** The parts of one version of OpenAPI. */
export class Parts {
  readonly #definitions: Definitions
  readonly #writer: OperationWriter
  readonly #paths = new WeakMap<ResourceDefinition, Part[]>()
  readonly #own = new WeakMap<ResourceDefinition, Part[]>()
  readonly #builtin = new Map<string, Part>()

  constructor(dialect: Dialect, writer: OperationWriter) {
    this.#definitions = new Definitions(dialect)
    this.#writer = writer
  }

  pathsOf(def: ResourceDefinition): Part[] {
    const known = this.#paths.get(def) ?? this.paths(operationsOf(def))
    this.#paths.set(def, known)
    return known
  }

  paths(operations: Operation[]): Part[] {
    return pathItems(operations, this.#writer).map(({ path, body, references }) => part(path, { body, references }))
  }

  /** The definitions that a custom kind brings along. */
  definitionsOf(def: ResourceDefinition): Part[] {
    if (!isCustom(def)) return []
    const dialect = this.#definitions.dialect
    const known = this.#own.get(def) ?? [...customDefinitions(def, dialect)].map(([name, own]) => part(name, own))
    this.#own.set(def, known)
    return known
  }

  /** One of Kubernetes' own definitions. */
  definition(name: string): Part {
    const known = this.#builtin.get(name) ?? part(name, this.#definitions.find(name))
    this.#builtin.set(name, known)
    return known
  }

  /** What every group version has under its own name: `DeleteOptions`, `WatchEvent`. */
  sharedDefinition(kind: string, groupVersions: readonly string[]): Part {
    const name = `${meta}.${kind}`
    const { body, references } = this.#definitions.find(name)
    const kinds = groupVersions.map(groupVersion => kindIn(groupVersion, kind))
    return part(name, { body: { ...body, 'x-kubernetes-group-version-kind': kinds }, references })
  }
}

export const sharedKinds = ['DeleteOptions', 'WatchEvent']

function kindIn(groupVersion: string, kind: string): GroupVersionKind {
  const [version = '', group = ''] = groupVersion.split('/').reverse()
  return { group, kind, version } as GroupVersionKind
}

function part(name: string, { body, references }: Definition): Part {
  return { name, text: JSON.stringify(body), references }
}
