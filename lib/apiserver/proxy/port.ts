// The number of a port, as Go's net package finds it. Pure.

import { serviceUnavailable } from '../../api/errors.ts'

const known = new Map([
  ['domain', 53],
  ['http', 80],
  ['https', 443],
])

/** '' is the scheme's. Throws ServiceUnavailable. */
export function portOf(port: string, scheme: 'http' | 'https' | ''): number {
  if (port === '') return scheme === 'https' ? 443 : 80
  const number = /^\d+$/.test(port) ? Number(port) : known.get(port)
  if (number === undefined) throw unreachable(`lookup tcp/${port}: unknown port`)
  if (number > 65535) throw unreachable(`address ${port}: invalid port`)
  return number
}

function unreachable(why: string) {
  return serviceUnavailable(`error trying to reach service: dial tcp: ${why}`)
}
