// The address of a node's name, when it is one that the server may be sent to.

import { lookup } from 'node:dns/promises'
import { badRequest } from '../../api/errors.ts'
import { isGlobalUnicast } from './addresses.ts'

/** All of a name's addresses must be allowed; the first is to be used, so that another answer changes nothing. */
export async function proxyableAddress(host: string): Promise<string> {
  const found = await lookup(host, { all: true }).catch(cause => {
    throw Object.assign(badRequest(`lookup ${host}: no such host`), { cause })
  })
  const [first] = found
  if (!first) throw badRequest('no addresses for hostname')
  if (!found.every(({ address }) => isGlobalUnicast(address))) throw badRequest('address not allowed')
  return first.address
}
