// Which ports of a range are taken: a bit each, in a big-endian number as upstream stores it. Pure.

export interface PortRange {
  from: number
  to: number
}

export function readBitmap(data: string, { from }: PortRange): Set<number> {
  const bytes = Buffer.from(data, 'base64')
  const ports = new Set<number>()
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[bytes.length - 1 - i] ?? 0
    for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) ports.add(from + i * 8 + bit)
  }
  return ports
}

export function writeBitmap(ports: Iterable<number>, { from, to }: PortRange): string {
  const bytes = Buffer.alloc(Math.ceil((to - from + 1) / 8))
  for (const port of ports) {
    const offset = port - from
    const index = bytes.length - 1 - (offset >> 3)
    bytes[index] = (bytes[index] ?? 0) | (1 << (offset & 7))
  }
  const first = bytes.findIndex(byte => byte !== 0)
  return bytes.subarray(first < 0 ? bytes.length : first).toString('base64')
}

/** The low ports are for those who choose theirs. Between 16 and 128, a thirty-second of the range. See KEP-3668. */
export function staticPorts({ from, to }: PortRange): number {
  const size = to - from + 1
  if (size <= 16) return 0
  return Math.min(128, Math.max(16, Math.floor(size / 32)))
}

/** A free port: of the upper part while there is one. undefined when all are taken. */
export function freePort(taken: ReadonlySet<number>, range: PortRange, random: () => number): number | undefined {
  const middle = range.from + staticPorts(range)
  return (
    freeIn(taken, { from: middle, to: range.to }, random) ?? freeIn(taken, { from: range.from, to: middle - 1 }, random)
  )
}

function freeIn(taken: ReadonlySet<number>, { from, to }: PortRange, random: () => number): number | undefined {
  const size = to - from + 1
  const start = Math.floor(random() * size)
  for (let i = 0; i < size; i++) {
    const port = from + ((start + i) % size)
    if (!taken.has(port)) return port
  }
  return undefined
}
