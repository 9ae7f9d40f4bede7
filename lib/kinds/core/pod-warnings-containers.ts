// What is said of containers: amounts in parts of a byte, variables defined twice, profiles said in annotations.

import { canonicalQuantity, milliValue } from '../../api/quantity.ts'
import { quantityOf } from '../../api/validation-rules.ts'
import { goQuote } from '../../util/go-quote.ts'
import { appArmorPrefix, seccompContainerPrefix } from './pod-annotation-validation.ts'
import { type Container, eachContainer, type PodSpec } from './pod-types.ts'

type Annotations = Record<string, string>
type EnvVar = NonNullable<Container['env']>[number]

/** `at` is empty for a pod, and a template's path with a dot behind it. */
export function containerWarnings(spec: PodSpec, annotations: Annotations, at: string): string[] {
  return eachContainer(spec, `${at}spec`).flatMap(([container, field]) => [
    ...seccompWarning(container, annotations, at),
    ...(at && !hasAppArmor(container, spec) ? appArmorWarning(container.name, annotations, at) : []),
    ...(['memory', 'ephemeral-storage'] as const).flatMap(name =>
      (['limits', 'requests'] as const).flatMap(kind =>
        fractionalBytes(container.resources?.[kind], name, `${field}.resources.${kind}`),
      ),
    ),
    ...hiddenVariables(container.env, `${field}.env`),
  ])
}

export function fractionalBytes(list: Record<string, string> | undefined, name: string, field: string): string[] {
  const amount = quantityOf(list?.[name])
  if (!amount || milliValue(amount) % 1000n === 0n) return []
  const text = canonicalQuantity(list?.[name] ?? '')
  return [`${field}[${name}]: fractional byte value ${goQuote(text)} is invalid, must be an integer`]
}

function seccompWarning({ name, securityContext }: Container, annotations: Annotations, at: string) {
  const key = seccompContainerPrefix + name
  if (securityContext?.seccompProfile || !(key in annotations)) return []
  return [`${at}metadata.annotations[${key}]: non-functional in v1.27+; use the "seccompProfile" field instead`]
}

function hasAppArmor({ securityContext }: Container, spec: PodSpec): boolean {
  return (securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile) !== undefined
}

function appArmorWarning(name: string, annotations: Annotations, at: string): string[] {
  const key = appArmorPrefix + name
  if (!(key in annotations)) return []
  return [`${at}metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`]
}

/** Of a pod, whose fields were set from the annotations by now. */
export function appArmorWarnings(spec: PodSpec, annotations: Annotations | undefined, at: string): string[] {
  if (spec.os?.name === 'windows') return []
  return eachContainer(spec, 'spec').flatMap(([{ name }]) => appArmorWarning(name, annotations ?? {}, at))
}

/** A variable may be defined again from its own older value, as in `PATH=$(PATH):/more`. */
function hiddenVariables(env: EnvVar[] = [], field: string): string[] {
  const seen = new Set<string>()
  return env.flatMap(({ name, value = '', valueFrom }, i) => {
    const isSeen = seen.has(name)
    seen.add(name)
    const own = `$(${name})`
    if (!isSeen || (!valueFrom && value !== own && value.includes(own))) return []
    return [`${field}[${i}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`]
  })
}
