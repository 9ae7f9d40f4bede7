// The annotations that mean something to a pod: mirror of a static pod, cost of deletion, and the security profiles that
// are fields today.

import { type FieldError, fieldForbidden, invalid } from '../../api/field-errors.ts'
import { goQuote } from '../../util/go-quote.ts'
import { descendingPath } from './local-path-validation.ts'
import { type Container, eachContainer, type PodSpec } from './pod-types.ts'

type Annotations = Record<string, string> | undefined
type Profile = NonNullable<NonNullable<Container['securityContext']>['appArmorProfile']>

export const mirrorAnnotation = 'kubernetes.io/config.mirror'
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'
export const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod'
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/'
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

export function podAnnotations(annotations: Annotations, spec: PodSpec, field: string): FieldError[] {
  const mirror = annotations?.[mirrorAnnotation]
  const cost = annotations?.[deletionCostAnnotation]
  const errors: FieldError[] = []
  if (mirror !== undefined && !spec.nodeName) {
    const text = 'must set spec.nodeName if mirror pod annotation is set'
    errors.push(invalid(`${field}[${mirrorAnnotation}]`, mirror, text))
  }
  if (cost !== undefined && !isDeletionCost(cost)) {
    errors.push(invalid(`${field}[${deletionCostAnnotation}]`, cost, 'must be a 32bit integer'))
  }
  return [...errors, ...seccompAnnotations(annotations, field), ...appArmorAnnotations(annotations, spec, field)]
}

/** A 32-bit number without a plus sign or leading zeros. */
function isDeletionCost(text: string): boolean {
  return /^(0|-?[1-9][0-9]*)$/.test(text) && Number(text) >= -(2 ** 31) && Number(text) < 2 ** 31
}

function seccompAnnotations(annotations: Annotations = {}, field: string): FieldError[] {
  return Object.entries(annotations)
    .filter(([key]) => key === seccompPodAnnotation || key.startsWith(seccompContainerPrefix))
    .flatMap(([key, profile]) => seccompProfile(profile, `${field}.${key}`))
}

function seccompProfile(profile: string, field: string): FieldError[] {
  if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return []
  if (profile.startsWith('localhost/')) return descendingPath(field, profile.slice('localhost/'.length))
  return [invalid(field, profile, 'must be a valid seccomp profile')]
}

function appArmorAnnotations(annotations: Annotations = {}, spec: PodSpec, field: string): FieldError[] {
  const names = new Set(eachContainer(spec, 'spec').map(([{ name }]) => name))
  return Object.entries(annotations)
    .filter(([key]) => key.startsWith(appArmorPrefix))
    .flatMap(([key, profile]) => {
      const container = key.slice(appArmorPrefix.length)
      const isValid = ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith('localhost/')
      const text = `invalid AppArmor profile name: ${goQuote(profile)}`
      return [
        ...(names.has(container) ? [] : [invalid(`${field}[${key}]`, container, 'container not found')]),
        ...(isValid ? [] : [invalid(`${field}[${key}]`, profile, text)]),
      ]
    })
}

/** What an update may not do to them. */
export function annotationUpdates(now: Annotations = {}, old: Annotations = {}, field: string): FieldError[] {
  const changed = Object.keys(old).filter(key => now[key] !== old[key])
  const added = Object.keys(now).filter(key => old[key] === undefined)
  const forbidden = (key: string, verb: string) => {
    if (key === mirrorAnnotation) return [fieldForbidden(`${field}[${key}]`, `may not ${verb} mirror pod annotation`)]
    if (!key.startsWith(appArmorPrefix)) return []
    return [fieldForbidden(`${field}[${key}]`, `may not ${verb} AppArmor annotations`)]
  }
  return [...changed.flatMap(key => forbidden(key, 'remove or update')), ...added.flatMap(key => forbidden(key, 'add'))]
}

/** Profiles said twice, in an annotation and in a field, must be the same. Only asked of new pods. */
export function profilesMatch(annotations: Annotations, spec: PodSpec, field: string): FieldError[] {
  const pod = spec.securityContext ?? {}
  const isWindows = spec.os?.name === 'windows'
  const seccomp = (key: string, profile: Profile | undefined, at: string) =>
    profileMatches({
      said: annotations?.[key],
      profile,
      field: `${at}.securityContext.seccompProfile`,
      name: 'seccomp',
    })
  return [
    ...seccomp(seccompPodAnnotation, pod.seccompProfile, field),
    ...eachContainer(spec, field).flatMap(([{ name, securityContext }, at]) =>
      seccomp(seccompContainerPrefix + name, securityContext?.seccompProfile, at),
    ),
    ...(isWindows ? [] : eachContainer(spec, field)).flatMap(([{ name, securityContext }, at]) =>
      profileMatches({
        said: annotations?.[appArmorPrefix + name],
        profile: securityContext?.appArmorProfile ?? pod.appArmorProfile,
        field: `${at}.securityContext.appArmorProfile`,
        name: 'apparmor',
      }),
    ),
  ]
}

interface Said {
  said: string | undefined
  profile: Profile | undefined
  field: string
  name: 'seccomp' | 'apparmor'
}

function profileMatches({ said, profile, field, name }: Said): FieldError[] {
  if (said === undefined || !profile) return []
  const type = [fieldForbidden(`${field}.type`, `${name} type in annotation and field must match`)]
  if (profile.type === 'Unconfined') return said === 'unconfined' ? [] : type
  if (profile.type === 'RuntimeDefault') {
    const isDefault = said === 'runtime/default' || (name === 'seccomp' && said === 'docker/default')
    return isDefault ? [] : type
  }
  if (profile.type !== 'Localhost') return []
  if (!said.startsWith('localhost/')) return type
  if (said.slice('localhost/'.length) === profile.localhostProfile) return []
  return [fieldForbidden(`${field}.localhostProfile`, `${name} profile in annotation and field must match`)]
}

/** The profile that the old annotation asks for; undefined when it asks for none that is valid. */
export function appArmorProfileOf(annotation: string): Profile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const path = annotation.startsWith('localhost/') ? annotation.slice('localhost/'.length) : ''
  return path && path.trim() === path ? { type: 'Localhost', localhostProfile: path } : undefined
}
