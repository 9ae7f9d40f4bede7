// Why a backend cannot be reached, in the words of Go's net package: people search for these sentences.

const causes: Record<string, string> = {
  ECONNREFUSED: 'connect: connection refused',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  ETIMEDOUT: 'i/o timeout',
  EADDRNOTAVAIL: 'connect: cannot assign requested address',
}

/** `dial tcp 10.0.0.7:80: connect: connection refused`; `address` is `host:port`. */
export function dialErrorText(error: unknown, address: string): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  const cause = causes[code]
  if (cause) return `dial tcp ${address}: ${cause}`
  if (code === 'ENOTFOUND') return `dial tcp: lookup ${hostOf(address)}: no such host`
  if (code === 'ECONNRESET') return message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer'
  return message
}

function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':'))
}
