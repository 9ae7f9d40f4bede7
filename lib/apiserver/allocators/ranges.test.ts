import { describe, expect, test } from '@jest/globals'
import { firstAddress, isUsable, nthAddress, parseRange, staticCount, usableCount } from './ip-range.ts'
import { freePort, readBitmap, staticPorts, writeBitmap } from './port-bitmap.ts'

describe('addresses', () => {
  test.each([
    ['10.96.0.0/12', '10.96.0.1', 256n, 1048574n, '10.97.0.0'],
    ['10.0.0.0/24', '10.0.0.1', 16n, 254n, undefined],
    ['10.0.0.64/28', '10.0.0.65', 0n, 14n, undefined],
    ['fd00::/112', 'fd00::1', 256n, 65535n, undefined],
    ['fd00:10:96::/112', 'fd00:10:96::1', 256n, 65535n, 'fd00:10:96::1:0'],
  ])('%s', (cidr, first, reserved, usable, at65536) => {
    const range = parseRange(cidr)
    expect(firstAddress(cidr)).toBe(first)
    expect(staticCount(range)).toBe(reserved)
    expect(usableCount(range)).toBe(usable)
    if (at65536) expect(nthAddress(range, 65536n)).toBe(at65536)
  })

  test.each([
    ['10.0.0.0', false],
    ['10.0.0.1', true],
    ['10.0.0.254', true],
    ['10.0.0.255', false],
    ['10.0.1.1', false],
    ['::1', false],
  ])('%s in 10.0.0.0/24: %s', (address, usable) => {
    expect(isUsable(parseRange('10.0.0.0/24'), address)).toBe(usable)
  })

  test.each(['10.0.0.0', '10.0.0/24', '10.0.0.0/33', 'x/8'])('%s is no CIDR', text => {
    expect(() => parseRange(text)).toThrow('is no CIDR')
  })
})

describe('ports', () => {
  const range = { from: 30000, to: 32767 }

  test('a bitmap is read as it was written, in as few bytes as upstream writes', () => {
    const ports = [30000, 30007, 30008, 32767]
    expect([...readBitmap(writeBitmap(ports, range), range)].sort()).toEqual(ports)
    expect(writeBitmap([], range)).toBe('')
    expect(writeBitmap([30000], range)).toBe(Buffer.from([1]).toString('base64'))
    expect(writeBitmap([30009], range)).toBe(Buffer.from([2, 0]).toString('base64'))
  })

  test('the upper ports go first', () => {
    expect(staticPorts(range)).toBe(86)
    const small = { from: 1, to: 32 }
    expect(staticPorts(small)).toBe(16)
    const taken = new Set<number>()
    for (let port = 17; port <= 32; port++) taken.add(port)
    expect(freePort(new Set(), small, () => 0)).toBe(17)
    expect(freePort(taken, small, () => 0)).toBe(1)
    for (let port = 1; port <= 16; port++) taken.add(port)
    expect(freePort(taken, small, () => 0)).toBeUndefined()
  })
})
