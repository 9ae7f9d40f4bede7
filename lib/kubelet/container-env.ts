// The environment of a container: services, whole ConfigMaps and Secrets, then its own variables, which may refer to
// those before them.

import type { ConfigMap } from '../kinds/core/config-map.ts'
import type { Secret } from '../kinds/core/secret.ts'
import { ConfigError } from './config-error.ts'
import { type DownwardFacts, fieldValue, resourceValue } from './downward.ts'
import type { Container, Pod } from './pod.ts'

export interface EnvVar {
  name: string
  value: string
}

/** Objects of the pod's namespace; undefined when there is none of the name. */
export interface References {
  configMap(name: string): ConfigMap | undefined
  secret(name: string): Secret | undefined
}

export interface EnvInput {
  pod: Pod
  container: Container
  references: References
  serviceEnv: Record<string, string>
  facts: DownwardFacts
}

type EnvSource = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>

/** Throws ConfigError when something it refers to is missing and not optional. */
export function containerEnv(input: EnvInput): EnvVar[] {
  const known = new Map<string, string>()
  for (const source of input.container.envFrom ?? []) {
    for (const [key, value] of Object.entries(wholeObject(input, source))) {
      const name = `${source.prefix ?? ''}${key}`
      if (isEnvName(name)) known.set(name, value)
    }
  }
  const lookUp = (name: string) => known.get(name) ?? input.serviceEnv[name]
  for (const { name, value, valueFrom } of input.container.env ?? []) {
    const resolved = valueFrom ? sourceValue(input, valueFrom) : expand(value ?? '', lookUp)
    if (resolved !== undefined) known.set(name, resolved)
  }
  for (const [name, value] of Object.entries(input.serviceEnv)) if (!known.has(name)) known.set(name, value)
  return [...known].map(([name, value]) => ({ name, value }))
}

/** `$(NAME)` becomes the variable's value, `$$` a dollar; a name nobody knows stays as it is. */
export function expand(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, next: string, name: string) =>
    next === '$' ? '$' : (lookUp(name) ?? whole),
  )
}

/** Any printable ASCII but `=`. */
function isEnvName(name: string): boolean {
  return /^[\x20-\x3c\x3e-\x7e]+$/.test(name)
}

function wholeObject(
  { references }: EnvInput,
  { configMapRef, secretRef }: NonNullable<Container['envFrom']>[number],
): Record<string, string> {
  if (configMapRef) {
    const found = present(references.configMap(configMapRef.name ?? ''), 'configmap', configMapRef)
    return found?.data ?? {}
  }
  if (!secretRef) return {}
  const found = present(references.secret(secretRef.name ?? ''), 'secret', secretRef)
  const decode = (key: string) => decoded(found?.data?.[key] ?? '')
  return Object.fromEntries(Object.keys(found?.data ?? {}).map(key => [key, decode(key)]))
}

function present<T>(found: T | undefined, what: string, ref: { name?: string; optional?: boolean }): T | undefined {
  if (!found && !ref.optional) throw new ConfigError(`${what} "${ref.name}" not found`)
  return found
}

function sourceValue({ pod, container, references, facts }: EnvInput, source: EnvSource): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source
  const at = pod.metadata.namespace ?? ''
  if (fieldRef) return fieldValue(pod, fieldRef, facts)
  if (resourceFieldRef) return resourceValue(pod, resourceFieldRef, container, facts)
  if (configMapKeyRef) {
    const found = present(references.configMap(configMapKeyRef.name ?? ''), 'configmap', configMapKeyRef)
    return keyOf(found?.data?.[configMapKeyRef.key], configMapKeyRef, `ConfigMap ${at}/${configMapKeyRef.name}`)
  }
  if (secretKeyRef) {
    const found = present(references.secret(secretKeyRef.name ?? ''), 'secret', secretKeyRef)
    const value = found?.data?.[secretKeyRef.key]
    const text = value === undefined ? undefined : decoded(value)
    return keyOf(text, secretKeyRef, `Secret ${at}/${secretKeyRef.name}`)
  }
  throw new ConfigError('an environment variable from a file is not supported on this node')
}

function keyOf(value: string | undefined, ref: { key: string; optional?: boolean }, where: string): string | undefined {
  if (value === undefined && !ref.optional) throw new ConfigError(`couldn't find key ${ref.key} in ${where}`)
  return value
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8')
}
