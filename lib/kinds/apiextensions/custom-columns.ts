// What `kubectl get` shows of a custom kind: its name, and what the definition's paths find.

import type { KubeObject } from '../../api/meta.ts'
import type { Cell, Column } from '../../api/resource.ts'
import { goNumber } from '../../schema/go-number.ts'
import { type JsonPath, jsonPath } from '../../schema/json-path.ts'
import { nameColumn } from '../columns.ts'
import { ageSince } from '../human-duration.ts'
import type { PrinterColumn } from './types.ts'
import { isPath } from './version-validation.ts'

const age: PrinterColumn = {
  name: 'Age',
  type: 'date',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
  jsonPath: '.metadata.creationTimestamp',
}

/** Where none are given, or one cannot be followed: name and age. */
export function printerColumns(columns: PrinterColumn[]): Column<KubeObject>[] {
  const isUsable = columns.length > 0 && columns.every(column => isPath(column.jsonPath))
  return [nameColumn, ...(isUsable ? columns : [age]).map(columnOf)]
}

function columnOf({ name, type, format, description, priority, jsonPath: path }: PrinterColumn): Column<KubeObject> {
  const find = jsonPath(path)
  return {
    name,
    type: type as Column<KubeObject>['type'],
    ...(format ? { format } : {}),
    // kubectl asks only whether it is shown without -o wide.
    ...(priority ? { priority: priority as 1 } : {}),
    description: description || `Custom resource definition column (in JSONPath format): ${path}`,
    value: (object, now) => cellOf(type, find, object, now),
  }
}

function cellOf(type: string, find: JsonPath, object: KubeObject, now: number): Cell {
  const [value] = find(object)
  if (value === undefined) return null
  if (type === 'string') return textOf(value)
  if (type === 'date') return typeof value === 'string' ? ageOf(value, now) : null
  if (type === 'boolean') return typeof value === 'boolean' ? value : null
  if (typeof value !== 'number') return null
  return type === 'integer' ? Math.trunc(value) : value
}

function ageOf(value: string, now: number): string {
  return Number.isNaN(Date.parse(value)) ? '<invalid>' : ageSince(value, now)
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null) return '<nil>'
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}` : goNumber(value)
  return JSON.stringify(value)
}
