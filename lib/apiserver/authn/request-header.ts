// A front proxy says who asks: believed only with a certificate of the proxies' own CA, for one of the allowed names.

import { unauthorized } from '../../api/errors.ts'
import type { Clock } from '../../util/clock.ts'
import type { ApiRequest } from '../chain.ts'
import type { ServerConfig } from '../context.ts'
import type { Authenticator, UserInfo } from './authenticator.ts'
import { PresentedCertificates, readBundle, userOfCertificate } from './x509.ts'

type RequestHeaderConfig = NonNullable<ServerConfig['requestHeader']>

export function requestHeaderAuthenticator(config: RequestHeaderConfig, clock: Clock): Authenticator {
  const proxies = new PresentedCertificates(readBundle(config.ca), clock)
  return async request => {
    const name = firstOf(request, config.usernameHeaders)
    if (!name) return undefined
    const proxy = proxies.of(request.socket)
    if (!proxy?.verdict.trusted) throw unauthorized()
    const proxyName = userOfCertificate(proxy.certificate)?.name ?? ''
    if (config.allowedNames.length > 0 && !config.allowedNames.includes(proxyName)) throw unauthorized()
    return takeUser(request, name, config)
  }
}

/** The headers have done their work: nothing behind may take them for its own. */
function takeUser({ headers }: ApiRequest, name: string, config: RequestHeaderConfig): UserInfo {
  const groups = config.groupHeaders.flatMap(header => valuesOf(headers[header.toLowerCase()]))
  const extra: Record<string, string[]> = {}
  const prefix = config.extraHeadersPrefix.map(text => text.toLowerCase())
  for (const header of Object.keys(headers)) {
    const start = prefix.find(text => header.startsWith(text))
    if (start !== undefined) {
      extra[decodeHeaderKey(header.slice(start.length))] = valuesOf(headers[header])
      delete headers[header]
    }
  }
  for (const header of [...config.usernameHeaders, ...config.groupHeaders]) delete headers[header.toLowerCase()]
  return { name, groups, extra }
}

function firstOf({ headers }: ApiRequest, names: string[]): string | undefined {
  return names.flatMap(name => valuesOf(headers[name.toLowerCase()])).find(value => value !== '')
}

/** Node joins repeated headers with a comma and a space. */
export function valuesOf(header: string | string[] | undefined): string[] {
  if (header === undefined) return []
  return [header].flat().flatMap(value => value.split(', '))
}

/** Keys are percent-encoded, as far as they are valid. */
export function decodeHeaderKey(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
