import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { readKubeconfig } from './kubeconfig.ts'

const dir = mkdtempSync(join(tmpdir(), 'kubeconfig-'))
afterAll(() => rmSync(dir, { recursive: true }))

function written(cluster: object, user: object, context = 'main'): string {
  const path = join(dir, 'config')
  const config = {
    'current-context': context,
    contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

const tlsOf = (path: string) => {
  const { tls } = readKubeconfig(path)
  return typeof tls === 'function' ? tls() : tls
}

test('inline certificates', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const path = written(
    { server: 'https://x:1', 'certificate-authority-data': base64('CA') },
    { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
  )
  expect(readKubeconfig(path).server).toBe('https://x:1')
  expect(tlsOf(path)).toEqual({ ca: 'CA', cert: 'CERT', key: 'KEY' })
})

test('files are found beside the kubeconfig and read anew every time', () => {
  writeFileSync(join(dir, 'client.crt'), 'OLD')
  const path = written({ server: 'https://x:1', 'tls-server-name': 'y' }, { 'client-certificate': 'client.crt' })
  const { tls } = readKubeconfig(path)
  const read = () => (typeof tls === 'function' ? tls() : tls)
  expect(read()).toEqual({ cert: 'OLD', servername: 'y' })
  writeFileSync(join(dir, 'client.crt'), 'NEW')
  expect(read()).toEqual({ cert: 'NEW', servername: 'y' })
})

test('a token, or a file with one', () => {
  expect(readKubeconfig(written({ server: 'https://x' }, { token: 'abc' })).token).toBe('abc')
  writeFileSync(join(dir, 'token'), 'def\n')
  const { token } = readKubeconfig(written({ server: 'https://x' }, { tokenFile: 'token' }))
  expect(typeof token === 'function' && token()).toBe('def')
})

test.each([
  ['no such context', () => written({ server: 'https://x' }, {}, 'other'), 'there is no context "other"'],
  ['no server', () => written({}, {}), 'cluster "c" has no server'],
  ['no file', () => join(dir, 'absent'), 'cannot read the kubeconfig'],
])('%s is said', (_, path, text) => {
  expect(() => readKubeconfig(path())).toThrow(text)
})
