// Every kind that is served can be sent as protobuf: no message and no field of theirs is without a number.

import { expect, test } from '@jest/globals'
import { builtinKinds } from '../../kinds/index.ts'
import { builtinSchema } from '../../schema/builtin.ts'
import { definitionNames } from '../../schema/definition-names.ts'
import type { Schema } from '../../schema/schema.ts'
import { reviews } from '../reviews/index.ts'
import { type Message, messageOf } from './field-numbers.ts'

/** Alpha in 1.36, so nobody sends them: their numbers are not known here. */
const without = new Set([
  'V1Device.nodeAllocatableResourceMappings',
  'V1NodeAllocatableResourceMapping',
  ...['bools', 'ints', 'strings', 'versions'].map(name => `V1DeviceAttribute.${name}`),
])

/** Sent to subresources. */
const others = ['V1Eviction', 'V1Binding', 'AuthenticationV1TokenRequest', 'V1DeleteOptions', 'V1Scale']

const roots = [
  ...builtinKinds.map(({ schema }) => schema),
  ...reviews.map(({ resource }) => resource.schema),
  ...others.map(builtinSchema),
]

function namedSchemas(): Map<string, Schema> {
  const found = new Map<string, Schema>()
  const seen = new Set<Schema>()
  const walk = (schema: Schema | undefined) => {
    if (!schema || seen.has(schema)) return
    seen.add(schema)
    if (schema.name && schema.properties) found.set(schema.name, schema)
    for (const below of [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties])
      walk(below)
  }
  for (const root of roots) walk(root)
  return found
}

function namesIn(message: Message, packageName: string): string[] {
  return [...message.values()].flatMap(({ name, inline }) =>
    inline ? namesIn(messageOf(packageName, inline) ?? new Map(), packageName) : [name],
  )
}

/** The envelope says these, not the message. */
const inEnvelope = new Set(['apiVersion', 'kind'])

test.each([...namedSchemas()].filter(([name]) => !without.has(name)))('%s', (name, { properties = {} }) => {
  const [message = '', version = '', group = ''] = (definitionNames.get(name) ?? '').split('.').reverse()
  const packageName = `${group}/${version}`
  const table = messageOf(packageName, message)
  expect([packageName, message, table !== undefined]).toEqual([packageName, message, true])
  const names = namesIn(table ?? new Map(), packageName)
  const isKind = 'metadata' in properties || message === 'DeleteOptions'
  const missing = Object.keys(properties).filter(
    field => !names.includes(field) && !without.has(`${name}.${field}`) && !(isKind && inEnvelope.has(field)),
  )
  expect(missing).toEqual([])
  expect(names.filter(field => !Object.hasOwn(properties, field))).toEqual([])
  expect(new Set(names).size).toBe(names.length)
})
