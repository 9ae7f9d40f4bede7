// What a CustomResourceDefinition is. Not from the client's models, which rename the members of a JSON schema.

import type { Condition } from '../../api/conditions.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { JsonSchemaProps } from '../../schema/json-schema-props.ts'

export interface CustomResourceDefinition extends KubeObject {
  spec: CustomResourceDefinitionSpec
  status?: CustomResourceDefinitionStatus
}

export interface CustomResourceDefinitionSpec {
  group: string
  scope: string
  names: Names
  versions: Version[]
  conversion?: Conversion
  preserveUnknownFields?: boolean
}

export interface Names {
  plural: string
  kind: string
  singular?: string
  listKind?: string
  shortNames?: string[]
  categories?: string[]
}

export interface Version {
  name: string
  served: boolean
  storage: boolean
  deprecated?: boolean
  deprecationWarning?: string
  schema?: { openAPIV3Schema?: JsonSchemaProps }
  subresources?: Subresources
  additionalPrinterColumns?: PrinterColumn[]
  selectableFields?: { jsonPath: string }[]
}

export interface Subresources {
  status?: object
  scale?: ScalePaths
}

export interface ScalePaths {
  specReplicasPath: string
  statusReplicasPath: string
  labelSelectorPath?: string
}

export interface PrinterColumn {
  name: string
  type: string
  jsonPath: string
  format?: string
  description?: string
  priority?: number
}

export interface Conversion {
  strategy: string
  webhook?: { clientConfig?: WebhookClientConfig; conversionReviewVersions?: string[] }
}

export interface WebhookClientConfig {
  url?: string
  service?: { namespace?: string; name?: string; path?: string; port?: number }
  caBundle?: string
}

export interface CustomResourceDefinitionStatus {
  conditions?: CrdCondition[]
  acceptedNames?: Names
  storedVersions?: string[]
}

export type CrdCondition = Condition

/** Keeps a deleted definition until its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io'
