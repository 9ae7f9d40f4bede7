// The scale subresource of a custom kind: its replicas and selector stand where the definition says.

import { badRequest, StatusError } from '../../api/errors.ts'
import { type FieldError, invalid } from '../../api/field-errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { Subresource } from '../../api/resource.ts'
import { nonNegative } from '../../api/validation.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { setMember } from '../../schema/decode.ts'
import type { Scale } from '../scale-subresource.ts'
import type { ScalePaths } from './types.ts'

type Values = Record<string, unknown>
const maxInt32 = 2 ** 31 - 1

export function customScale(
  paths: ScalePaths,
  validateUpdate: NonNullable<Subresource<KubeObject>['validateUpdate']>,
): Subresource<KubeObject> {
  return {
    verbs: ['get', 'update', 'patch'],
    kind: {
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      get schema() {
        return builtinSchema('V1Scale')
      },
    },
    replicasPath: paths.specReplicasPath.slice(1),
    read: object => scaleOf(paths, object, replicasOf(paths, object)),
    readToWrite: object => scaleOf(paths, object, givenReplicas(paths, object) ?? unsaid),
    write: (object, view) => {
      const scaled = structuredClone(object)
      const replicas = (view as Scale).spec?.replicas ?? 0
      if (replicas === unsaid) {
        throw badRequest(`the spec replicas field ${JSON.stringify(paths.specReplicasPath)} cannot be empty`)
      }
      put(scaled, namesOf(paths.specReplicasPath), replicas)
      return scaled
    },
    validateUpdate: (object, old) => {
      const replicas = numberAt(object, paths.specReplicasPath)
      const errors = typeof replicas === 'number' ? nonNegative('spec.replicas', replicas) : []
      return errors.length > 0 ? errors : validateUpdate(object, old)
    },
  }
}

/** The replicas in the Scale of an object that says none, while it is written: no writer means this. Upstream's. */
const unsaid = -(2 ** 31)

function givenReplicas({ specReplicasPath }: ScalePaths, object: KubeObject): number | undefined {
  const replicas = numberAt(object, specReplicasPath)
  return typeof replicas === 'number' ? replicas : undefined
}

/** Throws InternalError, as upstream does, for an object that says no replicas. */
function replicasOf(paths: ScalePaths, object: KubeObject): number {
  const replicas = givenReplicas(paths, object)
  if (replicas !== undefined) return replicas
  const message = `the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`
  throw new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] })
}

function scaleOf({ statusReplicasPath, labelSelectorPath }: ScalePaths, object: KubeObject, replicas: number): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const given = Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp })
  const current = numberAt(object, statusReplicasPath)
  const selector = labelSelectorPath ? valueAt(object, namesOf(labelSelectorPath)) : undefined
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: Object.fromEntries(given.filter(([, value]) => value !== undefined)),
    spec: replicas ? { replicas } : {},
    status: {
      replicas: typeof current === 'number' ? current : 0,
      ...(typeof selector === 'string' && selector ? { selector } : {}),
    },
  }
}

/** What the scale's fields must be in any object of the kind. */
export function scaleErrors(paths: ScalePaths | undefined, object: KubeObject): FieldError[] {
  if (!paths) return []
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths
  return [
    ...(specReplicasPath ? replicasErrors(specReplicasPath, object) : []),
    ...replicasErrors(statusReplicasPath, object),
    ...(labelSelectorPath ? selectorErrors(labelSelectorPath, object) : []),
  ]
}

function replicasErrors(path: string, object: KubeObject): FieldError[] {
  const value = numberAt(object, path)
  if (value === undefined) return []
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return [invalid(path, 0, `${path} accessor error: ${goValue(value)}, expected int64`)]
  }
  if (value < 0) return [invalid(path, value, 'should be a non-negative integer')]
  return value > maxInt32 ? [invalid(path, value, `should be less than or equal to ${maxInt32}`)] : []
}

function selectorErrors(path: string, object: KubeObject): FieldError[] {
  const value = valueAt(object, namesOf(path))
  if (value === undefined || typeof value === 'string') return []
  return [invalid(path, '', `${path} accessor error: ${goValue(value)}, expected string`)]
}

/** As upstream complains of a value of another type. */
function goValue(value: unknown): string {
  if (value === null) return '<nil> is of the type <nil>'
  if (typeof value === 'number') return `${value} is of the type ${Number.isInteger(value) ? 'int64' : 'float64'}`
  if (typeof value === 'boolean') return `${value} is of the type bool`
  if (typeof value === 'string') return `${value} is of the type string`
  return Array.isArray(value)
    ? `${JSON.stringify(value)} is of the type []interface {}`
    : `${JSON.stringify(value)} is of the type map[string]interface {}`
}

const namesOf = (path: string) => path.slice(1).split('.')
const numberAt = (object: unknown, path: string) => valueAt(object, namesOf(path))

function valueAt(object: unknown, names: string[]): unknown {
  let value = object
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as Values)[name]
  }
  return value
}

/** Makes the objects on the way. */
function put(object: KubeObject, names: string[], value: number): void {
  let current = object as unknown as Values
  for (const name of names.slice(0, -1)) {
    const next = Object.hasOwn(current, name) ? current[name] : undefined
    if (typeof next !== 'object' || next === null) setMember(current, name, {})
    current = current[name] as Values
  }
  setMember(current, names.at(-1) ?? '', value)
}
