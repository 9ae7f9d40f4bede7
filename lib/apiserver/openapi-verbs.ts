// What a verb is in HTTP, as a value: its method, what it takes and what it answers. Custom kinds differ a little.

import type { ResourceDefinition } from '../api/resource.ts'
import { type GroupVersionKind, isCustom, listDefinition, meta } from './openapi-names.ts'
import {
  deleteCollectionParameters,
  deleteParameters,
  listParameters,
  type Parameter,
  patchParameters,
  writeParameters,
} from './openapi-parameters.ts'

export type Method = 'get' | 'put' | 'post' | 'delete' | 'options' | 'head' | 'patch'

/** What is sent or answered: a definition by name, or plain text. */
export type Content = { definition: string } | 'string'

/** What answers come in. */
export const mediaTypes = ['application/json', 'application/yaml']
export const watchTypes = [...mediaTypes, 'application/json;stream=watch']
const jsonPatches = ['application/json-patch+json', 'application/merge-patch+json']
const applyPatch = 'application/apply-patch+yaml'

/** In what the operations on custom kinds differ from those on built-in ones. */
export interface Manner {
  consumes: string[]
  patchTypes: string[]
  /** Below /watch/, the old form. */
  watchPaths: boolean
  /** DELETE of a collection takes DeleteOptions. */
  deletesCollectionsWithOptions: boolean
}

export const builtinManner: Manner = {
  consumes: ['*/*'],
  patchTypes: [...jsonPatches, 'application/strategic-merge-patch+json', applyPatch],
  watchPaths: true,
  deletesCollectionsWithOptions: true,
}

const customManner: Manner = {
  consumes: mediaTypes,
  patchTypes: [...jsonPatches, applyPatch],
  watchPaths: false,
  deletesCollectionsWithOptions: false,
}

/** A verb on what: the kind itself, or a subresource with a kind of its own. */
interface Subject {
  self: Content
  kind: GroupVersionKind
  manner: Manner
}

export type Verb = 'list' | 'create' | 'deletecollection' | 'get' | 'update' | 'patch' | 'delete'

/** The part of an operation that follows from its verb. */
export interface Shape {
  method: Method
  /** `x-kubernetes-action`. */
  action?: string
  parameters: Parameter[]
  body?: { content: Content; required: boolean }
  consumes?: string[]
  produces?: string[]
  answer?: Content
  /** Of success. */
  codes: (200 | 201 | 202)[]
}

const status: Content = { definition: `${meta}.Status` }
const deleteOptions: Shape['body'] = { content: { definition: `${meta}.DeleteOptions` }, required: false }
const patchBody: Shape['body'] = { content: { definition: `${meta}.Patch` }, required: true }

export const verbs: Verb[] = ['list', 'create', 'deletecollection', 'get', 'update', 'patch', 'delete']

/** What a verb is in HTTP. */
export const shapes: Record<Verb, (subject: Subject, def: ResourceDefinition) => Omit<Shape, 'consumes'>> = {
  list: (_, def) => ({
    method: 'get',
    action: 'list',
    parameters: listParameters,
    answer: { definition: listDefinition(def) },
    produces: watchTypes,
    codes: [200],
  }),
  create: ({ self }) => ({
    method: 'post',
    action: 'post',
    parameters: writeParameters,
    body: { content: self, required: true },
    answer: self,
    codes: [200, 201, 202],
  }),
  deletecollection: ({ manner }) => ({
    method: 'delete',
    action: 'deletecollection',
    ...(manner.deletesCollectionsWithOptions
      ? { parameters: deleteCollectionParameters, body: deleteOptions }
      : { parameters: listParameters }),
    answer: status,
    codes: [200],
  }),
  get: ({ self }) => ({ method: 'get', action: 'get', parameters: [], answer: self, codes: [200] }),
  update: ({ self }) => ({
    method: 'put',
    action: 'put',
    parameters: writeParameters,
    body: { content: self, required: true },
    answer: self,
    codes: [200, 201],
  }),
  patch: ({ self, manner }) => ({
    method: 'patch',
    action: 'patch',
    parameters: patchParameters,
    body: patchBody,
    answer: self,
    codes: manner === customManner ? [200] : [200, 201],
  }),
  delete: ({ self }, def) => ({
    method: 'delete',
    action: 'delete',
    parameters: deleteParameters,
    body: deleteOptions,
    answer: def.strategy?.returnsDeletedObject ? self : status,
    codes: [200, 202],
  }),
}

/** The first word of an operation's id, and what it says it does. */
export const words: Record<Verb, { id: string; says: (what: string) => string }> = {
  list: { id: 'list', says: what => `list or watch objects of kind ${what}` },
  create: { id: 'create', says: what => `create a ${what}` },
  deletecollection: { id: 'delete', says: what => `delete collection of ${what}` },
  get: { id: 'read', says: what => `read the specified ${what}` },
  update: { id: 'replace', says: what => `replace the specified ${what}` },
  patch: { id: 'patch', says: what => `partially update the specified ${what}` },
  delete: { id: 'delete', says: what => `delete a ${what}` },
}

export const mannerOf = (def: ResourceDefinition): Manner => (isCustom(def) ? customManner : builtinManner)
