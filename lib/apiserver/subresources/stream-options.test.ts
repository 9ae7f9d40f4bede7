import { expect, test } from '@jest/globals'
import { attachOptions, execOptions, portForwardOptions } from './stream-options.ts'

test.each([
  ['command=ls&command=-l&stdout=true&stderr=1', 'command=ls&command=-l&error=1&output=1'],
  ['command=sh&stdin=true&stdout=true&tty=true&container=c', 'command=sh&input=1&output=1&tty=1'],
  ['command=a%20b%26c&stdout=false&stderr=0', 'command=a+b%26c'],
  ['', ''],
])('exec %s', (given, expected) => {
  expect(`${execOptions(new URLSearchParams(given)).query}`).toBe(expected)
})

test('what admission sees of an exec', () => {
  const { options } = execOptions(new URLSearchParams('command=ls&stdout=true&container=c'))
  expect(options).toEqual({ container: 'c', stdin: false, stdout: true, stderr: false, tty: false, command: ['ls'] })
})

test('attach hands no command on', () => {
  const { query } = attachOptions(new URLSearchParams('command=ls&stdin=true&stdout=1'))
  expect(`${query}`).toBe('input=1&output=1')
})

test.each([
  ['ports=80', [80], 'port=80'],
  ['ports=80&ports=443,8080', [80, 443, 8080], 'port=80%2C443%2C8080'],
  ['', [], ''],
])('portforward %s', (given, ports, expected) => {
  const { options, query } = portForwardOptions(new URLSearchParams(given))
  expect(options).toEqual({ ports })
  expect(`${query}`).toBe(expected)
})

test.each([
  ['abc', 'strconv.ParseUint: parsing "abc": invalid syntax'],
  ['-1', 'strconv.ParseUint: parsing "-1": invalid syntax'],
  ['65536', 'strconv.ParseUint: parsing "65536": value out of range'],
  ['80,', 'strconv.ParseUint: parsing "": invalid syntax'],
])('port %s is refused', (port, why) => {
  expect(() => portForwardOptions(new URLSearchParams({ ports: port }))).toThrow(`cannot convert to []int32: ${why}`)
})
