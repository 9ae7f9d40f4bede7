// A version of a kind that is stored in another one: its rules are those of the stored version, asked of what would be
// stored. So no rule is written twice, and both versions refuse the same in the same words.

import type { KubeObject } from '../api/meta.ts'
import type { Column, Conversion, ResourceDefinition, Strategy, Subresource } from '../api/resource.ts'

/** What a version leaves to the one it is stored in. */
export function strategyOver<S extends KubeObject, T extends KubeObject>(
  { strategy = {} }: ResourceDefinition<S>,
  conversion: Conversion<T>,
): Strategy<T> {
  const { prepareForCreate, prepareForUpdate, validate, validateCreate, validateUpdate, warnings, ...rest } =
    strategy as unknown as Strategy<T>
  const { changing, asking } = over(conversion)
  const { allowCreateOnUpdate, allowUnconditionalUpdate, returnsDeletedObject, nameRule } = rest
  return {
    ...(allowCreateOnUpdate === undefined ? {} : { allowCreateOnUpdate }),
    ...(allowUnconditionalUpdate === undefined ? {} : { allowUnconditionalUpdate }),
    ...(returnsDeletedObject === undefined ? {} : { returnsDeletedObject }),
    ...(nameRule === undefined ? {} : { nameRule }),
    ...(prepareForCreate ? { prepareForCreate: changing(prepareForCreate) } : {}),
    ...(prepareForUpdate ? { prepareForUpdate: changing(prepareForUpdate) } : {}),
    ...(validate ? { validate: asking(validate) } : {}),
    ...(validateCreate ? { validateCreate: asking(validateCreate) } : {}),
    ...(validateUpdate ? { validateUpdate: asking(validateUpdate) } : {}),
    ...(warnings ? { warnings: asking(warnings) } : {}),
  }
}

/** A view that takes and answers the parent kind: `status`. */
export function viewOver<S extends KubeObject, T extends KubeObject>(
  view: Subresource<S>,
  conversion: Conversion<T>,
): Subresource<T> {
  const { verbs, prepareForUpdate, validateUpdate } = view as Subresource<unknown> as Subresource<T>
  const { changing, asking } = over(conversion)
  return {
    verbs,
    ...(prepareForUpdate ? { prepareForUpdate: changing(prepareForUpdate) } : {}),
    ...(validateUpdate ? { validateUpdate: asking(validateUpdate) } : {}),
  }
}

export function columnsOver<S extends KubeObject, T extends KubeObject>(
  { columns = [] }: ResourceDefinition<S>,
  conversion: Conversion<T>,
): Column<T>[] {
  return columns.map(column => ({
    ...column,
    value: (obj, now) => column.value(conversion.toStored(structuredClone(obj)) as S, now),
  }))
}

function over<T extends KubeObject>(conversion: Conversion<T>) {
  const stored = <A extends T | undefined>(obj: A): A => (obj && conversion.toStored(structuredClone(obj as T))) as A
  return {
    /** A function that changes its first argument. */
    changing:
      <Rest extends T[]>(change: (obj: T, ...rest: Rest) => void) =>
      (obj: T, ...rest: Rest) => {
        const changed = stored(obj)
        change(changed, ...(rest.map(stored) as Rest))
        replaceContents(obj, conversion.fromStored(changed))
      },
    /** A function that only looks. */
    asking:
      <Rest extends (T | undefined)[], R>(ask: (obj: T, ...rest: Rest) => R) =>
      (obj: T, ...rest: Rest) =>
        ask(stored(obj), ...(rest.map(stored) as Rest)),
  }
}

function replaceContents<T extends KubeObject>(obj: T, by: T): void {
  const { apiVersion, kind } = obj
  for (const key of Object.keys(obj)) delete (obj as Record<string, unknown>)[key]
  Object.assign(obj, by, { apiVersion, kind })
}
