// A CustomResourceDefinition becomes what every built-in kind is: one ResourceDefinition for each version it serves.
// From there on all goes the same way.

import { isConditionTrue } from '../../api/conditions.ts'
import { StatusError } from '../../api/errors.ts'
import type { KubeObject } from '../../api/meta.ts'
import { apiVersionOf, type ResourceDefinition } from '../../api/resource.ts'
import { byPriority } from '../../api/version-priority.ts'
import { dropNulls, fillDefaults } from '../../schema/default-values.ts'
import { prune } from '../../schema/prune.ts'
import type { Schema } from '../../schema/schema.ts'
import { structuralSchema } from '../../schema/structural.ts'
import { goQuote } from '../../util/go-quote.ts'
import { jsonEqual } from '../../util/json-equal.ts'
import { restoreMember } from '../status-subresource.ts'
import { printerColumns } from './custom-columns.ts'
import { customScale, scaleErrors } from './custom-scale.ts'
import { validateEmbedded, validateListTypes, validateValue } from './object-validation.ts'
import type { CustomResourceDefinition, Version } from './types.ts'

/** The kinds that a definition serves now: none before its names are accepted. */
export function customKinds(crd: CustomResourceDefinition): ResourceDefinition[] {
  if (!isServed(crd)) return []
  return crd.spec.versions.filter(({ served }) => served).map(version => customKind(crd, version))
}

export function isServed({ status }: CustomResourceDefinition): boolean {
  return isConditionTrue(status?.conditions, 'NamesAccepted') || isConditionTrue(status?.conditions, 'Established')
}

/** The kind in the version that is stored, whether it is served or not. */
export function storedKind(crd: CustomResourceDefinition): ResourceDefinition | undefined {
  const version = crd.spec.versions.find(({ storage }) => storage)
  return version && customKind(crd, version)
}

function customKind({ spec, status, metadata }: CustomResourceDefinition, version: Version): ResourceDefinition {
  const { plural, singular, kind, listKind, shortNames, categories } = status?.acceptedNames ?? spec.names
  const props = version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const schema = structuralSchema(props)
  const names = { group: spec.group, version: version.name, kind, plural }
  return {
    ...names,
    ...(singular ? { singular } : {}),
    ...(listKind ? { listKind } : {}),
    ...(shortNames?.length ? { shortNames } : {}),
    ...(categories?.length ? { categories } : {}),
    scope: spec.scope === 'Namespaced' ? 'Namespaced' : 'Cluster',
    schema,
    openApiSchema: props,
    defaults: object => fillDefaults(schema, object),
    strategy: strategyOf(schema, version),
    subresources: subresourcesOf(schema, version),
    tracksGeneration: true,
    columns: printerColumns(version.additionalPrinterColumns ?? []),
    selectableFields: selectableFieldsOf(version),
    storage: {
      version: spec.versions.find(({ storage }) => storage)?.name ?? version.name,
      prefix: `${spec.group}/${plural}`,
    },
    conversion: conversionOf(names, spec.conversion?.strategy === 'Webhook', schema),
    ...(version.deprecated ? { deprecation: version.deprecationWarning ?? deprecationOf(names, spec.versions) } : {}),
    ...(metadata.deletionTimestamp ? { isTerminating: true } : {}),
  }
}

// ---- writing

type Custom = KubeObject & { status?: unknown }

function strategyOf(schema: Schema, { subresources = {} }: Version): NonNullable<ResourceDefinition['strategy']> {
  return {
    allowsPlainFinalizers: true,
    allowUnconditionalUpdate: false,
    prepareForCreate: object => {
      if (subresources.status) delete (object as Custom).status
    },
    prepareForUpdate: (object: Custom, old: Custom) => {
      if (subresources.status) restoreMember(object, old, 'status')
      // A status that is no subresource is like any other field.
      else if (!jsonEqual(object.status, old.status)) {
        object.metadata.generation = (old.metadata.generation ?? 0) + 1
      }
    },
    validate: (object, old) => [
      ...validateValue(schema, object, old),
      ...scaleErrors(subresources.scale, object),
      ...validateEmbedded(schema, object),
      ...listErrors(schema, object, old),
    ],
    warnings: finalizerWarnings,
  }
}

