// Parts of an IPv4 range, by number: the first /24 of 10.244.0.0/16 that no node has. Pure.

interface Range {
  /** The first address as a number. */
  base: number
  bits: number
}

export function parseCidr(text: string): Range {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text)
  const [a = 256, b = 256, c = 256, d = 256, bits = 33] = (match?.slice(1) ?? []).map(Number)
  if ([a, b, c, d].some(octet => octet > 255) || bits > 32) throw new Error(`"${text}" is no IPv4 range`)
  const size = 2 ** (32 - bits)
  const address = ((a * 256 + b) * 256 + c) * 256 + d
  return { base: Math.floor(address / size) * size, bits }
}

function formatCidr({ base, bits }: Range): string {
  const octets = [24, 16, 8, 0].map(shift => Math.floor(base / 2 ** shift) % 256)
  return `${octets.join('.')}/${bits}`
}

/** Undefined: every part is taken. Throws on what is no range. */
export function firstFree(clusterCidr: string, maskSize: number, taken: string[]): string | undefined {
  const cluster = parseCidr(clusterCidr)
  const size = 2 ** (32 - maskSize)
  const used = taken.map(parseCidr).map(({ base, bits }) => ({ from: base, to: base + 2 ** (32 - bits) }))
  const count = 2 ** (maskSize - cluster.bits)
  for (let i = 0; i < count; i++) {
    const base = cluster.base + i * size
    if (!used.some(({ from, to }) => base < to && from < base + size)) return formatCidr({ base, bits: maskSize })
  }
  return undefined
}
