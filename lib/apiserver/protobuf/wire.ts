// The wire format of protobuf: fields one after the other, each a number, a type and a value.

/** Bytes that are no protobuf message. */
export class WireError extends Error {}

export type WireField =
  | { number: number; type: 'varint'; value: bigint }
  | { number: number; type: 'double'; value: number }
  | { number: number; type: 'bytes'; value: Buffer }

/** Throws WireError. */
export function* wireFields(message: Buffer): Generator<WireField, void, undefined> {
  const reader = new Reader(message)
  while (!reader.isAtEnd) {
    const tag = Number(reader.varint())
    const number = tag >>> 3
    if (number === 0) throw new WireError(`proto: illegal tag 0 (wire type ${tag & 7})`)
    switch (tag & 7) {
      case 0:
        yield { number, type: 'varint', value: reader.varint() }
        break
      case 1:
        yield { number, type: 'double', value: reader.take(8).readDoubleLE() }
        break
      case 2:
        yield { number, type: 'bytes', value: reader.take(Number(reader.varint())) }
        break
      case 5:
        yield { number, type: 'double', value: reader.take(4).readFloatLE() }
        break
      default:
        throw new WireError(`proto: illegal wireType ${tag & 7}`)
    }
  }
}

/** Numbers of a packed list. */
export function* packedVarints(bytes: Buffer): Generator<bigint, void, undefined> {
  const reader = new Reader(bytes)
  while (!reader.isAtEnd) yield reader.varint()
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  varint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new WireError('unexpected EOF')
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw new WireError('proto: integer overflow')
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new WireError('unexpected EOF')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
