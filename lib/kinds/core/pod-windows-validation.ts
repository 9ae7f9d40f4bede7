// What must hold for what only Windows has: whom its processes run as, and those that are the host's own.

import { type FieldError, invalid } from '../../api/field-errors.ts'
import { hasControlCharacters } from '../../util/control-characters.ts'
import { type Container, eachContainer, type PodSpec } from './pod-types.ts'

type WindowsOptions = NonNullable<NonNullable<Container['securityContext']>['windowsOptions']>

const maxCredentialKiB = 64
const maxDomainLength = 256
const maxUserLength = 104
const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const dnsPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const dnsDomain = new RegExp(`^${dnsPart}(?:\\.${dnsPart})*$`)

export function validateWindowsOptions(
  options: WindowsOptions | undefined,
  field: string,
  nameErrors: (field: string, value: string) => FieldError[],
): FieldError[] {
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: credential, runAsUserName } = options ?? {}
  return [
    ...(name === undefined ? [] : nameErrors(`${field}.gmsaCredentialSpecName`, name)),
    ...(credential === undefined ? [] : credentialErrors(credential, `${field}.gmsaCredentialSpec`)),
    ...(runAsUserName === undefined
      ? []
      : userNameErrors(runAsUserName).map(text => invalid(`${field}.runAsUserName`, runAsUserName, text))),
  ]
}

function credentialErrors(credential: string, field: string): FieldError[] {
  if (credential === '') return [invalid(field, '', 'gmsaCredentialSpec cannot be an empty string')]
  if (Buffer.byteLength(credential) <= maxCredentialKiB * 1024) return []
  return [invalid(field, credential, `gmsaCredentialSpec size must be under ${maxCredentialKiB} KiB`)]
}

/** `DOMAIN\user`, the domain optional. */
function userNameErrors(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string']
  if (hasControlCharacters(name)) return ['runAsUserName cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash']
  const domain = parts.length === 2 ? parts[0] : undefined
  return [...(domain === undefined ? [] : domainErrors(domain)), ...userErrors(parts.at(-1) ?? '')]
}

function domainErrors(domain: string): string[] {
  const errors: string[] = []
  if (domain.length >= maxDomainLength) {
    errors.push(`runAsUserName's Domain length must be under ${maxDomainLength} characters`)
  }
  if (!netBios.test(domain) && !dnsDomain.test(domain)) {
    errors.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
  }
  return errors
}

function userErrors(user: string): string[] {
  const errors: string[] = []
  if (user === '') errors.push("runAsUserName's User cannot be empty")
  if (user.length > maxUserLength) {
    errors.push(`runAsUserName's User length must not be longer than ${maxUserLength} characters`)
  }
  if (/^[. ]+$/.test(user)) errors.push("runAsUserName's User cannot contain only periods or spaces")
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    errors.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`)
  }
  return errors
}

/** Containers that are processes of a Windows host: all of a pod or none, and in the host's network. */
export function validateHostProcess(spec: PodSpec, field: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  const containers = eachContainer(spec, field)
  const own = (container: Pick<Container, 'securityContext'>) => container.securityContext?.windowsOptions?.hostProcess
  const text = `pod hostProcess value must be identical if both are specified, was ${ofPod}`
  const errors = containers.flatMap(([container, at]) => {
    const value = own(container as Container)
    if (ofPod === undefined || value === undefined || value === ofPod) return []
    return [invalid(`${at}.securityContext.windowsOptions.hostProcess`, value, text)]
  })
  const count = containers.filter(([container]) => own(container as Container) ?? ofPod).length
  if (count === 0) return errors
  if (count !== containers.length) {
    const all = 'If pod contains any hostProcess containers then all containers must be HostProcess containers'
    errors.push(invalid(field, '', all))
  }
  if (!spec.hostNetwork) {
    const network = 'hostNetwork must be true if pod contains any hostProcess containers'
    errors.push(invalid(`${field}.hostNetwork`, false, network))
  }
  return errors
}
