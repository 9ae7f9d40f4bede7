import { expect, test } from '@jest/globals'
import { proxyableAddress } from './resolve.ts'

test('an address is its own', async () => {
  expect(await proxyableAddress('10.0.0.1')).toBe('10.0.0.1')
})

test.each(['127.0.0.1', 'localhost', '::1', '169.254.169.254', '0.0.0.0'])('%s may not be reached', async host => {
  await expect(proxyableAddress(host)).rejects.toMatchObject({ code: 400, message: 'address not allowed' })
})

test('a name that nobody knows', async () => {
  await expect(proxyableAddress('no-such-host.invalid')).rejects.toMatchObject({
    code: 400,
    message: 'lookup no-such-host.invalid: no such host',
  })
})
