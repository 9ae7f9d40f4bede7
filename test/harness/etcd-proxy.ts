// A TCP proxy that breaks connections at a moment of the test's choosing.

import { connect, createServer, type Socket } from 'node:net'

export interface CuttableProxy {
  port: number
  /** Breaks all connections now; new ones work. */
  cut(): void
  /**
   * Breaks all connections when this many more bytes have come from the server, in the middle of a message; then,
   * counting from there, after the next number.
   */
  cutAfter(...bytes: number[]): void
  /** The next thing the server says is not passed on: the connection breaks instead, the request having arrived. */
  cutAtAnswer(): void
  /** Nothing is passed on any more over the connections there are, which stay open; new ones work. */
  stall(): void
  /** From now on everything goes to another server; connections to the one before are broken. */
  passTo(port: number): void
  /** New connections are broken at once. */
  refuse(refused: boolean): void
  /** How many connections were broken. */
  readonly cuts: number
  close(): Promise<void>
}

interface Pair {
  client: Socket
  server: Socket
}

export async function startCuttableProxy(targetPort: number): Promise<CuttableProxy> {
  const pairs = new Set<Pair>()
  let target = targetPort
  let budgets: number[] = []
  let isRefusing = false
  let cuts = 0

  const cut = () => {
    for (const pair of pairs) breakPair(pair)
  }
  const breakPair = (pair: Pair) => {
    if (pairs.delete(pair)) cuts++
    pair.client.destroy()
    pair.server.destroy()
  }
  const forward = (chunk: Buffer, client: Socket) => {
    const [budget = Number.POSITIVE_INFINITY, ...next] = budgets
    if (chunk.length < budget) {
      if (budgets.length > 0) budgets[0] = budget - chunk.length
      client.write(chunk)
      return
    }
    budgets = next
    client.write(chunk.subarray(0, budget), () => cut())
  }
  const acceptor = createServer({ noDelay: true }, client => {
    if (isRefusing) return client.destroy()
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true })
    const pair = { client, server }
    pairs.add(pair)
    client.on('data', chunk => server.write(chunk))
    server.on('data', chunk => forward(chunk, client))
    for (const socket of [client, server]) {
      // A broken connection is what this is for.
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        client.destroy()
        server.destroy()
      })
    }
  })
  await new Promise<void>(resolve => acceptor.listen(0, '127.0.0.1', resolve))
  const address = acceptor.address()
  if (typeof address !== 'object' || !address) throw new Error('the proxy has no port')
  return {
    port: address.port,
    cut,
    cutAfter: (...bytes) => {
      budgets = bytes
    },
    cutAtAnswer: () => {
      budgets = [0]
    },
    stall: () => {
      for (const { client, server } of pairs) for (const socket of [client, server]) socket.pause()
    },
    passTo: port => {
      target = port
      cut()
    },
    refuse: refused => {
      isRefusing = refused
    },
    get cuts() {
      return cuts
    },
    close: async () => {
      cut()
      await new Promise(resolve => acceptor.close(resolve))
    },
  }
}
