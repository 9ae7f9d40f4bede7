// Reads ASN.1 in its distinguished encoding, as far as a certificate request needs it. Texts are those of Go's
// encoding/asn1.

export interface DerElement {
  /** The identifier octet: 0x30 is a sequence. */
  tag: number
  content: Uint8Array
  /** With identifier and length. */
  bytes: Uint8Array
}

export const sequenceTag = 0x30
export const bitStringTag = 0x03
export const objectIdentifierTag = 0x06

const truncated = () => new Error('asn1: syntax error: data truncated')

/** The element the bytes begin with. Throws. */
export function readElement(bytes: Uint8Array): DerElement {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined) throw truncated()
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  if (lengthBytes > 4 || first === 0x80) throw new Error('asn1: structure error: length too large')
  let length = lengthBytes === 0 ? first : 0
  for (const byte of bytes.subarray(2, 2 + lengthBytes)) length = length * 256 + byte
  const begin = 2 + lengthBytes
  if (bytes.length < begin + length) throw truncated()
  return { tag, content: bytes.subarray(begin, begin + length), bytes: bytes.subarray(0, begin + length) }
}

/** All elements inside one. Throws. */
export function childrenOf({ content }: DerElement): DerElement[] {
  const children: DerElement[] = []
  for (let rest = content; rest.length > 0; ) {
    const child = readElement(rest)
    children.push(child)
    rest = rest.subarray(child.bytes.length)
  }
  return children
}

/** `1.2.840.113549.1.1.11` */
export function objectIdentifier({ content }: DerElement): string {
  const numbers: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte & 0x80) continue
    numbers.push(value)
    value = 0
  }
  const [first = 0, ...others] = numbers
  const top = Math.min(Math.floor(first / 40), 2)
  return [top, first - top * 40, ...others].join('.')
}