/** Lists that were not unique before may stay so. */
function listErrors(schema: Schema, object: KubeObject, old?: KubeObject) {
  return old && validateListTypes(schema, old).length > 0 ? [] : validateListTypes(schema, object)
}

const standardFinalizers = ['orphan', 'foregroundDeletion', 'kubernetes']

function finalizerWarnings({ metadata }: KubeObject, old?: KubeObject): string[] {
  const added = (metadata.finalizers ?? []).filter(name => !old?.metadata.finalizers?.includes(name))
  return added
    .filter(name => !name.includes('/') && !standardFinalizers.includes(name))
    .sort()
    .map(name => {
      const path = name.includes('.') ? ' including a path (/)' : ''
      const why = `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`
      return `metadata.finalizers: ${goQuote(name)}: ${why}`
    })
}

function subresourcesOf(
  schema: Schema,
  { subresources = {} }: Version,
): NonNullable<ResourceDefinition['subresources']> {
  const validateUpdate = strategyOf(schema, { subresources } as Version).validate ?? (() => [])
  return {
    ...(subresources.status ? { status: statusOf(schema, subresources) } : {}),
    ...(subresources.scale ? { scale: customScale(subresources.scale, validateUpdate) } : {}),
  }
}

/** Nothing but status: not even labels, which other kinds let in. */
function statusOf(
  schema: Schema,
  { scale }: NonNullable<Version['subresources']>,
): NonNullable<ResourceDefinition['subresources']>[string] {
  return {
    verbs: ['get', 'update', 'patch'],
    prepareForUpdate: (object, old) => {
      const { status } = object as Custom
      const { resourceVersion, managedFields } = object.metadata
      for (const name of Object.keys(object)) delete (object as unknown as Record<string, unknown>)[name]
      Object.assign(object, structuredClone(old))
      if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion
      if (managedFields !== undefined) object.metadata.managedFields = managedFields
      if (status === undefined) delete (object as Custom).status
      else (object as Custom).status = status
    },
    validateUpdate: (object: Custom, old: Custom) => {
      const inner = Object.hasOwn(schema.properties ?? {}, 'status') ? schema.properties?.status : undefined
      return [
        ...(inner && object.status !== undefined ? validateValue(inner, object.status, old.status, 'status') : []),
        ...scaleErrors(scale && { ...scale, specReplicasPath: '' }, object),
        ...listErrors(schema, object, old),
      ]
    },
    resetFields: ['spec', 'metadata'],
  }
}

// ---- reading

function selectableFieldsOf({ selectableFields = [] }: Version): NonNullable<ResourceDefinition['selectableFields']> {
  const entries = selectableFields.map(({ jsonPath }) => {
    const names = jsonPath.slice(1).split('.')
    return [names.join('.'), (object: KubeObject) => textAt(object, names)] as const
  })
  return Object.fromEntries(entries)
}

function textAt(object: unknown, names: string[]): string {
  let value = object
  for (const name of names) {
    const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    value = isObject ? (value as Record<string, unknown>)[name] : undefined
  }
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}

type Names = Pick<ResourceDefinition, 'group' | 'version' | 'kind'>

/** What is stored may be older than the schema: it is read as if it had just come in. */
function conversionOf(
  names: Names,
  isByWebhook: boolean,
  schema: Schema,
): NonNullable<ResourceDefinition['conversion']> {
  return {
    fromStored: stored => {
      if (isByWebhook && stored.apiVersion !== apiVersionOf(names)) throw needsWebhook(names)
      prune(schema, stored)
      dropNulls(schema, stored)
      fillDefaults(schema, stored)
      return stored
    },
    toStored: object => object,
  }
}

/** Better no answer than one in the wrong version. */
function needsWebhook({ group, version, kind }: Names): StatusError {
  const what = `${group}/${version}, Kind=${kind}`
  const message = `conversion webhook for ${what} failed: this server does not call conversion webhooks`
  return new StatusError(500, 'InternalError', message, { causes: [{ message }] })
}

function deprecationOf({ group, version, kind }: Names, versions: Version[]): string {
  const newer = versions
    .filter(other => other.served && !other.deprecated && byPriority(other.name, version) < 0)
    .map(({ name }) => name)
    .sort(byPriority)
  const text = `${group}/${version} ${kind} is deprecated`
  return newer[0] ? `${text}; use ${group}/${newer[0]} ${kind}` : text
}
