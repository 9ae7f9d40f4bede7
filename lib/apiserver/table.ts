// `kubectl get` asks for a Table: the server, which knows the kind, fills the cells.

import { badRequest } from '../api/errors.ts'
import type { KubeObject, ListMeta } from '../api/meta.ts'
import type { Column, ResourceDefinition } from '../api/resource.ts'
import { ageColumn, nameColumn } from '../kinds/columns.ts'

export type IncludeObject = 'None' | 'Metadata' | 'Object'

interface TableRow {
  cells: unknown[]
  /** null when it was not asked for. */
  object: unknown
}

export interface Table {
  kind: 'Table'
  apiVersion: string
  metadata: ListMeta
  columnDefinitions: unknown[] | null
  rows: TableRow[]
}

export interface TableOptions {
  version: 'v1' | 'v1beta1'
  include: IncludeObject
  /** In milliseconds, for ages. */
  now: number
  /** The second and later events of a watch leave the columns out. */
  hasColumns?: boolean
}

type Columned = Pick<ResourceDefinition, 'columns'>

export function tableOf(
  def: Columned,
  objects: Iterable<KubeObject>,
  metadata: ListMeta,
  options: TableOptions,
): Table {
  return { ...tableHead(def, metadata, options), rows: Array.from(objects, rowOf(def, options)) }
}

/** A Table without its rows. */
export function tableHead(def: Columned, metadata: ListMeta, options: TableOptions): Omit<Table, 'rows'> {
  const columns = def.columns ?? defaultColumns
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.hasColumns === false ? null : columns.map(columnDefinition),
  }
}

export function rowOf(def: Columned, options: TableOptions): (object: KubeObject) => TableRow {
  const columns = def.columns ?? defaultColumns
  return object => ({
    cells: columns.map(column => column.value(object, options.now)),
    ...included(object, options),
  })
}

function included(object: KubeObject, { include, version }: TableOptions): { object: unknown } {
  if (include === 'None') return { object: null }
  return { object: include === 'Object' ? object : partialMetadata(object, version) }
}

export function partialMetadata(object: KubeObject, version: 'v1' | 'v1beta1') {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata }
}

function columnDefinition({ name, type, format = '', description = '', priority = 0 }: Column<never>) {
  return { name, type, format, description, priority }
}

export function includeObject(query: URLSearchParams): IncludeObject {
  const asked = query.get('includeObject') || 'Metadata'
  if (asked === 'None' || asked === 'Metadata' || asked === 'Object') return asked
  const why = "must be 'Metadata', 'Object', 'None', or empty"
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${JSON.stringify(asked)}: ${why}`,
  )
}

const defaultColumns: Column<KubeObject>[] = [nameColumn, ageColumn]
