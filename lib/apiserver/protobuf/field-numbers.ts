// The number of every field in Kubernetes' protobuf messages. The tables give a message's fields in the order of their
// numbers, from 1: `17=name` begins anew at 17; `name!` is written even when it is zero (it is a pointer, or has no
// omitempty in Go), so zero means something; `>Type` is a struct whose fields stand inline in JSON.

import { apiextensionsNumbers } from './numbers/apiextensions.ts'
import { clusterNumbers } from './numbers/cluster.ts'
import { coreNumbers } from './numbers/core.ts'
import { flowcontrolNumbers } from './numbers/flowcontrol.ts'
import { metaNumbers } from './numbers/meta.ts'
import { resourceNumbers } from './numbers/resource.ts'
import { workloadNumbers } from './numbers/workload.ts'

export interface FieldNumber {
  name: string
  /** Zero is a value, not the absence of one. */
  keepsZero: boolean
  /** The message, of the same package, whose fields are the outer one's in JSON. */
  inline?: string
}

export type Message = Map<number, FieldNumber>

const tables: Record<string, string> = {
  ...coreNumbers,
  ...metaNumbers,
  ...workloadNumbers,
  ...clusterNumbers,
  ...flowcontrolNumbers,
  ...resourceNumbers,
  ...apiextensionsNumbers,
}
const parsedPackages = new Map<string, Map<string, Message>>()

/** `core/v1`, `PodSpec`; undefined for a message that is in no table. */
export function messageOf(packageName: string, name: string): Message | undefined {
  let messages = parsedPackages.get(packageName)
  if (!messages) {
    messages = parsePackage(tables[packageName] ?? '')
    parsedPackages.set(packageName, messages)
  }
  return messages.get(name)
}

function parsePackage(text: string): Map<string, Message> {
  const messages = new Map<string, Message>()
  let message: Message = new Map()
  let number = 0
  for (const word of text.split(/\s+/)) {
    if (word === '') continue
    if (word.endsWith(':')) {
      message = new Map()
      messages.set(word.slice(0, -1), message)
      number = 0
      continue
    }
    const equals = word.indexOf('=')
    number = equals < 0 ? number + 1 : Number(word.slice(0, equals))
    message.set(number, fieldOf(word.slice(equals + 1)))
  }
  return messages
}

function fieldOf(text: string): FieldNumber {
  if (text.startsWith('>')) return { name: '', keepsZero: true, inline: text.slice(1) }
  const keepsZero = text.endsWith('!')
  return { name: keepsZero ? text.slice(0, -1) : text, keepsZero }
}
